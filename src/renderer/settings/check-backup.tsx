// A backup file of any origin, looked into before it is restored: what is in it, and the command that restores it.
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import type { CheckedBackup } from '../../shared/backup.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import { CopyText } from '../ui/copy.tsx';
import { Facts } from '../ui/facts.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Notice } from '../ui/notice.tsx';
import { Time } from '../ui/time.tsx';

const text = messages.backup.check;
const FIELDS = ['file', 'passphrase'];

export function openCheckBackup(): void {
  modals.open({ title: text.title, size: 'lg', children: <CheckBackup /> });
}

function CheckBackup() {
  const api = useApi();
  const form = useForm({ initialValues: { file: '', passphrase: '' } });
  const check = useMutation(
    api.backups.check.mutationOptions({
      // The passphrase has done what it was for.
      onSuccess: () => form.setFieldValue('passphrase', ''),
      onError: (error) => form.setErrors(formErrors(error, FIELDS)),
    }),
  );
  const submit = ({ file, passphrase }: typeof form.values): void =>
    check.mutate({ body: { file: file.trim(), passphrase } });
  const { file, passphrase } = form.values;
  return (
    <Stack gap="md">
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack gap="md">
          <Text>{text.text}</Text>
          <TextInput
            label={text.file}
            description={text.fileHint}
            spellCheck={false}
            data-autofocus
            {...form.getInputProps('file')}
          />
          <PasswordInput
            label={text.passphrase}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': messages.backup.showPassphrase }}
            {...form.getInputProps('passphrase')}
          />
          {check.error !== null && Object.keys(form.errors).length === 0 && (
            <FailureNotice error={check.error} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => modals.closeAll()}>
              {messages.cancel}
            </Button>
            <Button
              type="submit"
              loading={check.isPending}
              disabled={file.trim() === '' || passphrase === ''}
            >
              {text.submit}
            </Button>
          </Group>
        </Stack>
      </form>
      {check.data !== undefined && <Contents checked={check.data} />}
    </Stack>
  );
}

function Contents({ checked }: { readonly checked: CheckedBackup }) {
  const { createdAt, certdesk, projects, certificates, secrets, secretStore, newer, restoreCommand } =
    checked;
  return (
    <Stack gap="md">
      {newer ? (
        <Notice tone="bad" title={text.newer(certdesk)} />
      ) : (
        <Notice tone="ok" title={text.whole}>
          {text.restore}
        </Notice>
      )}
      <Facts
        labelWidth={190}
        facts={[
          { label: text.made, value: <Time at={createdAt} /> },
          { label: text.by, value: certdesk },
          { label: text.projects, value: formatNumber(projects) },
          { label: text.certificates, value: formatNumber(certificates) },
          { label: text.secrets, value: formatNumber(secrets) },
          { label: text.secretStore, value: text.secretStores[secretStore] },
        ]}
      />
      {!newer && <CopyText value={restoreCommand} what={text.command} />}
    </Stack>
  );
}
