// The doctor: what would keep a CA from issuing.
import type { FixKind } from '../../shared/doctor.ts';

export const doctor = {
  title: 'What the CA will find',
  projectTitle: 'Would the CA issue this certificate?',
  projectHint:
    'Certdesk looks at the names as the CA does: DNS, CAA records, DNSSEC, ports, and the limits of the CA.',
  examine: 'Examine',
  again: 'Examine again',
  examining: (names: string) => `Examining ${names}…`,
  fine: 'Nothing would keep the CA from issuing',
  doubtful: 'Some things may keep the CA from issuing',
  failing: 'The CA will probably not issue',
  blocked: 'The CA must refuse this request',
  lock: {
    title: 'CAA lock',
    hint: 'CAA records that let only this CA, ACME account and validation method issue certificates for the names of this project. Create them at your DNS provider.',
    check: 'Check CAA records',
    watch: 'Check every day',
    unwatch: 'Stop checking every day',
    watched: 'Certdesk checks these records every day, and reports if they no longer permit the CA.',
    add: 'Create these records',
    remove: 'Remove these records, which permit more',
    states: {
      locked: 'Locked',
      loose: 'Permitted, but not locked',
      open: 'Open to every CA',
      forbidden: 'The CA is not permitted',
      unknown: 'Not known',
    },
  },
  severities: { critical: 'Problem', warning: 'Warning', info: 'Note', unknown: 'Not checked' },
  instead: (fix: string) => `Or: ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`,
  fixes: {
    'add-record': 'Add this record',
    'remove-record': 'Remove this record',
    command: 'Run',
    setting: 'Change',
  } satisfies Record<FixKind, string>,
} as const;
