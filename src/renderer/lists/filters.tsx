// The filters above a list: buttons with the number of matches of each.
import { Group, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatNumber } from '../format.ts';
import classes from './lists.module.css';

/** The row above a list, with its search field and filters. */
export function ListToolbar({ children }: { readonly children: ReactNode }) {
  return (
    <Group gap="sm" mb="sm">
      {children}
    </Group>
  );
}

export function FilterGroup({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Group gap={6} role="group" aria-label={label} w="100%">
      {children}
    </Group>
  );
}

export interface FilterProps {
  readonly label: string;
  readonly count?: number | undefined;
  readonly pressed: boolean;
  onClick(): void;
}

export function Filter({ label, count, pressed, onClick }: FilterProps) {
  return (
    <UnstyledButton className={classes.filter} aria-pressed={pressed} onClick={onClick}>
      {label}
      {count !== undefined && <small className="numbers">{formatNumber(count)}</small>}
    </UnstyledButton>
  );
}
