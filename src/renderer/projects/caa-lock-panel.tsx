// The CAA lock of a project: its records to copy, whether they are in DNS, and the daily check.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CaaLock } from '../../shared/caa-lock.ts';
import { useApi, useApiClient } from '../api.ts';
import { doctor as doctorTexts } from '../messages/doctor.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';

const text = doctorTexts.lock;
const TONES = { locked: 'ok', loose: 'info', open: 'info', forbidden: 'bad', unknown: 'warn' } as const;

export function CaaLockPanel({ id }: { readonly id: string }) {
  const api = useApi();
  const client = useApiClient();
  const cache = useQueryClient();
  const [isWanted, setWanted] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const options = api.caaLocks.get.queryOptions({ id });
  const lock = useQuery({ ...options, enabled: isWanted, retry: false, staleTime: 60_000 });
  const change = async (isWatched: boolean): Promise<void> => {
    try {
      setFailure(null);
      if (isWatched) cache.setQueryData(options.queryKey, await client.caaLocks.watch.mutate({ id }));
      else {
        await client.caaLocks.unwatch.mutate({ id });
        await lock.refetch();
      }
    } catch (error) {
      setFailure(error);
    }
  };
  const check = (): void => {
    if (isWanted) void lock.refetch();
    else setWanted(true);
  };
  return (
    <Panel title={text.title}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Text c="dimmed" style={{ flex: '1 1 16rem' }}>
            {text.hint}
          </Text>
          <Button variant="default" loading={lock.isFetching} onClick={check}>
            {text.check}
          </Button>
        </Group>
        {lock.error !== null && <FailureNotice error={lock.error} />}
        {failure !== null && <FailureNotice error={failure} />}
        {lock.data !== undefined && (
          <>
            <Found lock={lock.data} />
            <Group>
              <Button variant="default" onClick={() => void change(!lock.data.watched)}>
                {lock.data.watched ? text.unwatch : text.watch}
              </Button>
              {lock.data.watched && <Text fz="sm">{text.watched}</Text>}
            </Group>
          </>
        )}
      </Stack>
    </Panel>
  );
}

function Found({ lock: { state, message, add, remove } }: { readonly lock: CaaLock }) {
  return (
    <Notice tone={TONES[state]} title={text.states[state]} role="status">
      <Stack gap="xs">
        <Text style={{ overflowWrap: 'anywhere' }}>{message}</Text>
        {add.length > 0 && (
          <>
            <Text fz="sm">{text.add}</Text>
            <CodeBlock code={add.join('\n')} what={text.add} wrap />
          </>
        )}
        {remove.length > 0 && (
          <>
            <Text fz="sm">{text.remove}</Text>
            <CodeBlock code={remove.join('\n')} what={text.remove} wrap />
          </>
        )}
      </Stack>
    </Notice>
  );
}
