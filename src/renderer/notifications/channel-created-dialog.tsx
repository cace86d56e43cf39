// Shown after a channel is created: its signing secret (once) and a test.
import { Button, Group, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { CreatedChannel } from '../../shared/notification.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { useStayOpen } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { TestResult } from '../ui/test-result.tsx';
import { useTestChannel } from './test-channel.tsx';

const text = notificationTexts.form;

export function ChannelCreatedDialog({
  channel: { id, signingSecret },
}: {
  readonly channel: CreatedChannel;
}) {
  const test = useTestChannel();
  useStayOpen();
  return (
    <Stack gap="md">
      <Notice tone="ok" title={text.created} role="status">
        <Text>{text.sendTest}</Text>
      </Notice>
      {signingSecret !== null && (
        <>
          <Text>{text.secretOnce}</Text>
          <CodeBlock code={signingSecret} what={text.secret} wrap />
        </>
      )}
      <TestResult test={test} success={notificationTexts.test.sent} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ channelId: id })}>
          {notificationTexts.test.submit}
        </Button>
        <Button onClick={() => modals.closeAll()}>{messages.done}</Button>
      </Group>
    </Stack>
  );
}
