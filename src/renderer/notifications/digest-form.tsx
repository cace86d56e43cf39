// When the weekly message comes, and how long standing still is no news.
import { Button, Group, NumberInput, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Settings } from '../../shared/settings.ts';
import { messages } from '../messages.ts';
import { useSaveSettings } from '../settings/use-save.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';

const text = messages.notifications.digest;
type Section = Settings['notifications'];
type Day = Section['digestDay'];

/** What is typed. */
interface Values {
  readonly digestDay: string;
  readonly digestHour: number | string;
  readonly missedAfterHours: number | string;
}

const DAYS = Object.keys(text.days) as Day[];
const FIELDS = ['digestDay', 'digestHour', 'missedAfterHours'];
const ALIASES = Object.fromEntries(FIELDS.map((field) => [`notifications.${field}`, field]));

export function DigestForm({ notifications }: { readonly notifications: Section }) {
  const save = useSaveSettings();
  const form = useForm<Values>({ initialValues: notifications });
  const submit = ({ digestDay, digestHour, missedAfterHours }: Values): void =>
    save.mutate(
      {
        body: {
          notifications: {
            digestDay: DAYS.find((day) => day === digestDay) ?? 'monday',
            digestHour: Number(digestHour),
            missedAfterHours: Number(missedAfterHours),
          },
        },
      },
      {
        onSuccess: () => form.resetDirty(),
        onError: (error) => form.setErrors(formErrors(error, FIELDS, ALIASES)),
      },
    );
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        <Group gap="md" grow align="flex-start">
          <Select
            label={text.day}
            description={text.dayHint}
            allowDeselect={false}
            data={DAYS.map((value) => ({ value, label: text.days[value] }))}
            {...form.getInputProps('digestDay')}
          />
          <NumberInput
            label={text.hour}
            description={text.hourHint}
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
        </Group>
        {save.error !== null && Object.keys(form.errors).length === 0 && <FailureNotice error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {messages.settings.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
