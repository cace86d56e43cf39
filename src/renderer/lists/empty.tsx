// What a list shows without rows: nothing exists yet, or nothing matches the filters.
import { Button, EmptyState } from '@mantine/core';
import { type Icon, IconSearchOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface Words {
  readonly title: string;
  readonly text: string;
}

export interface EmptyListProps {
  readonly icon: Icon;
  readonly text: Words;
  /** The actions that create the first entry. */
  readonly children?: ReactNode;
}

export function EmptyList({ icon: Icon, text: { title, text }, children }: EmptyListProps) {
  return (
    <EmptyState py={48} icon={<Icon size={40} stroke={1.5} aria-hidden />} title={title} description={text}>
      {children !== undefined && <EmptyState.Actions>{children}</EmptyState.Actions>}
    </EmptyState>
  );
}

export interface NothingFoundProps {
  readonly text: Words & { readonly action: string };
  onClear(): void;
}

export function NothingFound({ text, onClear }: NothingFoundProps) {
  return (
    <EmptyList icon={IconSearchOff} text={text}>
      <Button variant="default" onClick={onClear}>
        {text.action}
      </Button>
    </EmptyList>
  );
}
