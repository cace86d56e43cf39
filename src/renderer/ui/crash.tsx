// The fallback for a screen that has thrown, or whose code could not be loaded.
import { Button, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useAppContext } from '../app-context.ts';
import { messages } from '../messages.ts';
import { useStore } from '../use-store.ts';
import { CodeBlock } from './copy.tsx';
import { Notice } from './notice.tsx';
import { ScreenNotLoaded } from './screen.ts';

const text = messages.failure;

export function Crash({ error }: { readonly error: unknown }) {
  if (error instanceof ScreenNotLoaded) return <NotLoaded />;
  const raw = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    <Notice tone="bad" title={text.crashed} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{text.crashedAdvice}</Text>
        <Button size="xs" onClick={reload}>
          {text.reload}
        </Button>
        <CodeBlock code={raw} what={text.technical} wrap />
      </Stack>
    </Notice>
  );
}

/** The server is unreachable, or was updated and has other file names: a reload fixes both. */
function NotLoaded() {
  const { live } = useAppContext();
  const state = useStore(live.state);
  const wasGone = useRef(state === 'gone');
  useEffect(() => {
    if (state === 'gone') wasGone.current = true;
    else if (state === 'live' && wasGone.current) reload();
  }, [state]);
  return (
    <Notice tone="bad" title={text.notLoaded} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{text.notLoadedAdvice}</Text>
        <Button size="xs" onClick={reload}>
          {text.reload}
        </Button>
      </Stack>
    </Notice>
  );
}

function reload(): void {
  window.location.reload();
}
