// Which tags a bulk action adds to the selected projects, and which it removes.
import { Stack } from '@mantine/core';
import { bulk as bulkTexts } from '../../messages/bulk.ts';
import { tags as tagTexts } from '../../messages/tags.ts';
import { TagField } from '../../tags/tag-field.tsx';
import { useProjectTags } from '../../tags/use-project-tags.ts';
import type { ProjectRowData } from '../use-project-list.ts';
import type { TagChange } from './bulk-actions.ts';

const text = bulkTexts.tagFields;

export interface TagFieldsProps {
  readonly projects: readonly ProjectRowData[];
  readonly change: TagChange;
  onChange(change: TagChange): void;
}

export function TagFields({ projects, change, onChange }: TagFieldsProps) {
  const known = useProjectTags().map(({ id }) => id);
  return (
    <Stack gap="sm">
      <TagField
        label={text.add}
        description={tagTexts.hint}
        known={known}
        value={change.add}
        autoFocus
        onChange={(add) => onChange({ add, remove: change.remove.filter((tag) => !add.includes(tag)) })}
      />
      <TagField
        label={text.remove}
        description={text.removeHint}
        known={projects.flatMap(({ tags }) => tags)}
        value={change.remove}
        onChange={(remove) => onChange({ remove, add: change.add.filter((tag) => !remove.includes(tag)) })}
      />
    </Stack>
  );
}
