// Sends a test message and shows the response of the mail server or webhook.
import { Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Channel } from '../../shared/notification.ts';
import { useApi } from '../api.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { Confirm } from '../ui/confirm.tsx';
import { TestResult } from '../ui/test-result.tsx';

const text = notificationTexts.test;

export function openTestChannel(channel: Channel): void {
  modals.open({ title: text.title(channel.name), children: <TestChannel channel={channel} /> });
}

/** A test emits no event, so the list is refetched. */
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
        <TestResult test={test} success={text.sent} />
      </Stack>
    </Confirm>
  );
}
