// Short messages at the corner: what has been done, and the way back where there is one.
import { Button, Group } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';

const icon = <IconCheck size={18} aria-hidden />;

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', icon });
}

/** The end of a dialog that has done its work. */
export function closeDone(message: string): void {
  modals.closeAll();
  notifyDone(message);
}

/** Stays long enough to be read and taken back. */
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
