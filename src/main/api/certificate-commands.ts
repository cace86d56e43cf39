// The commands that change a certificate: certdesk obtain, renew, revoke, remove, upload, export.
import type { CliMeta } from '../../shared/command-line.ts';
import { CERTIFICATE_COLUMNS, PROJECT } from './cli-parts.ts';

export const OBTAIN_COMMAND: CliMeta = {
  verb: 'obtain',
  summary: 'obtain a certificate from a CA; creates a project for a domain that has none',
  args: [
    {
      ...PROJECT,
      is: 'new-project',
      many: true,
      description: 'domain, or name or ID of a project; each gets a certificate of its own',
    },
  ],
  columns: CERTIFICATE_COLUMNS,
  options: {
    challengeType:
      'how the CA validates the domain (default: dns-01 for a wildcard or with a DNS option, otherwise http-01)',
    altNames: 'more names for the same certificate',
    email: 'contact address of the account at the CA',
    dnsProvider: 'DNS provider for dns-01, such as cloudflare',
    dnsCredentialId: 'ID of a saved DNS credential',
    dnsCredentials: 'DNS credentials: a file of JSON with the fields of the provider',
    ca: 'ID of a CA, or the URL of its ACME directory (default: letsencrypt)',
    keyType: 'type of the private key (default: rsa)',
    keySize: 'bits of the key: 2048 or 4096 for rsa, 256 or 384 for ec',
    profile: 'ACME profile of the CA, such as shortlived',
    preferredChain: 'common name of the topmost issuer of the wanted chain',
    eab: 'external account binding: a file of JSON with kid and hmacKey',
    autoRenew: 'do not renew the certificate automatically',
    staging: "use the CA's staging directory, whose certificates no browser trusts",
    dryRun: 'try everything in the staging directory and store nothing',
  },
  examples: [
    ['obtain shop.example.com', 'a certificate by HTTP-01'],
    ['obtain example.com --alt-names www.example.com', 'one certificate for two names'],
    [
      "obtain '*.example.com' --dns-provider cloudflare --dns-credentials cloudflare.json",
      'a wildcard by DNS-01',
    ],
    ['obtain shop.example.com --dry-run', 'a test that stores nothing'],
  ],
};

export const RENEW_COMMAND: CliMeta = {
  verb: 'renew',
  summary: 'renew a certificate now, with the settings it was obtained with',
  args: [PROJECT],
  columns: CERTIFICATE_COLUMNS,
  examples: [
    ['renew shop.example.com', 'waits until the new certificate is in use'],
    ['renew shop.example.com --no-wait', 'prints the job and returns'],
  ],
};

export const REVOKE_COMMAND: CliMeta = {
  verb: 'revoke',
  summary: 'revoke a certificate at its CA, which cannot be undone',
  args: [PROJECT],
  confirm: 'Revoke the certificate of {name}? Browsers will reject it, and this cannot be undone.',
  options: {
    reason: 'reason that the CA publishes (default: unspecified)',
    replace: 'first obtain and activate a replacement with a new key',
    versionId: 'ID of an older version of the certificate',
  },
  examples: [['revoke shop.example.com --reason keyCompromise --replace', 'after a key has leaked']],
};

export const REMOVE_COMMAND: CliMeta = {
  verb: 'remove',
  summary: 'remove a certificate from its project; certdesk restore undoes it for 30 days',
  args: [PROJECT],
  confirm: 'Remove the certificate of {name}?',
  examples: [['remove shop.example.com --yes', 'without a question']],
};

export const UPLOAD_COMMAND: CliMeta = {
  verb: 'upload',
  summary: 'upload a certificate and its private key to a project',
  args: [
    PROJECT,
    {
      name: 'FILE',
      is: 'files',
      field: 'files',
      many: true,
      description:
        'files that together contain the certificate, its chain and the private key, in PEM, DER, PKCS#7 or PKCS#12; - is standard input',
    },
  ],
  secrets: { passphrase: 'passphrase of an encrypted key or PKCS#12 file' },
  columns: CERTIFICATE_COLUMNS,
  examples: [
    ['upload shop.example.com cert.pem chain.pem key.pem', 'three files in any order'],
    ['upload shop.example.com site.pfx --passphrase-file pass.txt', 'a PKCS#12 file'],
  ],
};

export const EXPORT_COMMAND: CliMeta = {
  verb: 'export',
  summary: 'print a certificate, or write it to a file',
  args: [PROJECT],
  options: {
    format: '',
    legacy: 'encrypt a PFX with 3DES and SHA-1, for Windows before 10 (1709) and Java before 8u301',
  },
  secrets: { password: 'password of a PFX, at least 8 characters' },
  examples: [
    ['export shop.example.com > fullchain.pem', 'leaf and intermediates as PEM'],
    ['export shop.example.com --format key --output key.pem', 'the private key, in a file of mode 0600'],
    ['export shop.example.com --format zip --output shop.zip', 'all files for a server, with a README'],
    [
      'export shop.example.com --format pfx --password-file pass.txt --output site.pfx',
      'PKCS#12 with the private key',
    ],
  ],
};

export const FETCH_COMMAND: CliMeta = {
  verb: 'fetch',
  summary: 'print certificate, chain and private key as one PEM, with a certificates:download token',
  args: [
    {
      name: 'PROJECT_ID',
      is: 'text', // such a token cannot look names up
      field: 'id',
      description: "ID of the project, as its page's address has it",
    },
  ],
  examples: [
    [
      'fetch 6f1c… --url https://certs.example.com:7878 --output /etc/haproxy/certs/shop.pem',
      'on the server that uses the certificate, with its token in CERTDESK_TOKEN',
    ],
  ],
};
