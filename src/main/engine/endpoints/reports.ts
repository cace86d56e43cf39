// Turns what a check saw into reports for people: one per address and handshake. Pure.
import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../../../shared/endpoint.ts';
import type { AddressReport, SeenCertificate } from '../../../shared/endpoint-record.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { isIssuedBy, isSignedByItself } from '../pki/inspect/issued-by.ts';
import type { CheckResult } from './check.ts';
import { createFinding, nameOf, nameOfIssuer } from './finding-text.ts';
import { type Expected, fingerprintOf, readCertificates } from './findings.ts';
import { namesOf } from './names.ts';
import type { KeyType, Sighting } from './sighting.ts';

/** One handshake with each address. */
export interface Pass {
  readonly offered: KeyType | 'any';
  readonly result: Pick<CheckResult, 'sightings' | 'findings'>;
}

export interface Seen {
  readonly reports: readonly AddressReport[];
  /** Findings that concern no single address. */
  readonly general: readonly Finding[];
}

/** @param before The reports of the previous check, which tell since when an address presents its certificate. */
export function describePasses(
  passes: readonly Pass[],
  expected: Expected,
  before: readonly AddressReport[],
): Seen {
  const reports = passes.flatMap(({ offered, result }) =>
    result.sightings.map((sighting) => {
      const findings = result.findings.filter(({ address }) => address === sighting.address);
      return withChangedAt(describeSighting({ sighting, offered, findings, expected }), before);
    }),
  );
  const general = passes.flatMap(({ result }) => result.findings.filter(({ address }) => address === null));
  return {
    reports: reports.map((report) => explainMissingKeyType(report, reports)),
    general: [...new Map(general.map((finding) => [finding.message, finding])).values()],
  };
}

interface Part {
  readonly sighting: Sighting;
  readonly offered: Pass['offered'];
  readonly findings: readonly Finding[];
  readonly expected: Expected;
}

function describeSighting({ sighting, offered, findings, expected }: Part): AddressReport {
  const { address, state, at } = sighting;
  const base = { address, offered, state, findings: [...findings], at, changedAt: at };
  if (sighting.state === 'failed') return { ...base, match: null, chain: [], tlsVersion: null, cipher: null };
  const sent = readCertificates(sighting);
  const { tlsVersion, cipher } = sighting;
  return {
    ...base,
    match: matchOf(sent[0], expected),
    chain: sent.slice(0, MAX_SHOWN).map((each, n) => describeCertificate(each, sent[n + 1])),
    tlsVersion,
    cipher,
  };
}

/** Longer than any real chain. */
const MAX_SHOWN = 10;
const MAX_NAMES = 100;

function matchOf(leaf: X509Certificate | undefined, expected: Expected): AddressReport['match'] {
  if (leaf === undefined || expected.fingerprints.length === 0) return null;
  const own = fingerprintOf(leaf);
  if (expected.fingerprints.includes(own)) return 'current';
  return expected.previousFingerprints.includes(own) ? 'previous' : 'other';
}

export function describeCertificate(
  certificate: X509Certificate,
  next: X509Certificate | undefined,
): SeenCertificate {
  return {
    fingerprint: fingerprintOf(certificate),
    subject: nameOf(certificate),
    issuer: nameOfIssuer(certificate),
    names: namesOf(certificate).slice(0, MAX_NAMES),
    issuedAt: toTimestamp(certificate.validFromDate),
    expiresAt: toTimestamp(certificate.validToDate),
    keyType: keyTypeOf(certificate),
    issuedByNext: next !== undefined && isIssuedBy(certificate, next),
    selfSigned: isSignedByItself(certificate),
  };
}

/** The public key of a certificate from outside may be of a type that Node cannot read. */
function keyTypeOf(certificate: X509Certificate): string {
  try {
    return certificate.publicKey.asymmetricKeyType ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function withChangedAt(report: AddressReport, before: readonly AddressReport[]): AddressReport {
  const same = before.find(
    ({ address, offered, state, chain }) =>
      address === report.address &&
      offered === report.offered &&
      state === report.state &&
      chain[0]?.fingerprint === report.chain[0]?.fingerprint,
  );
  return same === undefined ? report : { ...report, changedAt: same.changedAt };
}

const KEY_NAMES: Readonly<Record<string, string>> = { rsa: 'an RSA', ec: 'an ECDSA' };

/** A server without a certificate of one key type refuses that handshake only. */
function explainMissingKeyType(report: AddressReport, all: readonly AddressReport[]): AddressReport {
  const { address, offered, state, findings } = report;
  const isRefused = state === 'failed' && findings.some(({ code }) => code === 'handshake-failed');
  const presentsOther = all.some(
    (each) => each.address === address && each.offered !== offered && each.state === 'presented',
  );
  const name = KEY_NAMES[offered];
  if (name === undefined || !isRefused || !presentsOther) return report;
  const message = `The server does not present ${name} certificate, which the endpoint's projects have.`;
  return { ...report, findings: [createFinding('wrong-certificate', address, message)] };
}
