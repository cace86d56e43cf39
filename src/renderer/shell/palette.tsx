// The command palette (Ctrl/Cmd-K): every screen, the commands, and the projects that the query finds.
import '@mantine/spotlight/styles.css';
import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import {
  IconArrowRight,
  IconCirclePlus,
  IconFolderDown,
  IconSearch,
  IconSunMoon,
  IconWorldWww,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { openCreateProject } from '../projects/create-project.tsx';
import { NAV_ENTRIES } from './nav-entries.ts';
import { paletteStore } from './palette-store.ts';

const text = messages.shell;

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
  const found = screens.length + commands.length + projects.length > 0;
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
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
        {!found && <Spotlight.Empty>{text.palette.nothing}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
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
  return NAV_ENTRIES.map(({ to, label }) => ({
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
    { id: 'new', label: text.newCertificate, icon: IconCirclePlus, run: openCreateProject },
    {
      id: 'import',
      label: messages.imports.command,
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
    icon: IconWorldWww,
    run: () => void navigate({ to: '/projects/$id', params: { id } }),
  }));
}
