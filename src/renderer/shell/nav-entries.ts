// The screens in the navigation and the command palette.
import {
  IconAlertTriangle,
  IconArchive,
  IconBell,
  IconCertificate,
  IconChartBar,
  IconHistory,
  IconHome,
  IconInfoCircle,
  IconKey,
  IconPackageExport,
  IconServer2,
  IconSettings,
  IconTerminal2,
  IconWorldCog,
} from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { SETTINGS_PAGES } from '../settings/settings-nav.ts';

const { nav, groups } = messages.shell;

export const NAV_GROUPS = [
  { label: null, entries: [{ to: '/', label: nav.overview, icon: IconHome }] },
  {
    label: groups.certificates,
    entries: [
      { to: '/projects', label: nav.projects, icon: IconCertificate },
      { to: '/dns-credentials', label: nav.dnsCredentials, icon: IconWorldCog },
      { to: '/incidents', label: nav.incidents, icon: IconAlertTriangle },
      { to: '/simulation', label: nav.simulation, icon: IconChartBar },
    ],
  },
  {
    label: groups.servers,
    entries: [
      { to: '/deployments', label: nav.deployments, icon: IconPackageExport },
      { to: '/hosts', label: nav.hosts, icon: IconTerminal2 },
      { to: '/endpoints', label: nav.endpoints, icon: IconServer2 },
    ],
  },
  {
    label: groups.system,
    entries: [
      { to: '/notifications', label: nav.notifications, icon: IconBell },
      { to: '/backups', label: nav.backups, icon: IconArchive },
      { to: '/tokens', label: nav.tokens, icon: IconKey },
      { to: '/activity', label: nav.activity, icon: IconHistory },
      { to: '/settings', label: nav.settings, icon: IconSettings },
      { to: '/about', label: nav.about, icon: IconInfoCircle },
    ],
  },
] as const;

/** Every screen that the command palette opens. */
export const SCREENS = [
  ...NAV_GROUPS.flatMap(({ entries }) => entries.map(({ to, label }) => ({ to, label }))),
  ...SETTINGS_PAGES.map(({ to, label }) => ({ to, label: `${nav.settings}: ${label}` })).filter(
    ({ to }) => to !== '/settings',
  ),
];
