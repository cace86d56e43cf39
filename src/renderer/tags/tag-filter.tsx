// Filters a list by tags: what it shows has all of the selected ones.
import { MultiSelect } from '@mantine/core';
import { messages } from '../messages.ts';
import classes from './tags.module.css';

export interface TagFilterProps {
  /** The tags in use, each with the number of entries that have it. */
  readonly tags: readonly { readonly id: string; readonly count: number }[];
  readonly value: readonly string[];
  onChange(tags: string[]): void;
}

export function TagFilter({ tags, value, onChange }: TagFilterProps) {
  if (tags.length === 0 && value.length === 0) return null;
  const gone = value.filter((tag) => !tags.some(({ id }) => id === tag));
  return (
    <MultiSelect
      className={classes.filter}
      size="sm"
      aria-label={messages.tags.filter}
      placeholder={value.length === 0 ? messages.tags.any : ''}
      searchable
      clearable
      nothingFoundMessage={messages.tags.nothing}
      data={[...gone, ...tags.map(({ id }) => id)]}
      renderOption={({ option: { value: tag } }) => {
        const count = tags.find(({ id }) => id === tag)?.count ?? 0;
        return messages.projects.facet(tag, count);
      }}
      classNames={{ pillsList: classes.pills, inputField: classes.input }}
      value={[...value]}
      onChange={onChange}
    />
  );
}
