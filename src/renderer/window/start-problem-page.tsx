// The page that the window shows if Certdesk could not start: the reason and the fix.
import { Button, Center, Group, MantineProvider, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { StartProblem } from '../../shared/desktop.ts';
import type { Bridge } from '../../shared/ipc.ts';
import { messages } from '../messages.ts';
import { Logo } from '../shell/logo.tsx';
import { cssVariables, theme } from '../theme.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { useTitle } from '../ui/page.tsx';

export interface StartProblemProps {
  readonly problem: StartProblem;
  readonly act: Bridge['act'];
}

export function StartProblemPage({ problem, act }: StartProblemProps) {
  useTitle(messages.appName);
  const [chosen, setChosen] = useState<string | null>(null);
  const choose = (id: string): void => {
    setChosen(id);
    void act(id).finally(() => setChosen(null));
  };
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Center mih="100vh" p="md" component="main">
        <Paper withBorder p="xl" radius="lg" maw={560} w="100%" style={{ background: 'var(--cd-surface)' }}>
          <Stack gap="md">
            <Logo />
            <Title order={1}>{problem.title}</Title>
            {problem.text.map((sentence) => (
              <Text key={sentence}>{sentence}</Text>
            ))}
            {problem.commands.map((command) => (
              <CodeBlock key={command} code={command} what={command} wrap />
            ))}
            <Group>
              {problem.choices.map(({ id, label }, index) => (
                <Button
                  key={id}
                  variant={index === 0 ? 'filled' : 'default'}
                  loading={chosen === id}
                  disabled={chosen !== null}
                  onClick={() => choose(id)}
                >
                  {label}
                </Button>
              ))}
            </Group>
          </Stack>
        </Paper>
      </Center>
    </MantineProvider>
  );
}
