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
  severities: { critical: 'Problem', warning: 'Warning', info: 'Note', unknown: 'Not checked' },
  fixes: {
    'add-record': 'Add this record',
    'remove-record': 'Remove this record',
    command: 'Run',
    setting: 'Change',
  } satisfies Record<FixKind, string>,
} as const;
