// The backup file and its passphrase.
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useEffect } from 'react';
import type { CheckBackup } from '../../../shared/backup.ts';
import { backup as backupTexts } from '../../messages/backup.ts';
import { messages } from '../../messages.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { formErrors } from '../../ui/form-errors.ts';

const text = backupTexts.restore;
const FIELDS = ['file', 'passphrase'];

export interface ChooseFileProps {
  readonly initial: CheckBackup;
  readonly pending: boolean;
  /** The error of the last verification; null if there is none. */
  readonly error: unknown;
  onSubmit(asked: CheckBackup): void;
}

export function ChooseFile({ initial, pending, error, onSubmit }: ChooseFileProps) {
  const form = useForm({
    initialValues: { ...initial },
    validate: {
      file: (file) => (file.trim() === '' ? text.fileMissing : null),
      passphrase: (passphrase) => (passphrase === '' ? text.passphraseMissing : null),
    },
  });
  const { setErrors } = form;
  useEffect(() => setErrors(error === null ? {} : formErrors(error, FIELDS)), [error, setErrors]);
  const known = initial.file !== '';
  return (
    <form onSubmit={form.onSubmit((values) => onSubmit({ ...values, file: values.file.trim() }))} noValidate>
      <Stack gap="md">
        <TextInput
          label={text.file}
          description={text.fileHint}
          spellCheck={false}
          data-autofocus={!known || undefined}
          {...form.getInputProps('file')}
        />
        <PasswordInput
          label={text.passphrase}
          autoComplete="off"
          data-autofocus={known || undefined}
          visibilityToggleButtonProps={{ 'aria-label': backupTexts.showPassphrase }}
          {...form.getInputProps('passphrase')}
        />
        {error !== null && Object.keys(form.errors).length === 0 && <FailureNotice error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={pending}>
            {text.check}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
