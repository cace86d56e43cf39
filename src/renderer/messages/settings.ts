// Settings.
import { formatCount, formatNumber } from '../format.ts';

export const settings = {
  title: 'Settings',
  sections: 'Sections of the settings',
  description:
    'What can be changed while Certdesk runs. Ports count from its next start; other addresses and the secret store are options of it.',
  saved: 'Settings saved',
  save: 'Save',
  appearance: { title: 'Appearance', theme: 'Theme', themeHint: 'Kept in this browser.' },
  dns: {
    title: 'DNS-01',
    timeout: 'Wait for a record, seconds',
    timeoutHint: 'At most. Left empty: what each provider suggests.',
    interval: 'Look again after, seconds',
    intervalHint: 'At most. Left empty: what each provider suggests.',
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
    title: 'Active sessions',
    idleMinutes: 'Sign out when idle (minutes)',
    idleMinutesHint:
      'Counts the time without input from you, from 5 to 720. Every session ends after 12 hours.',
    signOutOnRestart: 'Sign out all browsers when Certdesk restarts',
    columns: {
      browser: 'Browser',
      since: 'Signed in',
      lastActive: 'Last active',
      until: 'Expires',
      actions: 'Actions',
    },
    signOut: (name: string) => `Sign out ${name}`,
    signedOut: 'Browser signed out',
    thisBrowser: 'This browser',
    none: 'No active sessions.',
  },
  audit: {
    title: 'Audit trail',
    keepDays: 'Keep entries (days)',
    keepDaysHint:
      'At least 90. Older entries are exported to the folder audit-archive of the data folder and deleted. Leave empty to keep all.',
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
  desktop: {
    title: 'This desktop',
    startAtLogin: 'Start Certdesk when I log in',
    startAtLoginHint: 'In the tray, without its window, so that renewals go on.',
    notifications: 'Show notifications',
    notificationsHint:
      'Renewed, failed, expiring without a renewal in sight, revoked: each at most once a day.',
  },
  listeners: {
    title: 'Addresses',
    api: 'API and GUI',
    challenges: 'HTTP-01 challenges',
    closed: 'Not open',
    secretStore: 'Secret store',
    resolvers: 'DNS resolvers',
    apiPort: 'Port of the API and GUI',
    challengePort: 'Port of HTTP-01 challenges',
    portHint: 'From the next start on, unless that names another one.',
    hint: 'Options of the start: certdesk serve --help',
  },
} as const;
