// API tokens.
export const tokens = {
  title: 'API tokens',
  description:
    'For scripts and integrations. Each token has its own permissions and can be revoked at any time.',
  new: 'New token',
  columns: {
    name: 'Name',
    scopes: 'Permissions',
    projects: 'Projects',
    expires: 'Expiration',
    lastUsed: 'Last used',
    actions: 'Actions',
  },
  scopes: {
    'projects:read': 'Read',
    'projects:write': 'Read and write',
    'certificates:download': 'Download certificates and keys',
    admin: 'Administer',
  },
  allProjects: 'All',
  neverUsed: 'Never',
  neverExpires: 'Never',
  revoked: 'Revoked',
  expired: 'Expired',
  active: 'Active',
  empty: {
    title: 'No tokens yet',
    text: 'Create one to call the REST API from deploy hooks, monitoring or infrastructure as code.',
  },
  create: {
    title: 'New API token',
    name: 'Name',
    nameHint: 'For example: deploy-web-1',
    downloadName: (domain: string) => `Download ${domain}`,
    scope: 'Permissions',
    readHint: 'View projects, certificates and jobs; download certificates without private keys.',
    writeHint: 'Also request, renew, revoke and remove certificates, and download private keys.',
    downloadHint:
      'Fetch certificate and private key of the selected projects, and nothing else. For servers that use the certificates.',
    adminHint:
      'Also settings, notifications, saved DNS credentials, backups and the audit log; list and revoke tokens. Never folders, passphrases or new tokens.',
    projects: 'Limit to projects',
    projectsHint:
      'Leave projects and tags empty for all projects, including future ones. With a limit, the token cannot change domains or tags, and uses only DNS credentials that are shared with its projects. It sees answers of public CAs only, not those of other CAs or DNS providers.',
    tags: 'Limit to tags',
    downloadTags: 'Tags',
    tagsHint:
      'The token can use the projects that have one of these tags, also those that get it later. It loses access to a project that loses the tag.',
    downloadProjects: 'Projects',
    downloadProjectsHint: 'The token can fetch the private keys of these projects.',
    downloadProjectsMissing: 'Select at least one project or tag.',
    expires: 'Expiration',
    lifetimes: { '30': '30 days', '90': '90 days', '365': '1 year', never: 'Never' },
    submit: 'Create token',
  },
  created: {
    title: 'Token created',
    once: 'Copy it now. You will not see it again.',
    token: 'Token',
    done: 'I have copied it',
  },
  revoke: {
    word: 'Revoke',
    action: (name: string) => `Revoke ${name}`,
    title: (name: string) => `Revoke the token ${name}?`,
    text: 'Anything that uses it loses access immediately. This cannot be undone.',
    submit: 'Revoke token',
    done: 'Token revoked',
  },
} as const;
