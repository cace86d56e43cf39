// About and diagnostics.
export const about = {
  title: 'About',
  description: 'What runs here, and what it can do.',
  health: 'Health',
  works: 'Certdesk works',
  worksNot:
    'Certdesk cannot reach its secret store: certificates can be read, and none can be obtained or renewed.',
  secretStore: 'Secret store',
  secretStores: {
    keychain: 'The keychain of the operating system',
    'sealed-file': 'A sealed file',
    unavailable: 'Not reachable',
  },
  cas: 'Certificate authorities',
  casHint: 'Known by name; obtaining takes the address of any other ACME directory too.',
  caDocs: 'Documentation',
  needsEab: 'Wants an external account',
  hasStaging: 'Has a staging directory',
  apiDocs: 'REST API',
  apiDocsText: 'Every operation of these pages, for scripts.',
  apiDocsLink: 'Read the API documentation',
  diagnostics: {
    title: 'Diagnostics',
    text: 'For a report of a problem. It holds no domain, no key, no credential and no token.',
    copy: 'Copy diagnostics',
    copied: 'Copied',
    what: 'Diagnostics',
  },
} as const;
