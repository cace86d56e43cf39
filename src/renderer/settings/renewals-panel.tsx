// Renewal settings: pause, concurrency, fallback CA, and retention of old versions.
import { NumberInput, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { numberOf } from '../ui/field-checks.ts';
import { FieldRow } from '../ui/field-row.tsx';
import { Panel } from '../ui/panel.tsx';
import { useTimeZone } from '../use-time-zone.ts';
import { fromLocalTime, toLocalTime } from './local-time.ts';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.renewals;

/** Form values as typed. */
interface Values {
  readonly pausedUntil: string;
  readonly concurrency: number | string;
  readonly fallbackCa: string | null;
  readonly keepVersionsDays: number | string;
}

export function RenewalsPanel({ renewals }: { readonly renewals: Settings['renewals'] }) {
  const zone = useTimeZone();
  const section = useSectionForm<Values>(
    'renewals',
    { ...renewals, pausedUntil: toLocalTime(renewals.pausedUntil, zone) },
    (values) => ({ renewals: toSettings(values, zone) }),
  );
  const { form } = section;
  return (
    <Panel title={text.title}>
      <SettingsForm of={section}>
        <FieldRow>
          <TextInput
            type="datetime-local"
            label={text.pausedUntil}
            description={text.pausedUntilHint(zone)}
            {...form.getInputProps('pausedUntil')}
          />
          <FallbackCa known={renewals.fallbackCa} input={form.getInputProps('fallbackCa')} />
        </FieldRow>
        <FieldRow>
          <NumberInput
            label={text.concurrency}
            description={text.concurrencyHint}
            min={1}
            max={50}
            allowDecimal={false}
            {...form.getInputProps('concurrency')}
          />
          <NumberInput
            label={text.keepVersions}
            description={text.keepVersionsHint}
            min={0}
            max={3_650}
            allowDecimal={false}
            {...form.getInputProps('keepVersionsDays')}
          />
        </FieldRow>
      </SettingsForm>
    </Panel>
  );
}

interface FallbackCaProps {
  /** The stored value; may be a directory URL that is not in the list. */
  readonly known: string | null;
  readonly input: object;
}

function FallbackCa({ known, input }: FallbackCaProps) {
  const api = useApi();
  const answer = useQuery(api.system.cas.queryOptions());
  const cas = answer.data?.cas ?? [];
  const listed = cas.map(({ id, name }) => ({ value: id, label: name }));
  const choices =
    known === null || cas.some(({ id }) => id === known)
      ? listed
      : [...listed, { value: known, label: known }];
  return (
    // The key re-creates the select when the names arrive: it would continue to show the ID. It is disabled until then,
    // because re-creation would close an open list.
    <Select
      key={cas.length}
      disabled={answer.isPending}
      label={text.fallbackCa}
      description={text.fallbackCaHint}
      placeholder={text.none}
      clearable
      data={choices}
      {...input}
    />
  );
}

function toSettings(values: Values, zone: string): Settings['renewals'] {
  return {
    pausedUntil: fromLocalTime(values.pausedUntil, zone),
    concurrency: numberOf(values.concurrency),
    fallbackCa: values.fallbackCa,
    keepVersionsDays: numberOf(values.keepVersionsDays),
  };
}
