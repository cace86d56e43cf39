// The routes. A screen's code is loaded on first use, except the overview's, where most visits begin. Routes use the
// URL hash, so the same build works on a server, behind any path prefix, and in the Electron window.
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
} from '@tanstack/react-router';
import { readActivitySearch } from './activity/activity-search.ts';
import { readDeploymentSearch } from './deployments/deployment-search.ts';
import { readEndpointSearch } from './endpoints/endpoint-search.ts';
import { readHostSearch } from './hosts/host-search.ts';
import { OverviewPage } from './overview/overview-page.tsx';
import { readListSearch } from './projects/list-search.ts';
import { PROJECT_TABS, type ProjectTab } from './projects/project-tabs.ts';
import { Shell } from './shell/shell.tsx';
import { Crash } from './ui/crash.tsx';
import { NotFound } from './ui/not-found.tsx';
import { lazyScreen } from './ui/screen.ts';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: OverviewPage,
});

const projects = createRoute({
  getParentRoute: () => root,
  path: '/projects',
  validateSearch: readListSearch,
  component: lazyScreen(() => import('./projects/projects-page.tsx'), 'ProjectsPage'),
});

const project = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id',
  validateSearch: readTab,
  component: lazyScreen(() => import('./projects/project-page.tsx'), 'ProjectPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/jobs/$jobId',
  component: lazyScreen(() => import('./projects/job-page.tsx'), 'JobPage'),
});

const obtain = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/obtain',
  component: lazyScreen(() => import('./certificates/obtain-page.tsx'), 'ObtainPage'),
});

const upload = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/upload',
  component: lazyScreen(() => import('./certificates/upload-page.tsx'), 'UploadPage'),
});

const newCertificate = createRoute({
  getParentRoute: () => root,
  path: '/new',
  validateSearch: (search) => readTexts(search, ['names']),
  component: lazyScreen(() => import('./certificates/new-certificate-page.tsx'), 'NewCertificatePage'),
});

const uploadNew = createRoute({
  getParentRoute: () => root,
  path: '/new/upload',
  component: lazyScreen(() => import('./certificates/upload-page.tsx'), 'NewUploadPage'),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyScreen(() => import('./import/import-page.tsx'), 'ImportPage'),
});

const endpoints = createRoute({
  getParentRoute: () => root,
  path: '/endpoints',
  validateSearch: readEndpointSearch,
  component: lazyScreen(() => import('./endpoints/endpoints-page.tsx'), 'EndpointsPage'),
});

const endpoint = createRoute({
  getParentRoute: () => root,
  path: '/endpoints/$id',
  component: lazyScreen(() => import('./endpoints/endpoint-page.tsx'), 'EndpointPage'),
});

const simulation = createRoute({
  getParentRoute: () => root,
  path: '/simulation',
  component: lazyScreen(() => import('./simulation/simulation-page.tsx'), 'SimulationPage'),
});

const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  component: lazyScreen(() => import('./incidents/incidents-page.tsx'), 'IncidentsPage'),
});

const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$id',
  component: lazyScreen(() => import('./incidents/incident-page.tsx'), 'IncidentPage'),
});

const dnsCredentials = createRoute({
  getParentRoute: () => root,
  path: '/dns-credentials',
  component: lazyScreen(() => import('./dns-credentials/credentials-page.tsx'), 'DnsCredentialsPage'),
});

const hosts = createRoute({
  getParentRoute: () => root,
  path: '/hosts',
  validateSearch: readHostSearch,
  component: lazyScreen(() => import('./hosts/hosts-page.tsx'), 'HostsPage'),
});

const newHost = createRoute({
  getParentRoute: () => root,
  path: '/hosts/new',
  validateSearch: (search) => readTexts(search, ['project', 'recipe']),
  component: lazyScreen(() => import('./hosts/new-host-page.tsx'), 'NewHostPage'),
});

const importHosts = createRoute({
  getParentRoute: () => root,
  path: '/hosts/import',
  component: lazyScreen(() => import('./hosts/import-hosts-page.tsx'), 'ImportHostsPage'),
});

const knownHosts = createRoute({
  getParentRoute: () => root,
  path: '/hosts/known-hosts',
  component: lazyScreen(() => import('./hosts/known-hosts-page.tsx'), 'KnownHostsPage'),
});

const host = createRoute({
  getParentRoute: () => root,
  path: '/hosts/$hostId',
  validateSearch: readTest,
  component: lazyScreen(() => import('./hosts/host-page.tsx'), 'HostPage'),
});

const editHost = createRoute({
  getParentRoute: () => root,
  path: '/hosts/$hostId/edit',
  component: lazyScreen(() => import('./hosts/edit-host-page.tsx'), 'EditHostPage'),
});

const deployments = createRoute({
  getParentRoute: () => root,
  path: '/deployments',
  validateSearch: readDeploymentSearch,
  component: lazyScreen(() => import('./deployments/deployments-page.tsx'), 'DeploymentsPage'),
});

const newDeployment = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id/deploy',
  validateSearch: (search) => readTexts(search, ['recipe', 'host']),
  component: lazyScreen(() => import('./deployments/new-deployment-page.tsx'), 'NewDeploymentPage'),
});

const manyDeployments = createRoute({
  getParentRoute: () => root,
  path: '/deployments/many',
  validateSearch: (search) => readTexts(search, ['projects']),
  component: lazyScreen(() => import('./deployments/many-page.tsx'), 'ManyPage'),
});

const deployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$deploymentId',
  validateSearch: readTest,
  component: lazyScreen(() => import('./deployments/deployment-page.tsx'), 'DeploymentPage'),
});

const editDeployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$deploymentId/edit',
  component: lazyScreen(() => import('./deployments/edit-deployment-page.tsx'), 'EditDeploymentPage'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  validateSearch: readActivitySearch,
  component: lazyScreen(() => import('./activity/activity-page.tsx'), 'ActivityPage'),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  component: lazyScreen(() => import('./tokens/tokens-page.tsx'), 'TokensPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: settingsPage('GeneralPage'),
});

const renewalSettings = createRoute({
  getParentRoute: () => root,
  path: '/settings/renewals',
  component: settingsPage('RenewalsPage'),
});

const authorities = createRoute({
  getParentRoute: () => root,
  path: '/settings/authorities',
  component: settingsPage('AuthoritiesPage'),
});

const dnsSettings = createRoute({
  getParentRoute: () => root,
  path: '/settings/dns',
  component: settingsPage('DnsPage'),
});

const network = createRoute({
  getParentRoute: () => root,
  path: '/settings/network',
  component: settingsPage('NetworkPage'),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/settings/sessions',
  component: settingsPage('SessionsPage'),
});

const auditSettings = createRoute({
  getParentRoute: () => root,
  path: '/settings/audit',
  component: settingsPage('AuditPage'),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  component: lazyScreen(() => import('./notifications/notifications-page.tsx'), 'NotificationsPage'),
});

const backups = createRoute({
  getParentRoute: () => root,
  path: '/backups',
  component: lazyScreen(() => import('./backups/backups-page.tsx'), 'BackupsPage'),
});

/** They were panels of the settings. */
const moved = (['notifications', 'backups'] as const).map((name) =>
  createRoute({
    getParentRoute: () => root,
    path: `/settings/${name}`,
    beforeLoad: () => {
      throw redirect({ to: `/${name}`, replace: true });
    },
  }),
);

const about = createRoute({
  getParentRoute: () => root,
  path: '/about',
  component: lazyScreen(() => import('./about/about-page.tsx'), 'AboutPage'),
});

function settingsPage(name: keyof typeof import('./settings/pages.tsx')) {
  return lazyScreen(() => import('./settings/pages.tsx'), name);
}

function readTab(search: Record<string, unknown>): { tab?: ProjectTab } {
  const tab = PROJECT_TABS.find((known) => known === search.tab);
  return tab === undefined || tab === 'overview' ? {} : { tab };
}

/** `test` runs the test of the page at once. */
function readTest({ test }: Record<string, unknown>): { test?: true } {
  return test === true ? { test } : {};
}

/** Reads optional parameters that are texts. */
function readTexts<Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const given = names.flatMap((name) =>
    typeof search[name] === 'string' ? [[name, search[name]] as const] : [],
  );
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}

const routeTree = root.addChildren([
  home,
  projects,
  project,
  job,
  obtain,
  upload,
  newCertificate,
  uploadNew,
  imports,
  endpoints,
  endpoint,
  simulation,
  incidents,
  incident,
  dnsCredentials,
  hosts,
  newHost,
  importHosts,
  knownHosts,
  host,
  editHost,
  deployments,
  newDeployment,
  manyDeployments,
  deployment,
  editDeployment,
  activity,
  tokens,
  settings,
  renewalSettings,
  authorities,
  dnsSettings,
  network,
  sessions,
  auditSettings,
  notifications,
  backups,
  ...moved,
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
