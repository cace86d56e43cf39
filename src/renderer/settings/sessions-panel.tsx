// Active browser sessions, and when sessions end.
import { NumberInput, Switch } from '@mantine/core';
import type { Settings } from '../../shared/settings.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { numberOf } from '../ui/field-checks.ts';
import { Panel } from '../ui/panel.tsx';
import { SessionTable } from './session-table.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.sessions;

/** Form values as typed. */
interface Values {
  readonly idleMinutes: number | string;
  readonly signOutOnRestart: boolean;
}

export function SessionsPanel({ sessions }: { readonly sessions: Settings['sessions'] }) {
  const section = useSectionForm<Values>('sessions', { ...sessions }, (values) => ({
    sessions: { ...values, idleMinutes: numberOf(values.idleMinutes) },
  }));
  const { form } = section;
  return (
    <>
      <Panel title={text.policy}>
        <SettingsForm of={section}>
          <NumberInput
            label={text.idleMinutes}
            description={text.idleMinutesHint}
            min={5}
            max={720}
            allowDecimal={false}
            maw={360}
            {...form.getInputProps('idleMinutes')}
          />
          <Switch
            label={text.signOutOnRestart}
            {...form.getInputProps('signOutOnRestart', { type: 'checkbox' })}
          />
        </SettingsForm>
      </Panel>
      <Panel title={text.title} flush>
        <SessionTable />
      </Panel>
    </>
  );
}
