// Notifications: what was done, with an Undo button if it can be undone.
import { Button, Group } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';

const icon = <IconCheck size={18} aria-hidden />;

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', icon });
}

/** Closes the dialog and confirms its action. */
export function closeDone(message: string): void {
  modals.closeAll();
  notifyDone(message);
}

/** Stays long enough to read the message and undo the action. */
export function notifyUndo(message: string, undoLabel: string, onUndo: () => void): void {
  const id = notifications.show({
    color: 'teal',
    icon,
    autoClose: 15_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        {message}
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          {undoLabel}
        </Button>
      </Group>
    ),
  });
}
