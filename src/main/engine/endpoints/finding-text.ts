// Words of findings: how they name a certificate and a time.
import type { X509Certificate } from 'node:crypto';
import { FINDINGS, type Finding, type FindingCode } from '../../../shared/endpoint.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { namesOf } from './names.ts';

/** @param message Full sentences. It may quote names of certificates, but no other text of the server. */
export function createFinding(
  code: FindingCode,
  address: string | null,
  message: string,
  advice: string = FINDINGS[code].advice,
): Finding {
  return { code, severity: FINDINGS[code].severity, address, message, advice };
}

export const formatTime = (date: Date): string => toTimestamp(date);

/** The common name of a subject, or its first SAN, organization or serial number. */
export function nameOf(certificate: X509Certificate): string {
  const { subject, serialNumber } = certificate;
  return shorten(
    lastOf(subject, 'CN') ??
      namesOf(certificate)[0] ??
      lastOf(subject, 'O') ??
      `serial number ${serialNumber}`,
  );
}

export function nameOfIssuer({ issuer }: X509Certificate): string {
  return shorten(lastOf(issuer, 'CN') ?? lastOf(issuer, 'O') ?? 'an issuer without a name');
}

const SHOWN_NAMES = 5;

/** `a.example.com, b.example.com and 3 more` */
export function listNames(certificate: X509Certificate): string {
  const names = namesOf(certificate).map(shorten);
  const more = names.length - SHOWN_NAMES;
  return more > 0 ? `${names.slice(0, SHOWN_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

/**
 * Node writes a name as one `KEY=value` per line; OpenSSL escapes control characters in values.
 * @param name Undefined for an empty name, which CAs issue since names are only SANs; Node's types do not say so.
 */
function lastOf(name: string | undefined, key: string): string | null {
  const line = name?.split('\n').findLast((each) => each.startsWith(`${key}=`));
  return line === undefined || line.length === key.length + 1 ? null : line.slice(key.length + 1);
}

const LONGEST = 120;

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
