// The project's REST calls as curl commands.
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useAppContext } from '../app-context.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { curlCommands } from './curl.ts';
import type { ProjectRowData } from './use-project-list.ts';

const text = certificateTexts.api;

export function ApiTab({ project }: { readonly project: ProjectRowData }) {
  const { server } = useAppContext();
  return (
    <Panel
      title={text.title}
      aside={
        <Group gap="sm">
          <Anchor href={`${server}/api/docs`} target="_blank" rel="noreferrer" fz="sm">
            {text.docs}
          </Anchor>
          <LinkButton variant="default" size="xs" to="/tokens">
            {text.token}
          </LinkButton>
        </Group>
      }
    >
      <Stack gap="md">
        <Text c="dimmed">{text.text}</Text>
        {curlCommands(server, project.id).map(({ key, command }) => (
          <div key={key}>
            <Title order={3} mb={4}>
              {text[key]}
            </Title>
            <CodeBlock code={command} what={text[key]} />
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
