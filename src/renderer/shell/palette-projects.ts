// The entries of the command palette that depend on projects: those that match the query, and actions on one of them.
import { useDebouncedValue } from '@mantine/hooks';
import { IconCertificate, IconDownload, IconPackageExport, IconRefresh } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { openExport } from '../certificates/export-dialog.tsx';
import { openRenew } from '../certificates/renew-dialog.tsx';
import { palette as text } from '../messages/palette.ts';
import type { Entry } from './palette-entries.ts';
import { readProjectAction } from './palette-query.ts';

export type ProjectAction = keyof typeof text.projectActions;

const ICONS = {
  renew: IconRefresh,
  request: IconCertificate,
  export: IconDownload,
  deploy: IconPackageExport,
} satisfies Record<ProjectAction, Entry['icon']>;

const PROJECT_ACTIONS = Object.keys(text.projectActions) as readonly ProjectAction[];
/** Results that fit without scrolling. */
const SHOWN = 7;
/** More are loaded for an action, because some of them may not allow it. */
const LOADED = 50;

/** The actions, each of which asks for its project. */
export function useProjectActions(onChoose: (action: ProjectAction) => void): readonly Entry[] {
  return PROJECT_ACTIONS.map((action) => ({
    id: action,
    label: text.projectActions[action].label,
    words: text.projectActions[action].words,
    icon: ICONS[action],
    staysOpen: true,
    run: () => onChoose(action),
  }));
}

/** The actions on the project whose page is open. */
export function useActionsHere(): readonly Entry[] {
  const api = useApi();
  const id = useRouterState({
    select: ({ location }) => /^\/projects\/([^/]+)/.exec(location.pathname)?.[1],
  });
  const toEntry = useToEntry();
  const { data } = useQuery({
    ...api.projects.get.queryOptions({ id: id ?? '' }),
    enabled: id !== undefined,
  });
  if (id === undefined || data === undefined) return [];
  return PROJECT_ACTIONS.filter((action) => allows(data, action)).map((action) => toEntry(data, action));
}

/**
 * The projects that match the query. If an action is chosen, or is the first word of the query ("renew shop"), the
 * entries run it; otherwise they open the project.
 */
export function useProjects(query: string, chosen: ProjectAction | null): readonly Entry[] {
  const api = useApi();
  const navigate = useNavigate();
  const toEntry = useToEntry();
  const typed = chosen === null ? readProjectAction(query) : { action: chosen, q: query.trim() };
  const wanted = typed?.q ?? query.trim();
  const [q] = useDebouncedValue(wanted, 120);
  const { data, isPlaceholderData } = useQuery({
    ...api.projects.list.queryOptions({ q, limit: typed === null ? SHOWN : LOADED, sort: 'domain' }),
    enabled: q !== '' || chosen !== null,
    placeholderData: keepPreviousData,
  });
  if (data === undefined || (q === '' && chosen === null)) return [];
  // Until the results of what was typed last arrive, only those of before that fit it: Enter opens the first.
  const isCurrent = q === wanted && !isPlaceholderData;
  const projects = isCurrent ? data.projects : data.projects.filter((project) => hasName(project, wanted));
  if (typed !== null) {
    const { action } = typed;
    const allowed = projects.filter((project) => allows(project, action));
    return allowed.slice(0, SHOWN).map((project) => toEntry(project, action));
  }
  return projects.map(({ id, name, domain }) => ({
    id,
    label: domain === null || domain === name ? name : `${name} (${domain})`,
    icon: IconCertificate,
    run: () => void navigate({ to: '/projects/$id', params: { id } }),
  }));
}

function hasName({ name, domain, altNames }: ListedProject, typed: string): boolean {
  return [name, domain ?? '', ...altNames].some((each) => each.toLowerCase().includes(typed.toLowerCase()));
}

function useToEntry(): (project: ListedProject, action: ProjectAction) => Entry {
  const navigate = useNavigate();
  return (project, action) => {
    const { id, domain, name, deployed } = project;
    const params = { id };
    const run: Record<ProjectAction, () => void> = {
      renew: () => openRenew(project),
      request: () => void navigate({ to: '/projects/$id/obtain', params }),
      export: () => openExport(project),
      deploy: () =>
        deployed === null
          ? void navigate({ to: '/projects/$id/deploy', params })
          : void navigate({ to: '/projects/$id', params, search: { tab: 'deployments' } }),
    };
    const { of, words } = text.projectActions[action];
    return { id: `${action}-${id}`, label: of(domain ?? name), words, icon: ICONS[action], run: run[action] };
  };
}

function allows({ certificate, domain }: ListedProject, action: ProjectAction): boolean {
  if (action === 'request' || action === 'deploy') return domain !== null;
  if (action === 'export') return certificate !== null;
  return certificate !== null && certificate.type !== 'custom' && certificate.status !== 'revoked';
}
