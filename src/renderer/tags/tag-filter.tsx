// Filters a list by tags: what it shows has all of the selected ones.
import { MultiSelect } from '@mantine/core';
import { projects as projectTexts } from '../messages/projects.ts';
import { tags as tagTexts } from '../messages/tags.ts';
import classes from './tags.module.css';

/** There may be hundreds of tags; typing finds the others. */
const SHOWN = 100;

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
      aria-label={tagTexts.filter}
      placeholder={value.length === 0 ? tagTexts.any : ''}
      searchable
      clearable
      limit={SHOWN}
      nothingFoundMessage={tagTexts.nothing}
      data={[...gone, ...tags.map(({ id }) => id)]}
      renderOption={({ option: { value: tag } }) => {
        const count = tags.find(({ id }) => id === tag)?.count ?? 0;
        return projectTexts.facet(tag, count);
      }}
      classNames={{ pillsList: classes.pills, inputField: classes.input }}
      value={[...value]}
      onChange={onChange}
    />
  );
}
