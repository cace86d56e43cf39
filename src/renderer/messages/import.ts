// Import of what other ACME clients keep.
import { formatCount } from '../format.ts';

const certificates = (n: number) => formatCount(n, 'certificate', 'certificates');

export const imports = {
  title: 'Import certificates',
  action: 'Import',
  command: 'Import from certbot, acme.sh, lego or a folder',
  description:
    'Take over what another client keeps on the machine that Certdesk runs on. Nothing there is changed.',
  folder: 'Folder',
  folderHint: 'On the server: /etc/letsencrypt, ~/.acme.sh, ~/.lego, or any folder of PEM files.',
  needsFolder: 'Enter a folder.',
  suggested: 'Found on this machine',
  look: 'See what is in it',
  layouts: { certbot: 'certbot', 'acme-sh': 'acme.sh', lego: 'lego', pem: 'Certificates and keys' },
  found: (n: number) => `${certificates(n)} found`,
  nothing: {
    title: 'No certificates here',
    text: 'Choose the client’s own folder, or the folder that the PEM files are in.',
  },
  skipped: (n: number) => `${formatCount(n, 'thing was', 'things were')} passed over`,
  columns: {
    select: 'Take over',
    names: 'Certificate',
    expires: 'Expires',
    key: 'Private key',
    renewal: 'Renewal',
  },
  unreadable: 'Unreadable',
  selectAll: 'Choose all that can be taken over',
  selectOne: (name: string) => `Take over ${name}`,
  key: {
    matches: 'Matches',
    missing: 'Missing',
    mismatch: 'Of another certificate',
    encrypted: 'Encrypted',
    unreadable: 'Unreadable',
  },
  method: { 'http-01': 'HTTP-01', 'dns-01': 'DNS-01' },
  methodOf: (method: string, provider: string | null) =>
    provider === null ? method : `${method}, ${provider}`,
  renewsItself: 'Renews by itself',
  autoRenewOff: 'Auto-renewal off',
  notRenewed: 'Kept without renewal',
  sameAccount: 'Same ACME account',
  staging: 'Staging',
  already: 'A project already',
  sameDomain: 'Another project has this domain. Select this certificate to import it into a second project.',
  seeProject: (name: string) => `See ${name}`,
  take: (n: number) => `Take over ${certificates(n)}`,
  chooseFirst: 'Choose what to take over',
  taken: (n: number) => `${certificates(n)} taken over`,
  notTaken: (n: number) => `${certificates(n)} not taken over`,
  outcome: { taken: 'Taken over', already: 'There already', refused: 'Not taken over' },
  results: 'What came of it',
  again: 'Look into another folder',
  toProjects: 'See the projects',
  oldClient:
    'The other client still renews its own copies, and programs that read them there go on with those: turn it off only when they read the new ones.',
} as const;
