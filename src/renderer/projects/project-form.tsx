// The fields of a project: name, domain and additional names, validated by the server's rules as the user types.
import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { explainInvalidName, toName } from '../../shared/identifiers.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { tags as tagTexts } from '../messages/tags.ts';
import { messages } from '../messages.ts';
import { checkTags } from '../tags/check-tags.ts';
import { TagField } from '../tags/tag-field.tsx';
import { useProjectTags } from '../tags/use-project-tags.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { checkLabel } from '../ui/field-checks.ts';
import { formErrors } from '../ui/form-errors.ts';

const text = projectTexts.form;

export interface ProjectValues {
  readonly name: string;
  readonly domain: string;
  readonly altNames: string[];
  readonly tags: string[];
}

export interface ProjectFormProps {
  readonly initial: ProjectValues;
  readonly submitLabel: string;
  readonly error: unknown;
  readonly pending: boolean;
  /** A hint below the fields. */
  readonly children?: ReactNode;
  onCancel(): void;
  onSubmit(values: ProjectValues, form: UseFormReturnType<ProjectValues>): void;
}

const FIELDS = ['name', 'domain', 'altNames', 'tags'];

export function ProjectForm(props: ProjectFormProps) {
  const { initial, submitLabel, error, pending, children, onCancel, onSubmit } = props;
  const form = useForm<ProjectValues>({
    initialValues: initial,
    validate: { domain: checkDomain, altNames: checkNames, name: checkLabel, tags: checkTags },
  });
  const known = useProjectTags().map(({ id }) => id);
  const atFields = error === null ? {} : formErrors(error, FIELDS);
  const elsewhere = error !== null && Object.keys(atFields).length === 0;
  return (
    <form onSubmit={form.onSubmit((values) => onSubmit(values, form))} noValidate>
      <Stack gap="md">
        {elsewhere && <FailureNotice error={error} />}
        <TextInput
          label={text.domain}
          description={text.domainHint}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('domain')}
          error={form.errors.domain ?? atFields.domain}
        />
        <TagsInput
          label={text.altNames}
          description={text.altNamesHint}
          splitChars={[',', ' ', ';']}
          acceptValueOnBlur
          {...form.getInputProps('altNames')}
          error={form.errors.altNames ?? atFields.altNames}
        />
        <TextInput
          label={text.name}
          description={text.nameHint}
          autoComplete="off"
          {...form.getInputProps('name')}
          error={form.errors.name ?? atFields.name}
        />
        <TagField
          label={tagTexts.label}
          description={tagTexts.hint}
          known={known}
          value={form.values.tags}
          error={form.errors.tags ?? atFields.tags}
          onChange={(tags) => form.setFieldValue('tags', tags)}
        />
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function checkDomain(domain: string, { name }: ProjectValues): string | null {
  const given = domain.trim();
  if (given === '') return name.trim() === '' ? text.needsOne : null;
  if (toName(given) !== null) return null;
  return text.badName(given, explainInvalidName(given));
}

function checkNames(names: readonly string[]): string | null {
  const wrong = names.find((name) => toName(name.trim()) === null);
  return wrong === undefined ? null : text.badName(wrong, explainInvalidName(wrong.trim()));
}
