// What stands in place of a screen that has thrown.
import { Button, Stack, Text } from '@mantine/core';
import { messages } from '../messages.ts';
import { CodeBlock } from './copy.tsx';
import { Notice } from './notice.tsx';

const text = messages.failure;

export function Crash({ error }: { readonly error: unknown }) {
  const raw = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    <Notice tone="bad" title={text.crashed} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{text.crashedAdvice}</Text>
        <Button size="xs" onClick={() => window.location.reload()}>
          {text.reload}
        </Button>
        <CodeBlock code={raw} what={text.technical} wrap />
      </Stack>
    </Notice>
  );
}
