// Settings of the desktop app only: start at login, and notifications.
import { Stack, Switch } from '@mantine/core';
import type { PatchSettings, Settings } from '../../shared/settings.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { useSaveSettings } from './use-save.ts';

const text = settingsTexts.desktop;

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
      </Stack>
    </Panel>
  );
}
