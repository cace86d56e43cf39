// Sends one message now, and shows what the mail server or the webhook has said.
import { Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Channel } from '../../shared/notification.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { Confirm } from '../ui/confirm.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';

const text = messages.notifications.test;

export function openTestChannel(channel: Channel): void {
  modals.open({ title: text.title(channel.name), children: <TestChannel channel={channel} /> });
}

/** No event tells of a test: the list is asked for anew. */
export function useTestChannel() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation(
    api.notifications.test.mutationOptions({
      onSettled: () => void queries.invalidateQueries({ queryKey: api.notifications.list.queryKey() }),
    }),
  );
}

function TestChannel({ channel }: { readonly channel: Channel }) {
  const test = useTestChannel();
  return (
    <Confirm
      submit={text.submit}
      error={null}
      pending={test.isPending}
      onSubmit={() => test.mutate({ channelId: channel.id })}
    >
      <Stack gap="md">
        <Text>{text.text}</Text>
        <TestResult test={test} />
      </Stack>
    </Confirm>
  );
}

interface Test {
  readonly error: unknown;
  readonly data: { readonly message: string } | undefined;
}

/** Nothing before there was a test. */
export function TestResult({ test: { error, data } }: { readonly test: Test }) {
  if (error !== null) return <FailureNotice error={error} />;
  if (data === undefined) return null;
  return (
    <Notice tone="ok" title={text.sent} role="status">
      <Text style={{ overflowWrap: 'anywhere' }}>{data.message}</Text>
    </Notice>
  );
}
