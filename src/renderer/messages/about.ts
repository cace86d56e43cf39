// About and diagnostics.
export const about = {
  title: 'About',
  description: 'Version, health and diagnostics of this installation.',
  health: 'Health',
  healthy: 'Certdesk is healthy',
  secretStoreUnavailable:
    'Certdesk cannot reach its secret store. You can view certificates, but not request or renew them.',
  secretStore: 'Secret store',
  secretStores: {
    keychain: 'Operating system keychain',
    'sealed-file': 'Encrypted file',
    unavailable: 'Unavailable',
  },
  cas: 'Certificate authorities',
  casHint: 'Built-in CAs. You can also use any other ACME directory URL.',
  caDocs: 'Documentation',
  needsEab: 'Requires EAB',
  hasStaging: 'Staging available',
  apiDocs: 'REST API',
  apiDocsText: 'Everything you can do here, from a script.',
  apiDocsLink: 'API reference',
  diagnostics: {
    title: 'Diagnostics',
    text: 'Attach this to a bug report. It contains no domains, keys, credentials or tokens.',
    copy: 'Copy diagnostics',
    copied: 'Copied',
    what: 'Diagnostics',
  },
} as const;
