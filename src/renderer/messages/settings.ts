// Settings.
import { formatCount, formatNumber } from '../format.ts';

export const settings = {
  title: 'Settings',
  description:
    'What can be changed while Certdesk runs. Addresses, ports and the secret store are options of its start.',
  saved: 'Settings saved',
  save: 'Save',
  appearance: { title: 'Appearance', theme: 'Theme', themeHint: 'Kept in this browser.' },
  dns: {
    title: 'DNS-01',
    timeout: 'Wait for a record, seconds',
    timeoutHint: 'Until it is given up. Left empty: what each provider suggests.',
    interval: 'Look again after, seconds',
    intervalHint: 'At most; the first looks come faster. Left empty: what each provider suggests.',
    check: 'Who is asked',
    checks: {
      authoritative: 'Every name server of the zone, then resolvers',
      resolvers: 'Resolvers only: for networks that let nothing else do DNS',
    },
    resolvers: 'Public resolvers for the last word',
    resolversHint:
      'IP addresses. Asked where no resolver was named at the start; they hold an order up for 5 seconds at most.',
    resolversPlaceholder: 'Add an address',
  },
  renewals: {
    title: 'Renewals',
    pausedUntil: 'Paused until',
    pausedUntilHint: 'Until then nothing is renewed by itself. Left empty: renewals go on.',
    fallbackCa: 'Second CA',
    fallbackCaHint: 'Turned to where the usual one fails on its own account.',
    none: 'None',
    sideBySide: 'Renewals at a time',
    sideBySideHint: 'Never two that prove the same name.',
    keepVersions: 'Keep old versions, days',
    keepVersionsHint: 'With their keys, after they have expired.',
  },
  budget: {
    title: 'Limits of the CAs',
    none: 'Nothing is used of any limit. Renewals are put off before one is broken.',
    columns: { limit: 'Limit', used: 'Used', freed: 'More from' },
    of: (used: number, count: number, hours: number) =>
      `${formatNumber(used)} of ${formatNumber(count)} in ${hours % 24 === 0 ? formatCount(hours / 24, 'day', 'days') : formatCount(hours, 'hour', 'hours')}`,
  },
  sessions: {
    title: 'Signed-in browsers',
    signOutOnRestart: 'Sign all browsers out when Certdesk restarts',
    columns: {
      browser: 'Browser',
      since: 'Signed in',
      until: 'Until',
      lastUsed: 'Last used',
      actions: 'Actions',
    },
    signOut: (name: string) => `Sign out ${name}`,
    signedOut: 'Browser signed out',
    none: 'No browser is signed in.',
  },
  accounts: {
    title: 'Accounts at CAs',
    columns: {
      ca: 'CA',
      email: 'E-mail',
      since: 'Made',
      certificates: 'Certificates',
      actions: 'Actions',
    },
    changeKey: 'New key',
    changeKeyOf: (ca: string) => `New key for the account at ${ca}`,
    changed: 'The account has a new key',
    staging: 'Staging',
    noEmail: 'None',
    none: 'None yet: one is made with the first certificate from a CA.',
    unknown: 'Another CA',
    count: (n: number) => formatCount(n, 'certificate', 'certificates'),
  },
  listeners: {
    title: 'Addresses',
    api: 'API and GUI',
    challenges: 'HTTP-01 challenges',
    closed: 'Not open',
    secretStore: 'Secret store',
    resolvers: 'DNS resolvers',
    hint: 'Options of the start: certdesk serve --help',
  },
} as const;
