// The records of dns-persist-01.
import type { PersistState } from '../../shared/persist-record.ts';

export const persistTexts = {
  title: 'DNS-PERSIST-01 records',
  hint: 'Each name needs one TXT record that stays. Certdesk checks the records every day, and reports if the CA would not accept one.',
  check: 'Check records',
  preview: 'The records to create',
  reading: 'Reading DNS…',
  noAccount: 'Certdesk has no account at this CA yet',
  noAccountText: (ca: string) =>
    `The value contains the URL of the account, which ${ca} assigns when it is registered. Register it now to see the exact record, or start the request: it shows the record, and waits until you have created it.`,
  register: 'Register account',
  name: 'Name of the TXT record',
  value: 'Value of the TXT record',
  toCreate: 'To create',
  tooWide: 'Permits more than needed',
  states: {
    valid: 'Valid',
    unknown: 'Not known',
    ending: 'Ends soon',
    missing: 'Missing',
    'other-account': 'Other account',
    'no-wildcard': 'Not for wildcards',
    expired: 'Expired',
  } satisfies Record<PersistState, string>,
} as const;
