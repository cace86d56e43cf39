// General settings: the time zone of all times, and the address that messages link to.
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Settings } from '../../shared/settings.ts';
import { systemTimeZone } from '../../shared/time-zone.ts';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Panel } from '../ui/panel.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.general;
/** Of several hundred zones; typing narrows the list. */
const SHOWN_ZONES = 100;
const SYSTEM = '';

interface Values {
  readonly timeZone: string;
  readonly baseUrl: string;
}

export function GeneralPanel({ general }: { readonly general: Settings['general'] }) {
  const { server } = useAppContext();
  const section = useSectionForm<Values>(
    'general',
    { timeZone: general.timeZone ?? SYSTEM, baseUrl: general.baseUrl ?? '' },
    ({ timeZone, baseUrl }) => ({
      general: {
        timeZone: timeZone === SYSTEM ? null : timeZone,
        baseUrl: baseUrl.trim() === '' ? null : baseUrl.trim(),
      },
    }),
  );
  const { form } = section;
  return (
    <Panel title={text.title}>
      <SettingsForm of={section}>
        <Group gap="md" grow align="flex-start" preventGrowOverflow={false}>
          <TimeZoneSelect
            input={form.getInputProps('timeZone')}
            value={form.values.timeZone}
            onBrowserZone={(zone) => form.setFieldValue('timeZone', zone)}
          />
          <TextInput
            miw={220}
            label={text.baseUrl}
            description={text.baseUrlHint}
            placeholder={server}
            {...form.getInputProps('baseUrl')}
          />
        </Group>
      </SettingsForm>
    </Panel>
  );
}

interface TimeZoneSelectProps {
  readonly input: object;
  readonly value: string;
  onBrowserZone(zone: string): void;
}

function TimeZoneSelect({ input, value, onBrowserZone }: TimeZoneSelectProps) {
  const { data } = useQuery(useApi().system.timeZone.queryOptions());
  const system = data?.systemTimeZone ?? null;
  const own = systemTimeZone();
  const zones = new Set([
    'UTC',
    own,
    ...(value === SYSTEM ? [] : [value]),
    ...Intl.supportedValuesOf('timeZone'),
  ]);
  const isOther = value === SYSTEM ? system !== null && system !== own : value !== own;
  return (
    <div>
      <Select
        miw={220}
        label={text.timeZone}
        description={text.timeZoneHint}
        searchable
        allowDeselect={false}
        limit={SHOWN_ZONES}
        nothingFoundMessage={text.noTimeZone}
        data={[
          { value: SYSTEM, label: text.systemZone(system) },
          ...[...zones].toSorted().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
        ]}
        {...input}
      />
      {isOther && (
        <Button variant="subtle" size="compact-xs" mt={4} onClick={() => onBrowserZone(own)}>
          {text.browserZone(own.replaceAll('_', ' '))}
        </Button>
      )}
    </div>
  );
}
