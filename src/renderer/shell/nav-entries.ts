// The screens in the side bar and the command palette.
import {
  IconCertificate,
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

const { nav } = messages.shell;

export const NAV_ENTRIES = [
  { to: '/', label: nav.overview, icon: IconHome },
  { to: '/projects', label: nav.projects, icon: IconCertificate },
  { to: '/endpoints', label: nav.endpoints, icon: IconServer2 },
  { to: '/deployments', label: nav.deployments, icon: IconPackageExport },
  { to: '/hosts', label: nav.hosts, icon: IconTerminal2 },
  { to: '/dns-credentials', label: nav.dnsCredentials, icon: IconWorldCog },
  { to: '/activity', label: nav.activity, icon: IconHistory },
  { to: '/tokens', label: nav.tokens, icon: IconKey },
  { to: '/settings', label: nav.settings, icon: IconSettings },
  { to: '/about', label: nav.about, icon: IconInfoCircle },
] as const;
