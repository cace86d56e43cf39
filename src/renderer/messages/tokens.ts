// API tokens.
export const tokens = {
  title: 'API tokens',
  description: 'For scripts and other programs. Each has its own rights, and can be revoked at any time.',
  new: 'New token',
  columns: {
    name: 'Name',
    scopes: 'Rights',
    projects: 'Projects',
    expires: 'Expires',
    lastUsed: 'Last used',
    actions: 'Actions',
  },
  scopes: { 'projects:read': 'Read', 'projects:write': 'Read and change', admin: 'Administer' },
  allProjects: 'All',
  neverUsed: 'Never',
  neverExpires: 'Never',
  revoked: 'Revoked',
  expired: 'Expired',
  active: 'Active',
  empty: {
    title: 'No tokens yet',
    text: 'Make one to use the REST API from a script: deploy hooks, monitoring, infrastructure as code.',
  },
  create: {
    title: 'New API token',
    name: 'Name',
    nameHint: 'What uses it, such as deploy-web-1.',
    scope: 'Rights',
    readHint: 'Look at projects, certificates and jobs; download certificates without keys.',
    writeHint: 'Also obtain, renew, revoke and remove; download private keys.',
    adminHint:
      'Also settings, notifications, saved DNS credentials, backups and the audit trail; list and revoke tokens. Never folders, passphrases or new tokens.',
    projects: 'Only for these projects',
    projectsHint:
      'Leave empty for all projects, also later ones. With a limit, the token cannot change domains and uses only DNS credentials that are shared with its projects. It does not read what CAs and DNS providers answered, except the reasons of public CAs.',
    expires: 'Expires',
    lifetimes: { '30': 'In 30 days', '90': 'In 90 days', '365': 'In a year', never: 'Never' },
    submit: 'Make token',
  },
  created: {
    title: 'The token is made',
    once: 'Copy it now. It is shown this once; Certdesk keeps only its hash.',
    token: 'Token',
    done: 'I have copied it',
  },
  revoke: {
    action: (name: string) => `Revoke ${name}`,
    title: (name: string) => `Revoke the token ${name}?`,
    text: 'Whatever uses it is refused from now on. This cannot be undone.',
    submit: 'Revoke token',
    done: 'Token revoked',
  },
} as const;
