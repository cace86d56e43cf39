// The actions of a row: buttons with an icon, named by their label.
import { ActionIcon, Group } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';

export interface RowAction {
  /** Names the row too: `Remove On call`. */
  readonly label: string;
  readonly icon: Icon;
  readonly isDangerous?: boolean;
  run(): void;
}

export function RowActions({ actions }: { readonly actions: readonly (RowAction | null)[] }) {
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap" display="inline-flex">
      {actions.map((action) => {
        if (action === null) return null;
        const { label, icon: Icon, isDangerous = false, run } = action;
        return (
          <ActionIcon
            key={label}
            variant="subtle"
            color={isDangerous ? 'red' : 'gray'}
            aria-label={label}
            title={label}
            onClick={run}
          >
            <Icon size={18} stroke={1.75} aria-hidden />
          </ActionIcon>
        );
      })}
    </Group>
  );
}
