// A section of the settings as a form: errors appear at their fields, others above the button.
import { Button, Group, Stack } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { PatchSettings, SettingsSection } from '../../shared/settings.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { useSaveSettings } from './use-save.ts';

/** The form's values: the section's fields, with numbers as text while they are typed. */
type Values = object;

export interface SectionForm<V extends Values> {
  readonly form: UseFormReturnType<V>;
  readonly saving: boolean;
  /** An error that concerns no field. */
  readonly failure: unknown;
  submit(values: V): void;
}

/** @param toPatch Converts the form's values to the API's. */
export function useSectionForm<V extends Values>(
  section: SettingsSection,
  initialValues: V,
  toPatch: (values: V) => PatchSettings,
): SectionForm<V> {
  const save = useSaveSettings();
  const form = useForm<V>({ initialValues });
  const fields = Object.keys(initialValues);
  const aliases = Object.fromEntries(fields.map((field) => [`${section}.${field}`, field]));
  return {
    form,
    saving: save.isPending,
    failure: Object.keys(form.errors).length === 0 ? save.error : null,
    submit: (values) =>
      save.mutate(
        { body: changedOf(toPatch(values), section, form.isDirty) },
        {
          onSuccess: () => form.resetDirty(),
          onError: (error) => form.setErrors(formErrors(error, fields, aliases)),
        },
      ),
  };
}

/**
 * Omits unchanged fields, because requirements such as a fresh proof depend on the fields of a request.
 * @param isDirty Whether a field of the form was changed.
 */
function changedOf(
  patch: PatchSettings,
  section: SettingsSection,
  isDirty: (field: string) => boolean,
): PatchSettings {
  const changed = Object.entries(patch[section] ?? {}).filter(([field]) => isDirty(field));
  return { [section]: Object.fromEntries(changed) };
}

export function SettingsForm<V extends Values>({
  of: { form, saving, failure, submit },
  children,
}: {
  readonly of: SectionForm<V>;
  readonly children: ReactNode;
}) {
  const isDirty = form.isDirty();
  useUnsavedWarning(isDirty);
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {children}
        {failure !== null && <FailureNotice error={failure} />}
        <Group justify="flex-end">
          <Button type="submit" loading={saving} disabled={!isDirty}>
            {settingsTexts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
