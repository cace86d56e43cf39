// What is of the desktop application only: its start at login, notifications, updates.
import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { PatchSettings, Settings } from '../../shared/settings.ts';
import { messages } from '../messages.ts';
import { formErrors } from '../ui/form-errors.ts';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { useSaveSettings } from './use-save.ts';

const text = messages.settings.desktop;
const FIELDS = ['updateFeed'];
const ALIASES = { 'desktop.updateFeed': 'updateFeed' };

export function DesktopPanel({ desktop }: { readonly desktop: Settings['desktop'] }) {
  const save = useSaveSettings();
  const change = (body: PatchSettings['desktop']): void =>
    save.mutate({ body: { desktop: body } }, { onError: notifyFailure });
  return (
    <Panel title={text.title}>
      <Stack gap="md">
        <Switch
          label={text.startAtLogin}
          description={text.startAtLoginHint}
          checked={desktop.startAtLogin}
          onChange={(event) => change({ startAtLogin: event.currentTarget.checked })}
        />
        <Switch
          label={text.notifications}
          description={text.notificationsHint}
          checked={desktop.notifications}
          onChange={(event) => change({ notifications: event.currentTarget.checked })}
        />
        <UpdateFeed feed={desktop.updateFeed} />
      </Stack>
    </Panel>
  );
}

function UpdateFeed({ feed }: { readonly feed: string | null }) {
  const save = useSaveSettings();
  const form = useForm({ initialValues: { updateFeed: feed ?? '' } });
  const submit = ({ updateFeed }: { readonly updateFeed: string }): void =>
    save.mutate(
      { body: { desktop: { updateFeed: updateFeed.trim() === '' ? null : updateFeed.trim() } } },
      {
        onSuccess: () => form.resetDirty(),
        onError: (error) => form.setErrors(formErrors(error, FIELDS, ALIASES)),
      },
    );
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Group align="flex-end" gap="md">
        <TextInput
          flex={1}
          type="url"
          label={text.updateFeed}
          description={text.updateFeedHint}
          {...form.getInputProps('updateFeed')}
        />
        <Button type="submit" variant="default" disabled={!form.isDirty()} loading={save.isPending}>
          {messages.settings.save}
        </Button>
      </Group>
    </form>
  );
}
