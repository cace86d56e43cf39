// When a deployment may begin: always, or in a window of some days.
import { Checkbox, Group, Input, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { systemTimeZone } from '../../shared/time-zone.ts';
import { dayName, WEEK } from '../../shared/week.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import type { PartProps } from './deployment-values.ts';

const text = deploymentTexts.form.window;
/** More are found by typing. */
const SHOWN_ZONES = 50;

export function WindowFields({ values, errors, onChange }: PartProps) {
  const { windowed, days, start, end, timeZone } = values;
  return (
    <Stack gap="md">
      <Checkbox
        label={text.label}
        description={text.hint}
        checked={windowed}
        onChange={(event) => onChange({ windowed: event.currentTarget.checked })}
      />
      {windowed && (
        <>
          <Input.Wrapper label={text.days} error={errors['window.days']}>
            <Group gap="md" mt={4} role="group" aria-label={text.days}>
              {WEEK.map((day) => (
                <Checkbox
                  key={day}
                  label={dayName(day)}
                  checked={days.includes(day)}
                  onChange={(event) => {
                    const isChosen = event.currentTarget.checked;
                    onChange({
                      days: WEEK.filter((each) => (each === day ? isChosen : days.includes(each))),
                    });
                  }}
                />
              ))}
            </Group>
          </Input.Wrapper>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              type="time"
              label={text.start}
              value={start}
              error={errors['window.start']}
              onChange={(event) => onChange({ start: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={text.end}
              description={end !== '' && end <= start ? text.nextDay : undefined}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={end}
              error={errors['window.end']}
              onChange={(event) => onChange({ end: event.currentTarget.value })}
            />
            <Select
              label={text.timeZone}
              searchable
              allowDeselect={false}
              limit={SHOWN_ZONES}
              nothingFoundMessage={text.noTimeZone}
              data={zonesWith(timeZone)}
              value={timeZone}
              error={errors['window.timeZone']}
              onChange={(zone) => zone !== null && onChange({ timeZone: zone })}
            />
          </SimpleGrid>
        </>
      )}
    </Stack>
  );
}

const zonesWith = (chosen: string) =>
  [...new Set(['UTC', systemTimeZone(), chosen, ...Intl.supportedValuesOf('timeZone')])]
    .toSorted()
    .map((value) => ({ value, label: value.replaceAll('_', ' ') }));
