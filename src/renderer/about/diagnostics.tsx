// Diagnostics for a bug report. The copied text is exactly the text that is shown.
import { Button, CopyButton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { about as aboutTexts } from '../messages/about.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = aboutTexts.diagnostics;

export function Diagnostics() {
  const api = useApi();
  const diagnostics = useQuery(api.system.diagnostics.queryOptions());
  return (
    <Panel title={text.title}>
      <QueryView query={diagnostics} lines={6}>
        {(data) => {
          const words = JSON.stringify(data, null, 2);
          return (
            <Stack gap="sm" align="flex-start">
              <Text c="dimmed">{text.text}</Text>
              <CopyButton value={words} timeout={2000}>
                {({ copied, copy }) => (
                  <Button
                    variant="default"
                    onClick={copy}
                    leftSection={
                      copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
                    }
                  >
                    {copied ? text.copied : text.copy}
                  </Button>
                )}
              </CopyButton>
              <div style={{ width: '100%' }}>
                <CodeBlock code={words} what={text.what} wrap />
              </div>
            </Stack>
          );
        }}
      </QueryView>
    </Panel>
  );
}
