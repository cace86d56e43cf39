// The command palette (Ctrl/Cmd-K): screens, commands, and the projects that match the query. An action on a project asks
// for the project in the same field.
import '@mantine/spotlight/styles.css';
import { ActionIcon } from '@mantine/core';
import { Spotlight, useSpotlight } from '@mantine/spotlight';
import { IconArrowLeft, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { palette as text } from '../messages/palette.ts';
import { messages } from '../messages.ts';
import { type Entry, fits, useAppCommands, useCommands, useScreens } from './palette-entries.ts';
import { type ProjectAction, useActionsHere, useProjectActions, useProjects } from './palette-projects.ts';
import { paletteStore } from './palette-store.ts';

/** Spotlight has its own styles: give it the surface of a dialog. */
const SURFACE = { backgroundColor: 'var(--cd-surface)' };
const STYLES = {
  content: { ...SURFACE, border: '1px solid var(--cd-line)' },
  search: SURFACE,
  actionsList: { paddingBottom: '0.5rem' },
};

export function Palette() {
  const [query, setQuery] = useState('');
  const [action, setAction] = useState<ProjectAction | null>(null);
  const choose = (chosen: ProjectAction | null): void => {
    setAction(chosen);
    setQuery('');
    paletteStore.updateState((state) => ({ ...state, selected: -1 }));
  };
  const projects = useProjects(query, action);
  const actions = useProjectActions(choose);
  const commands = [...useActionsHere(), ...useCommands(), ...actions, ...useAppCommands()].filter((entry) =>
    fits(entry, query),
  );
  const screens = useScreens().filter((entry) => fits(entry, query));
  const others = action === null ? [...commands, ...screens] : [];
  const found = [...projects, ...others].map(({ id }) => id).join(' ');
  useReturnedFocus();
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={() => setAction(null)}
      shortcut={null}
      centered={false} // at the top, the field does not move when results change the height
      scrollable
      maxHeight={480}
      returnFocus={false}
      styles={STYLES}
      attributes={{ content: { 'aria-label': messages.shell.palette.open } }}
    >
      <Search action={action} query={query} onBack={() => choose(null)} />
      <Spotlight.ActionsList>
        <Group label={text.projects} entries={projects} />
        {action === null && (
          <>
            <Group label={text.actions} entries={commands} />
            <Group label={text.goTo} entries={screens} />
          </>
        )}
        {found === '' && <Spotlight.Empty>{messages.shell.palette.nothing}</Spotlight.Empty>}
        <FirstSelected found={found} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

interface SearchProps {
  readonly action: ProjectAction | null;
  readonly query: string;
  onBack(): void;
}

function Search({ action, query, onBack }: SearchProps) {
  const asked = action === null ? text.placeholder : text.projectActions[action].ask;
  return (
    <Spotlight.Search
      placeholder={asked}
      aria-label={asked}
      {...(action === null ? {} : { 'aria-description': text.backKey })}
      leftSection={
        action === null ? (
          <IconSearch size={18} aria-hidden />
        ) : (
          <ActionIcon variant="subtle" color="gray" aria-label={text.back} title={text.back} onClick={onBack}>
            <IconArrowLeft size={18} aria-hidden />
          </ActionIcon>
        )
      }
      leftSectionPointerEvents={action === null ? 'none' : 'all'}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Backspace' && query === '' && action !== null) onBack();
        if (key === 'Enter') openFirst(currentTarget);
      }}
    />
  );
}

/** Opens the first result if Spotlight has not selected one yet, which it does after the results are rendered. */
function openFirst(field: HTMLElement): void {
  const { listId } = paletteStore.getState();
  const selected = listId === '' ? null : document.getElementById(listId)?.querySelector('[data-selected]');
  if (selected) return; // Spotlight opens it
  field.closest('[role=dialog]')?.querySelector<HTMLElement>('[data-action]')?.click();
}

/**
 * Returns the focus to where it was before the palette. Mantine would not after the first use, for which the palette is
 * mounted when it is already open; and a dialog that an entry opens must return it to that place, too.
 */
function useReturnedFocus(): void {
  const { opened } = useSpotlight(paletteStore);
  useEffect(() => {
    if (!opened) return;
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [opened]);
}

/**
 * Selects the first result, so that Enter opens it: Spotlight selects when the query changes, before the results
 * arrive.
 * @param found The results as one string; a change selects the first result again.
 */
function FirstSelected({ found }: { readonly found: string }) {
  const here = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const list = here.current?.parentElement;
    if (found === '' || paletteStore.getState().selected > 0) return; // the user has moved down the list
    for (const action of list?.querySelectorAll('[data-selected]') ?? [])
      action.removeAttribute('data-selected');
    list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
    paletteStore.updateState((state) => ({ ...state, selected: 0 }));
  }, [found]);
  return <span ref={here} hidden />;
}

function Group({ label, entries }: { readonly label: string; readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map(({ id, label: title, icon: Icon, staysOpen, run }) => (
        <Spotlight.Action
          key={id}
          label={title}
          leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
          closeSpotlightOnTrigger={staysOpen !== true}
          onClick={run}
        />
      ))}
    </Spotlight.ActionsGroup>
  );
}
