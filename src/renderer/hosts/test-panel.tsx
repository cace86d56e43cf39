// Tests a host and shows the result of each check.

import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useApi } from '../api.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { CheckResults } from './check-results.tsx';

const text = hostTexts.test;

export interface TestPanelProps {
  readonly hostId: string;
  /** Whether the test starts when the panel is first shown. */
  readonly now: boolean;
}

export function TestPanel({ hostId, now }: TestPanelProps) {
  const api = useApi();
  const queries = useQueryClient();
  // A test is a contact, which changes the state of the host.
  const test = useMutation(
    api.hosts.test.mutationOptions({ onSettled: () => queries.invalidateQueries(api.hosts.pathFilter()) }),
  );
  const { mutate } = test;
  const started = useRef(false);
  useEffect(() => {
    if (!now || started.current) return;
    started.current = true;
    mutate({ hostId });
  }, [now, hostId, mutate]);
  return (
    <Panel
      title={text.title}
      aside={
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => mutate({ hostId })}>
          {test.data === undefined ? text.action : text.again}
        </Button>
      }
    >
      <Stack gap="sm">
        {test.data === undefined && <Text c="dimmed">{test.isPending ? text.running : text.text}</Text>}
        {test.error !== null && <FailureNotice error={test.error} />}
        {test.data !== undefined && <CheckResults {...test.data} />}
      </Stack>
    </Panel>
  );
}
