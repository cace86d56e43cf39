// Backups: schedule, folder, passphrase, the list of backups, and restore.
import { Button, Group, NumberInput, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { BackupList } from '../../shared/backup.ts';
import type { PatchSettings, Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { type Fact, Facts } from '../ui/facts.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { numberOf } from '../ui/field-checks.ts';
import { formErrors } from '../ui/form-errors.ts';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { BackupTable } from './backup-table.tsx';
import { openRestoreBackup } from './restore/restore-dialog.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = messages.backup;
export function BackupPanel({ backup }: { readonly backup: Settings['backup'] }) {
  const api = useApi();
  const list = useQuery(api.backups.list.queryOptions());
  return (
    <Panel title={text.title}>
      <Stack gap="lg">
        <Schedule backup={backup} usualFolder={list.data?.folder ?? ''} />
        <Passphrase set={list.data?.passphraseSet ?? null} />
        <QueryView query={list}>{(data) => <Existing list={data} />}</QueryView>
      </Stack>
    </Panel>
  );
}

interface Values {
  readonly folder: string;
  readonly everyHours: number | string;
  readonly keep: number | string;
}

function Schedule({
  backup,
  usualFolder,
}: {
  readonly backup: Settings['backup'];
  readonly usualFolder: string;
}) {
  const section = useSectionForm<Values>(
    'backup',
    { folder: backup.folder ?? '', everyHours: backup.everyHours ?? '', keep: backup.keep },
    toPatch,
  );
  const { form } = section;
  return (
    <SettingsForm of={section}>
      <TextInput
        label={text.folder}
        description={text.folderHint}
        placeholder={usualFolder}
        {...form.getInputProps('folder')}
      />
      <Group gap="md" grow align="flex-start">
        <NumberInput
          label={text.everyHours}
          description={text.everyHoursHint}
          min={1}
          max={8_760}
          allowDecimal={false}
          {...form.getInputProps('everyHours')}
        />
        <NumberInput
          label={text.keep}
          description={text.keepHint}
          min={1}
          max={1_000}
          allowDecimal={false}
          {...form.getInputProps('keep')}
        />
      </Group>
    </SettingsForm>
  );
}

function toPatch({ folder, everyHours, keep }: Values): PatchSettings {
  return {
    backup: {
      folder: folder.trim() === '' ? null : folder.trim(),
      everyHours: everyHours === '' ? null : Number(everyHours),
      keep: numberOf(keep),
    },
  };
}

/** @param set Null while loading. */
function Passphrase({ set }: { readonly set: boolean | null }) {
  const api = useApi();
  const form = useForm({ initialValues: { passphrase: '' } });
  useUnsavedWarning(form.isDirty());
  const keep = useMutation(
    api.backups.setPassphrase.mutationOptions({
      onSuccess() {
        form.reset();
        notifyDone(text.passphraseSaved);
      },
      onError: (error) => form.setErrors(formErrors(error, ['passphrase'])),
    }),
  );
  return (
    <form onSubmit={form.onSubmit((body) => keep.mutate({ body }))} noValidate>
      <Group gap="md" align="flex-end">
        <PasswordInput
          style={{ flex: 1 }}
          label={text.passphrase}
          description={set === true ? text.passphraseIsSet : text.passphraseHint}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': text.showPassphrase }}
          {...form.getInputProps('passphrase')}
        />
        <Button type="submit" variant="default" loading={keep.isPending} disabled={!form.isDirty()}>
          {text.setPassphrase}
        </Button>
      </Group>
      {keep.error !== null && Object.keys(form.errors).length === 0 && <FailureNotice error={keep.error} />}
    </form>
  );
}

function Existing({ list }: { readonly list: BackupList }) {
  const api = useApi();
  const create = useMutation(
    api.backups.create.mutationOptions({ onSuccess: ({ name }) => notifyDone(text.created(name)) }),
  );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fz="sm" c="dimmed">
          {list.passphraseSet ? text.count(list.backups.length) : text.needsPassphrase}
        </Text>
        <Group gap="xs">
          <Button variant="subtle" onClick={() => openRestoreBackup()}>
            {text.restore.action}
          </Button>
          <Button
            variant="default"
            loading={create.isPending}
            disabled={!list.passphraseSet}
            onClick={() => create.mutate({})}
          >
            {text.create}
          </Button>
        </Group>
      </Group>
      <State list={list} />
      {create.error !== null && <FailureNotice error={create.error} />}
      {list.backups.length > 0 && <BackupTable backups={list.backups} />}
    </Stack>
  );
}

/** The last successful backup, the next one, and any error. */
function State({ list: { lastAt, nextAt, lastError, late, restored } }: { readonly list: BackupList }) {
  return (
    <>
      {lastError !== null && (
        <Notice tone="bad" title={text.failed}>
          <ServerText>{lastError}</ServerText>
        </Notice>
      )}
      {late && lastError === null && <Notice tone="warn" title={text.late} />}
      <Facts
        labelWidth={170}
        facts={[
          lastAt === null ? null : { label: text.last, value: <Time at={lastAt} as="relative" /> },
          nextAt === null ? null : { label: text.next, value: <Time at={nextAt} as="relative" /> },
          ...restoredFacts(restored),
        ]}
      />
    </>
  );
}

/** After a restore: the restored backup, and the folder with the previous data. */
function restoredFacts(restored: BackupList['restored']): readonly (Fact | null)[] {
  if (restored === null) return [];
  const { at, by, createdAt, aside } = restored;
  return [
    {
      label: text.restored,
      value: (
        <>
          <Time at={at} /> {text.restoredBy(by)}
        </>
      ),
    },
    { label: text.restoredFrom, value: <Time at={createdAt} /> },
    aside === null
      ? null
      : { label: text.restoredPreviousData, value: <span className="mono">{aside}</span> },
  ];
}
