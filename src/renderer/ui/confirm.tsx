// The frame of a confirmation dialog: the effect of the action, its error, and two buttons.
import { Button, Group, Stack } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';
import { messages } from '../messages.ts';
import { FailureNotice } from './failure.tsx';

export interface ConfirmProps {
  readonly children: ReactNode;
  readonly submit: string;
  readonly error: unknown;
  readonly pending: boolean;
  /** For actions that cannot be undone. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
  onSubmit(): void;
}

export function Confirm(props: ConfirmProps) {
  const { children, submit, error, pending, danger = false, disabled = false, onSubmit } = props;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!disabled) onSubmit();
      }}
      noValidate
    >
      <Stack gap="md">
        {children}
        {error !== null && <FailureNotice error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={pending} disabled={disabled} {...(danger ? { color: 'red' } : {})}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
