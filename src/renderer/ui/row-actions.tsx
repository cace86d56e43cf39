// The actions of a row: buttons with an icon, named by their label; in the cards of a narrow table, also with a word.
import { ActionIcon, Group } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import classes from './row-actions.module.css';

export interface RowAction {
  /** Names the row too: `Remove On call`. */
  readonly label: string;
  /** A part of the label, without the row's name: `Remove`. */
  readonly word: string;
  readonly icon: Icon;
  readonly isDangerous?: boolean;
  run(): void;
}

export function RowActions({ actions }: { readonly actions: readonly (RowAction | null)[] }) {
  return (
    <Group gap={4} className={classes.actions}>
      {actions.map((action) => {
        if (action === null) return null;
        const { label, word, icon: Icon, isDangerous = false, run } = action;
        return (
          <ActionIcon
            key={label}
            variant="subtle"
            color={isDangerous ? 'red' : 'gray'}
            className={classes.action}
            aria-label={label}
            title={label}
            onClick={run}
          >
            <Icon size={18} stroke={1.75} aria-hidden />
            <span className={classes.word}>{word}</span>
          </ActionIcon>
        );
      })}
    </Group>
  );
}
