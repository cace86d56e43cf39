// A field for tags, of projects and hosts alike. It offers the tags in use and gives new ones the form of shared/tag-form.ts.
import { TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { normalizeTags } from '../../shared/tag-form.ts';

/** There may be hundreds of tags; typing finds the others. */
const SHOWN = 50;

export interface TagFieldProps {
  readonly label: string;
  readonly description?: ReactNode;
  /** The tags in use. */
  readonly known: readonly string[];
  readonly value: readonly string[];
  readonly error?: ReactNode;
  readonly autoFocus?: boolean;
  onChange(tags: string[]): void;
}

export function TagField({ label, description, known, value, error, autoFocus, onChange }: TagFieldProps) {
  return (
    <TagsInput
      label={label}
      description={description}
      data={normalizeTags(known)}
      value={[...value]}
      error={error}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
      openOnFocus={false}
      limit={SHOWN}
      data-autofocus={autoFocus || undefined}
      onChange={(tags) => onChange(normalizeTags(tags.map((tag) => tag.trim().toLowerCase())))}
    />
  );
}
