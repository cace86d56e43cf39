// The schedule of the weekly summary, and the downtime threshold.
import { NumberInput, Select } from '@mantine/core';
import type { PatchSettings, Settings } from '../../shared/settings.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { SettingsForm, useSectionForm } from '../settings/settings-form.tsx';
import { numberOf } from '../ui/field-checks.ts';
import { FieldRow } from '../ui/field-row.tsx';
import { useTimeZone } from '../use-time-zone.ts';

const text = notificationTexts.digest;
type Section = Settings['notifications'];
type Day = Section['digestDay'];

/** Form values as typed. */
interface Values {
  readonly digestDay: string;
  readonly digestHour: number | string;
  readonly missedAfterHours: number | string;
}

const DAYS = Object.keys(text.days) as Day[];
export function DigestForm({ notifications }: { readonly notifications: Section }) {
  const section = useSectionForm<Values>('notifications', notifications, toPatch);
  const { form } = section;
  const zone = useTimeZone();
  return (
    <SettingsForm of={section}>
      <FieldRow>
        <Select
          label={text.day}
          description={text.dayHint}
          allowDeselect={false}
          data={DAYS.map((value) => ({ value, label: text.days[value] }))}
          {...form.getInputProps('digestDay')}
        />
        <NumberInput
          label={text.hour}
          description={text.hourHint(zone)}
          min={0}
          max={23}
          allowDecimal={false}
          {...form.getInputProps('digestHour')}
        />
        <NumberInput
          label={text.missedAfter}
          description={text.missedAfterHint}
          min={1}
          max={720}
          allowDecimal={false}
          {...form.getInputProps('missedAfterHours')}
        />
      </FieldRow>
    </SettingsForm>
  );
}

function toPatch({ digestDay, digestHour, missedAfterHours }: Values): PatchSettings {
  return {
    notifications: {
      digestDay: DAYS.find((day) => day === digestDay) ?? 'monday',
      digestHour: numberOf(digestHour),
      missedAfterHours: numberOf(missedAfterHours),
    },
  };
}
