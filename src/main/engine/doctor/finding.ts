// Creates findings and fixes.
import {
  DOCTOR_FINDINGS,
  type DoctorCode,
  type DoctorFinding,
  type DoctorFix,
} from '../../../shared/doctor.ts';
import type { FindingSeverity } from '../../../shared/endpoint.ts';
import type { DoctorOrder, ValidationMethod } from './facts.ts';

export interface FindingDetails {
  readonly name: string | null;
  /** One sentence. */
  readonly message: string;
  readonly fixes?: readonly DoctorFix[];
  /** Default: that of the catalogue. */
  readonly severity?: FindingSeverity;
  /** Whether the CA obeys the rule; default: false. */
  readonly isEnforced?: boolean;
}

export function createDoctorFinding(code: DoctorCode, details: FindingDetails): DoctorFinding {
  const entry = DOCTOR_FINDINGS[code];
  const { name, fixes = [], severity = entry.severity, isEnforced = false } = details;
  // Quoted reasons of errors are sentences or parts of one.
  const message = details.message.replace(/\.?$/, '.');
  return { code, severity, name, message, fixes, blocks: 'blocks' in entry && isEnforced };
}

/** The TTL of records that fixes add, in seconds. */
const TTL = 300;

/** @param text Owner, type and data, without TTL and class. */
export const addRecord = (owner: string, type: string, data: string): DoctorFix => ({
  kind: 'add-record',
  text: `${owner}. ${TTL} IN ${type} ${data}`,
});

export const removeRecord = (owner: string, type: string, data: string): DoctorFix => ({
  kind: 'remove-record',
  text: `${owner}. IN ${type} ${data}`,
});

export const command = (text: string): DoctorFix => ({ kind: 'command', text });
export const setting = (text: string): DoctorFix => ({ kind: 'setting', text });

/** Marks a fix as an alternative to those before it. */
export const instead = (fix: DoctorFix): DoctorFix => ({ ...fix, instead: true });

export const USE_DNS = setting('Validation method: DNS-01');

/** A wildcard is always validated in DNS. */
export function methodOf(name: string, { challenge }: DoctorOrder): ValidationMethod {
  const isByDns = challenge === 'dns-01' || challenge === 'dns-persist-01';
  return name.startsWith('*.') && !isByDns ? 'dns-01' : challenge;
}

/** `a` or `a, b and c` */
export function listOf(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
