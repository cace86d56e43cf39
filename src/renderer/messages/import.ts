// Import from other ACME clients.
import { formatCount } from '../format.ts';

const certificates = (n: number) => formatCount(n, 'certificate', 'certificates');

export const imports = {
  title: 'Import certificates',
  description:
    'Import certificates that another ACME client manages on this server. Source files are not changed.',
  folder: 'Folder',
  folderHint:
    'Path on the server, for example /etc/letsencrypt, ~/.acme.sh, ~/.lego or any folder with PEM files.',
  needsFolder: 'Enter a folder.',
  suggested: 'Detected on this server',
  scan: 'Scan folder',
  layouts: { certbot: 'certbot', 'acme-sh': 'acme.sh', lego: 'lego', pem: 'Certificates and keys' },
  found: (n: number) => `${certificates(n)} found`,
  noneFound: {
    title: 'No certificates found',
    text: 'Enter the client’s own folder or the folder with the PEM files.',
  },
  skipped: (n: number) => `${formatCount(n, 'item', 'items')} skipped`,
  columns: {
    select: 'Import',
    names: 'Certificate',
    expires: 'Expires',
    key: 'Private key',
    renewal: 'Renewal',
  },
  unreadable: 'Unreadable',
  selectAll: 'Select all importable certificates',
  selectOne: (name: string) => `Import ${name}`,
  key: {
    matches: 'Matches',
    missing: 'Missing',
    mismatch: 'Does not match',
    encrypted: 'Encrypted',
    unreadable: 'Unreadable',
  },
  method: {
    'http-01': 'HTTP-01',
    'dns-01': 'DNS-01',
    'tls-alpn-01': 'TLS-ALPN-01',
    'dns-persist-01': 'DNS-PERSIST-01',
  },
  methodOf: (method: string, provider: string | null) =>
    provider === null ? method : `${method}, ${provider}`,
  automatic: 'Automatic',
  autoRenewOff: 'Auto-renewal off',
  notRenewed: 'No renewal',
  sameAccount: 'Same ACME account',
  staging: 'Staging',
  deployment: (name: string) => `After a renewal: ${name}`,
  createdPaused: 'Imported as paused',
  withDeployments: 'Create these deployments, so that Certdesk does the same after a renewal',
  already: 'Already imported',
  sameDomain: 'Another project has this domain. Select this certificate to import it into a second project.',
  seeProject: (name: string) => `Open ${name}`,
  submit: (n: number) => `Import ${certificates(n)}`,
  selectFirst: 'Select certificates to import',
  imported: (n: number) => `${certificates(n)} imported`,
  notImported: (n: number) => `${certificates(n)} not imported`,
  outcome: { imported: 'Imported', already: 'Already exists', refused: 'Not imported' },
  results: 'Import results',
  again: 'Scan another folder',
  toProjects: 'View projects',
  oldClient:
    'The other client keeps renewing its own copies. Disable it only after your servers use the certificates from Certdesk.',
} as const;
