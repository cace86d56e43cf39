// Backups: schedule, folder, passphrase, the list of backups, and restore.
import { Button, Group, NumberInput, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { BackupList } from '../../shared/backup.ts';
import type { PatchSettings, Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { backup as backupTexts } from '../messages/backup.ts';
import { SettingsForm, useSectionForm } from '../settings/settings-form.tsx';
import { type Fact, Facts } from '../ui/facts.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { numberOf } from '../ui/field-checks.ts';
import { FieldRow } from '../ui/field-row.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { BackupTable } from './backup-table.tsx';
import { openRestoreBackup } from './restore/restore-dialog.tsx';

const text = backupTexts;
export function BackupsPage() {
  const api = useApi();
  const list = useQuery(api.backups.list.queryOptions());
  const settings = useQuery(api.settings.get.queryOptions());
  const create = useMutation(
    api.backups.create.mutationOptions({ onSuccess: ({ name }) => notifyDone(text.created(name)) }),
  );
  // First while it is what the user has to do. Not before that is known: moving it would lose what is typed.
  const needsPassphrase = list.data?.passphraseSet === false;
  const encryption = (
    <Panel title={text.encryption}>
      <Passphrase set={list.data?.passphraseSet ?? null} />
    </Panel>
  );
  return (
    <Page
      title={text.title}
      description={text.text}
      actions={
        <>
          <Button variant="default" onClick={() => openRestoreBackup()}>
            {text.restore.action}
          </Button>
          <Button
            loading={create.isPending}
            disabled={list.data?.passphraseSet !== true}
            title={needsPassphrase ? text.needsPassphrase : undefined}
            onClick={() => create.mutate({})}
          >
            {text.create}
          </Button>
        </>
      }
    >
      <Stack gap="md">
        {create.error !== null && <FailureNotice error={create.error} />}
        <QueryView query={list}>{(data) => <State list={data} />}</QueryView>
        {needsPassphrase && encryption}
        <Panel title={text.existing} aside={list.data && <Count list={list.data} />} flush>
          <QueryView query={list}>
            {({ backups }) =>
              backups.length === 0 ? (
                <Text c="dimmed" p="md">
                  {text.count(0)}
                </Text>
              ) : (
                <BackupTable backups={backups} />
              )
            }
          </QueryView>
        </Panel>
        <Panel title={text.schedule}>
          <QueryView query={settings}>
            {({ backup }) => <Schedule backup={backup} usualFolder={list.data?.folder ?? ''} />}
          </QueryView>
        </Panel>
        {!list.isPending && !needsPassphrase && encryption}
      </Stack>
    </Page>
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
      <FieldRow>
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
      </FieldRow>
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
          style={{ flex: '1 1 15rem' }}
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

function Count({ list: { backups } }: { readonly list: BackupList }) {
  if (backups.length === 0) return null;
  return (
    <Text c="dimmed" fz="sm">
      {text.count(backups.length)}
    </Text>
  );
}

/** The last successful backup, the next one, and any error. */
function State({ list }: { readonly list: BackupList }) {
  const { lastAt, nextAt, lastError, late, restored, passphraseSet } = list;
  return (
    <>
      {!passphraseSet && <Notice tone="info" title={text.needsPassphrase} />}
      {lastError !== null && (
        <Notice tone="bad" title={text.failed} role="alert">
          <ServerText>{lastError}</ServerText>
        </Notice>
      )}
      {late && lastError === null && <Notice tone="warn" title={text.late} />}
      {(lastAt !== null || nextAt !== null || restored !== null) && (
        <Panel title={text.state}>
          <Facts
            facts={[
              lastAt === null ? null : { label: text.last, value: <Time at={lastAt} as="relative" /> },
              nextAt === null ? null : { label: text.next, value: <Time at={nextAt} as="relative" /> },
              ...restoredFacts(restored),
            ]}
          />
        </Panel>
      )}
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
