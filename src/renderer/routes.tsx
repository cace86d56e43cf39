// Where each address leads; a screen's code is loaded when it is first shown. Addresses stand in the hash, so the same
// build works from a server, behind any path, and in the Electron window.
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { readListSearch } from './projects/list-search.ts';
import { Shell } from './shell/shell.tsx';
import { Crash } from './ui/crash.tsx';
import { NotFound } from './ui/not-found.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: '/projects',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./projects/projects-page.tsx'), 'ProjectsPage'),
});

const project = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id',
  validateSearch: readTab,
  component: lazyRouteComponent(() => import('./projects/project-page.tsx'), 'ProjectPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/jobs/$jobId',
  component: lazyRouteComponent(() => import('./projects/job-page.tsx'), 'JobPage'),
});

const obtain = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/obtain',
  component: lazyRouteComponent(() => import('./certificates/obtain-page.tsx'), 'ObtainPage'),
});

const upload = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/upload',
  component: lazyRouteComponent(() => import('./certificates/upload-page.tsx'), 'UploadPage'),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyRouteComponent(() => import('./import/import-page.tsx'), 'ImportPage'),
});

const dnsCredentials = createRoute({
  getParentRoute: () => root,
  path: '/dns-credentials',
  component: lazyRouteComponent(() => import('./dns-credentials/credentials-page.tsx'), 'DnsCredentialsPage'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  component: lazyRouteComponent(() => import('./activity/activity-page.tsx'), 'ActivityPage'),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./tokens/tokens-page.tsx'), 'TokensPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
});

const about = createRoute({
  getParentRoute: () => root,
  path: '/about',
  component: lazyRouteComponent(() => import('./about/about-page.tsx'), 'AboutPage'),
});

const TABS = ['overview', 'certificate', 'challenges', 'history', 'api'] as const;
export type ProjectTab = (typeof TABS)[number];

function readTab(search: Record<string, unknown>): { tab?: ProjectTab } {
  const tab = TABS.find((known) => known === search.tab);
  return tab === undefined || tab === 'overview' ? {} : { tab };
}

const routeTree = root.addChildren([
  home,
  projects,
  project,
  job,
  obtain,
  upload,
  imports,
  dnsCredentials,
  activity,
  tokens,
  settings,
  about,
]);

export function createPageRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    defaultPreload: 'intent',
    defaultErrorComponent: Crash,
    scrollRestoration: true,
  });
}

export type PageRouter = ReturnType<typeof createPageRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: PageRouter;
  }
}
