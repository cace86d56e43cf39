// The command palette (Ctrl/Cmd-K): screens, commands, and the projects that match the query.
import '@mantine/spotlight/styles.css';
import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import {
  IconArrowRight,
  IconCertificate,
  IconCirclePlus,
  IconFolderDown,
  IconSearch,
  IconSunMoon,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../api.ts';
import { imports as importTexts } from '../messages/import.ts';
import { messages } from '../messages.ts';
import { SCREENS } from './nav-entries.ts';
import { paletteStore } from './palette-store.ts';

const text = messages.shell;

/** Spotlight has its own styles: give it the surface of a dialog. */
const SURFACE = { backgroundColor: 'var(--cd-surface)' };
const STYLES = {
  content: { ...SURFACE, border: '1px solid var(--cd-line)' },
  search: SURFACE,
  actionsList: { paddingBottom: '0.5rem' },
};

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly icon: typeof IconSearch;
  run(): void;
}

export function Palette() {
  const [query, setQuery] = useState('');
  const screens = useScreens().filter(({ label }) => fits(label, query));
  const commands = useCommands().filter(({ label }) => fits(label, query));
  const projects = useProjects(query);
  const found = [...projects, ...commands, ...screens].map(({ id }) => id).join(' ');
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      centered={false} // at the top, the field does not move when results change the height
      scrollable
      maxHeight={480}
      styles={STYLES}
      attributes={{ content: { 'aria-label': text.palette.open } }}
    >
      <Spotlight.Search
        placeholder={text.palette.placeholder}
        aria-label={text.palette.placeholder}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        <Group label={text.palette.projects} entries={projects} />
        <Group label={text.palette.actions} entries={commands} />
        <Group label={text.palette.goTo} entries={screens} />
        {found === '' && <Spotlight.Empty>{text.palette.nothing}</Spotlight.Empty>}
        <FirstSelected found={found} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
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
      {entries.map(({ id, label: title, icon: Icon, run }) => (
        <Spotlight.Action
          key={id}
          label={title}
          leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
          onClick={run}
        />
      ))}
    </Spotlight.ActionsGroup>
  );
}

const fits = (label: string, query: string): boolean =>
  label.toLowerCase().includes(query.trim().toLowerCase());

function useScreens(): readonly Entry[] {
  const navigate = useNavigate();
  return SCREENS.map(({ to, label }) => ({
    id: to,
    label,
    icon: IconArrowRight,
    run: () => void navigate({ to }),
  }));
}

function useCommands(): readonly Entry[] {
  const navigate = useNavigate();
  const { toggleColorScheme } = useMantineColorScheme();
  return [
    {
      id: 'new',
      label: messages.shell.newCertificate,
      icon: IconCirclePlus,
      run: () => void navigate({ to: '/new' }),
    },
    {
      id: 'import',
      label: importTexts.command,
      icon: IconFolderDown,
      run: () => void navigate({ to: '/import' }),
    },
    { id: 'theme', label: text.switchTheme, icon: IconSunMoon, run: toggleColorScheme },
  ];
}

function useProjects(query: string): readonly Entry[] {
  const api = useApi();
  const navigate = useNavigate();
  const [q] = useDebouncedValue(query.trim(), 120);
  const { data } = useQuery({
    ...api.projects.list.queryOptions({ q, limit: 7 }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  if (q === '' || data === undefined) return [];
  return data.projects.map(({ id, name, domain }) => ({
    id,
    label: domain === null || domain === name ? name : `${name} (${domain})`,
    icon: IconCertificate,
    run: () => void navigate({ to: '/projects/$id', params: { id } }),
  }));
}
