// Confirms the removal of a channel, with its pending messages.
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { Channel } from '../../shared/notification.ts';
import { useApi } from '../api.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { Confirm } from '../ui/confirm.tsx';
import { closeDone } from '../ui/notify.tsx';

const text = notificationTexts.remove;

export function openRemoveChannel(channel: Channel): void {
  modals.open({ title: text.title(channel.name), children: <RemoveChannel channel={channel} /> });
}

function RemoveChannel({ channel: { id, waiting } }: { readonly channel: Channel }) {
  const api = useApi();
  const remove = useMutation(
    api.notifications.remove.mutationOptions({ onSuccess: () => closeDone(text.done) }),
  );
  return (
    <Confirm
      submit={text.submit}
      error={remove.error}
      pending={remove.isPending}
      danger
      onSubmit={() => remove.mutate({ channelId: id })}
    >
      <Text>{text.text}</Text>
      {waiting > 0 && <Text>{text.waiting(waiting)}</Text>}
    </Confirm>
  );
}
