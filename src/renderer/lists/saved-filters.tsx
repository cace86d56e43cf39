// The saved filters of a list: apply one, save the current one, delete one.
import { ActionIcon, Button, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { FilteredList, SavedFilter, SavedSearch } from '../../shared/saved-filter.ts';
import { useApi } from '../api.ts';
import { lists as listTexts } from '../messages/lists.ts';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { QueryView } from '../ui/query-view.tsx';
import classes from './lists.module.css';

const text = listTexts.saved;

export interface SavedFiltersProps {
  readonly list: FilteredList;
  readonly search: SavedSearch;
  onApply(search: SavedSearch): void;
}

export function SavedFilters({ list, search, onApply }: SavedFiltersProps) {
  const api = useApi();
  const query = useQuery(api.savedFilters.list.queryOptions());
  return (
    <QueryView query={query}>
      {({ savedFilters }) => {
        const own = savedFilters.filter((each) => each.list === list);
        return (
          <Stack gap="sm">
            {own.length === 0 ? (
              <Text fz="sm" c="dimmed">
                {text.none}
              </Text>
            ) : (
              <ul className={classes.savedFilters} aria-label={text.title}>
                {own.map((filter) => (
                  <FilterItem
                    key={filter.id}
                    filter={filter}
                    isActive={isSame(filter.search, search)}
                    onApply={onApply}
                  />
                ))}
              </ul>
            )}
            <SaveForm list={list} search={search} taken={own.map(({ name }) => name)} />
          </Stack>
        );
      }}
    </QueryView>
  );
}

interface FilterItemProps extends Pick<SavedFiltersProps, 'onApply'> {
  readonly filter: SavedFilter;
  readonly isActive: boolean;
}

function FilterItem({ filter: { id, name, search }, isActive, onApply }: FilterItemProps) {
  const api = useApi();
  const remove = useMutation(
    api.savedFilters.remove.mutationOptions({
      onSuccess: () => notifyDone(text.removed(name)),
      onError: notifyFailure,
    }),
  );
  return (
    <li>
      <UnstyledButton
        className={classes.savedFilter}
        aria-current={isActive || undefined}
        onClick={() => onApply(search)}
      >
        {name}
      </UnstyledButton>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={text.remove(name)}
        title={text.remove(name)}
        loading={remove.isPending}
        onClick={() => remove.mutate({ filterId: id })}
      >
        <IconTrash size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </li>
  );
}

interface SaveFormProps extends Pick<SavedFiltersProps, 'list' | 'search'> {
  readonly taken: readonly string[];
}

function SaveForm({ list, search, taken }: SaveFormProps) {
  const api = useApi();
  const [name, setName] = useState('');
  const save = useMutation(
    api.savedFilters.save.mutationOptions({
      onSuccess(filter) {
        setName('');
        notifyDone(text.saved(filter.name));
      },
      onError: notifyFailure,
    }),
  );
  if (Object.keys(search).length === 0)
    return (
      <Text fz="sm" c="dimmed">
        {text.unfiltered}
      </Text>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate({ body: { list, name: name.trim(), search } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          label={text.name}
          placeholder={text.namePlaceholder}
          maxLength={60}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={save.isPending} disabled={name.trim() === ''}>
          {taken.includes(name.trim()) ? text.replace : text.save}
        </Button>
      </Group>
    </form>
  );
}

/** Whether both have the same parameters, in any order. */
function isSame(a: SavedSearch, b: SavedSearch): boolean {
  const sorted = (search: SavedSearch) => JSON.stringify(Object.entries(search).sort());
  return sorted(a) === sorted(b);
}
