// Parts of command declarations (meta.cli) that several operations share.
import type { CliArgument, CliColumn, CliMeta } from '../../shared/command-line.ts';

export const PROJECT: CliArgument = {
  name: 'NAME',
  is: 'project',
  field: 'id',
  description: 'domain, name or ID of the project',
};

/** A filter of a list. */
export const OF_PROJECT: CliArgument = {
  name: 'NAME',
  is: 'project',
  field: 'project',
  optional: true,
  description: 'only of this project: its domain, name or ID',
};

export const DEPLOYABLES: CliArgument = {
  name: 'NAME',
  is: 'deployable',
  field: 'projects',
  many: true,
  optional: true,
  description: 'domain, name or ID of the project, or name or ID of a deployment',
};

export const HOST: CliArgument = {
  name: 'HOST',
  is: 'host',
  field: 'hostId',
  description: 'name or ID of the host',
};

const DOMAIN: CliColumn = { title: 'Domain', field: 'domain|name' };

/** What certdesk list shows. `projects.list` also serves `certdesk projects`. */
export const LIST_PROJECTS: readonly CliMeta[] = [
  {
    verb: 'list',
    summary: 'list certificates, with their state and expiry',
    pages: true,
    rows: 'projects',
    columns: [
      DOMAIN,
      { title: 'Status', field: 'certificate.status', as: 'state', empty: 'none' },
      { title: 'Expires', field: 'certificate.expiresAt', as: 'time' },
      { title: 'Left', field: 'certificate.expiresAt', as: 'left' },
      { title: 'Next renewal', field: 'renewal.nextAttemptAt', as: 'time' },
      { title: 'Deploys', field: 'deployed.waiting.until', as: 'time' },
      { title: 'Issuer', field: 'certificate.issuer' },
    ],
    options: {
      q: 'only projects that contain this text in a name or domain',
      status: 'only certificates in this state',
      need: 'only projects that need attention, have a running job, or have no certificate yet',
      type: 'only certificates of this type',
      tag: 'only projects with all of these tags',
      sort: 'sort by this field',
      order: 'sort order',
      limit: 'show at most this many',
    },
    examples: [
      ['list', 'all certificates'],
      ['list --tag production', 'those of the projects with that tag'],
      ['list --status expiring_soon', 'those that expire within 30 days'],
      [`list --json | jq -r '.projects[].domain'`, 'all domains, for a script'],
    ],
  },
  {
    verb: 'projects',
    summary: 'list projects, with their names and IDs',
    pages: true,
    rows: 'projects',
    columns: [
      { title: 'Name', field: 'name' },
      { title: 'Domain', field: 'domain' },
      { title: 'Other names', field: 'altNames' },
      { title: 'Tags', field: 'tags' },
      { title: 'Certificate', field: 'certificate.status', as: 'state', empty: 'none' },
      { title: 'ID', field: 'id' },
    ],
    options: {
      q: 'only projects that contain this text in a name or domain',
      tag: 'only projects with all of these tags',
      limit: 'show at most this many',
    },
    examples: [['projects --q example.com', 'projects with example.com in a name']],
  },
];

export const SHOW_PROJECT: CliMeta = {
  verb: 'show',
  summary: 'show a project and its certificate',
  args: [PROJECT],
  columns: [
    { title: 'Project', field: 'name' },
    { title: 'ID', field: 'id' },
    { title: 'Domain', field: 'domain' },
    { title: 'Other names', field: 'altNames' },
    { title: 'Tags', field: 'tags' },
    { title: 'Status', field: 'certificate.status', as: 'state', empty: 'none' },
    { title: 'Certificate for', field: 'certificate.names' },
    { title: 'Issuer', field: 'certificate.issuer' },
    { title: 'Issued', field: 'certificate.issuedAt', as: 'time' },
    { title: 'Expires', field: 'certificate.expiresAt', as: 'time' },
    { title: 'Left', field: 'certificate.expiresAt', as: 'left' },
    { title: 'Serial', field: 'certificate.serial' },
    { title: 'SHA-256', field: 'certificate.fingerprint' },
    { title: 'Auto-renewal', field: 'certificate.autoRenew' },
    { title: 'Next renewal', field: 'renewal.nextAttemptAt', as: 'time' },
    { title: 'Reason', field: 'renewal.reason' },
    { title: 'Deployed', field: 'deployed.state', as: 'state' },
    { title: 'Deploys', field: 'deployed.waiting.until', as: 'time' },
    { title: 'Last error', field: 'renewal.lastError|obtainFailure.error' },
    { title: 'Running job', field: 'runningJobId' },
  ],
  examples: [['show shop.example.com', 'the certificate of that domain']],
};

/** An answer with a certificate. */
export const CERTIFICATE_COLUMNS: readonly CliColumn[] = [
  { title: 'Domain', field: 'certificate.domain' },
  { title: 'Issuer', field: 'certificate.issuer' },
  { title: 'Expires', field: 'certificate.expiresAt', as: 'time' },
  { title: 'Left', field: 'certificate.expiresAt', as: 'left' },
];

/** It only previews: people add hosts in the GUI, because tags decide which private keys a host gets. */
export const IMPORT_HOSTS: CliMeta = {
  verb: 'hosts import',
  summary:
    'list the hosts that a known_hosts file or an Ansible inventory would add; a signed-in person adds them on the page Hosts',
  args: [
    {
      name: 'FILE',
      is: 'text-file',
      field: 'text',
      description: 'known_hosts file, or inventory in INI or YAML; - is standard input',
      notRead: {
        folders: ['group_vars', 'host_vars'],
        advice:
          'Import the output of `ansible-inventory -i INVENTORY --list --yaml --export`, which includes it',
      },
    },
  ],
  options: {
    format: 'format of the file (default: auto)',
    user: 'user of hosts for which the file has none',
    tags: 'more tags for all hosts',
  },
  next: { text: 'Nothing was added. A signed-in person adds hosts here', page: '/hosts/import' },
  view: 'host-import',
  rows: 'hosts',
  columns: [
    { title: 'Name', field: 'name' },
    { title: 'Address', field: 'address' },
    { title: 'Port', field: 'port' },
    { title: 'User', field: 'user' },
    { title: 'Tags', field: 'tags' },
    { title: 'Key', field: 'keys.0.type' },
  ],
  examples: [
    ['hosts import ~/.ssh/known_hosts', 'hosts of a known_hosts file'],
    ['hosts import inventory.yml --json', 'hosts of an Ansible inventory, for a script'],
  ],
};
