// Compares what one address presented with what it should present. Pure: no I/O, no clock.
import type { X509Certificate } from 'node:crypto';
import { explainNoClientAuth } from '../../../shared/client-auth.ts';
import type { Finding } from '../../../shared/endpoint.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { permitsClientAuth } from '../pki/inspect/client-usage.ts';
import { findChainProblems } from './chain-findings.ts';
import { createFinding, formatTime, listNames, nameOf, nameOfIssuer } from './finding-text.ts';
import { hasName } from './names.ts';
import { parseCertificate } from './parse-certificate.ts';
import type { FailedSighting, PresentedSighting, Sighting } from './sighting.ts';
import type { Trust } from './trust.ts';

/** What an endpoint should present. */
export interface Expected {
  /** The names that the certificate must have: A-labels, `*.example.com`, or IP addresses. */
  readonly names: readonly string[];
  /** SHA-256 fingerprints (upper-case hex, as in the certificate records) of the certificates that are right; empty if any is. */
  readonly fingerprints: readonly string[];
  /** Those of earlier certificates of the same projects. */
  readonly previousFingerprints: readonly string[];
}

/** What a check knows besides the handshake. */
export interface FindingContext {
  readonly now: Date;
  readonly trust: Trust;
  /** Certificates that may be issuers (of the project's own chain, or downloaded): they tell a gap from an unknown root. */
  readonly knownIssuers?: readonly X509Certificate[];
  readonly revocation?: Revocation;
  /** A key of CLIENT_USES (shared/client-auth.ts); null if the server is not known to present its certificate as a client. */
  readonly clientUse?: string | null;
  /** Whether a user acknowledged that use. Default: no. */
  readonly isUseAcknowledged?: boolean;
}

/** What the CAs' revocation lists say about the certificates that were sent. */
export interface Revocation {
  readonly revoked: readonly RevokedCertificate[];
  /** Full sentences: which list could not be read, and why. */
  readonly failures: readonly string[];
}

export interface RevokedCertificate {
  readonly certificate: X509Certificate;
  readonly at: Date;
  /** RFC 5280's name of the reason, such as `keyCompromise`. */
  readonly reason: string;
}

export const ANY_CERTIFICATE: Pick<Expected, 'fingerprints' | 'previousFingerprints'> = {
  fingerprints: [],
  previousFingerprints: [],
};

/** @returns everything that is wrong or unknown, the most important first; empty if nothing is */
export function findProblems(
  sighting: Sighting,
  expected: Expected,
  context: FindingContext,
): readonly Finding[] {
  if (sighting.state === 'failed') return [explainFailure(sighting)];
  const sent = readCertificates(sighting);
  const [leaf] = sent;
  const { address } = sighting;
  if (leaf === undefined)
    return [createFinding('handshake-failed', address, 'The certificate that the server sent is invalid.')];
  return [
    ...compareWithProject(leaf, address, expected),
    ...checkNames(leaf, address, expected.names),
    ...checkValidity(leaf, address, context.now),
    ...describeRevocation(leaf, address, context.revocation),
    ...findChainProblems(sent, address, context),
    ...checkVersion(sighting),
    ...checkClientAuth(leaf, address, context),
  ];
}

/** A check reads each chain several times. */
const parsed = new WeakMap<PresentedSighting['chain'], readonly X509Certificate[]>();

/** The certificates of a sighting, in the order sent; those that cannot be parsed are left out. */
export function readCertificates({ chain }: PresentedSighting): readonly X509Certificate[] {
  const known = parsed.get(chain);
  if (known !== undefined) return known;
  const certificates = chain.map(parseCertificate).filter((certificate) => certificate !== null);
  parsed.set(chain, certificates);
  return certificates;
}

/** The fingerprint as in the certificate records: SHA-256, upper-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '');
}

const FINDING_OF = {
  refused: 'unreachable',
  unreachable: 'unreachable',
  'timed-out': 'unreachable',
  closed: 'handshake-failed',
  'no-route': 'unknown',
  'not-allowed': 'unknown',
  'plaintext-only': 'plaintext-only',
  'starttls-not-offered': 'plaintext-only',
  'protocol-error': 'protocol-error',
  'handshake-failed': 'handshake-failed',
} as const;

function explainFailure({ code, address, message, advice }: FailedSighting): Finding {
  return createFinding(FINDING_OF[code], address, message, advice);
}

function compareWithProject(leaf: X509Certificate, address: string, expected: Expected): readonly Finding[] {
  const { fingerprints, previousFingerprints } = expected;
  const own = fingerprintOf(leaf);
  if (fingerprints.length === 0 || fingerprints.includes(own)) return [];
  const since = formatTime(leaf.validFromDate);
  if (previousFingerprints.includes(own)) {
    const message = `The server still presents the earlier certificate for ${nameOf(leaf)}, valid from ${since}.`;
    return [createFinding('served-old', address, message)];
  }
  const message = `The server presents another certificate: ${nameOf(leaf)}, valid from ${since}, issued by ${nameOfIssuer(leaf)}.`;
  return [createFinding('wrong-certificate', address, message)];
}

function checkNames(leaf: X509Certificate, address: string, names: readonly string[]): readonly Finding[] {
  const missing = names.filter((name) => !hasName(leaf, name));
  if (missing.length === 0) return [];
  const has = leaf.subjectAltName === undefined ? 'no name at all (no SAN)' : listNames(leaf);
  return [
    createFinding(
      'wrong-name',
      address,
      `The certificate is not valid for ${missing.join(', ')}. It has ${has}.`,
    ),
  ];
}

const DAY_MS = 86_400_000;

/** Warns when a sixth of the lifetime remains, at most 30 days: a renewal at a third has failed or was not installed. */
function warnsFrom({ validFromDate, validToDate }: X509Certificate): Date {
  const lifetime = validToDate.getTime() - validFromDate.getTime();
  return new Date(validToDate.getTime() - Math.min(lifetime / 6, 30 * DAY_MS));
}

function checkValidity(leaf: X509Certificate, address: string, now: Date): readonly Finding[] {
  const { validFromDate: from, validToDate: to } = leaf;
  const name = nameOf(leaf);
  if (now > to)
    return [createFinding('expired', address, `The certificate for ${name} expired at ${formatTime(to)}.`)];
  if (now < from)
    return [
      createFinding(
        'not-yet-valid',
        address,
        `The certificate for ${name} is valid only from ${formatTime(from)}.`,
      ),
    ];
  if (now < warnsFrom(leaf)) return [];
  return [createFinding('expiring', address, `The certificate for ${name} expires at ${formatTime(to)}.`)];
}

function describeRevocation(
  leaf: X509Certificate,
  address: string,
  revocation: Revocation | undefined,
): readonly Finding[] {
  const { revoked, failures } = revocation ?? { revoked: [], failures: [] };
  return [
    ...revoked.map(({ certificate, at, reason }) => {
      const what =
        certificate.fingerprint256 === leaf.fingerprint256 ? 'certificate for' : 'intermediate certificate';
      const message = `The CA revoked the ${what} ${nameOf(certificate)} at ${toTimestamp(at)} (${reason}).`;
      return createFinding('revoked', address, message);
    }),
    ...failures.map((message) => createFinding('revocation-unknown', address, message)),
  ];
}

function checkVersion({ outdated, tlsVersion, cipher, address }: PresentedSighting): readonly Finding[] {
  if (!outdated) return [];
  const message = `The server accepts only what current clients refuse: ${formatVersion(tlsVersion)}${cipher === null ? '' : ` with ${cipher}`}.`;
  return [createFinding('outdated-tls', address, message)];
}

function checkClientAuth(
  leaf: X509Certificate,
  address: string,
  { clientUse = null, isUseAcknowledged = false }: FindingContext,
): readonly Finding[] {
  if (clientUse === null || permitsClientAuth(leaf)) return [];
  const finding = createFinding('no-client-auth', address, explainNoClientAuth(clientUse));
  if (!isUseAcknowledged) return [finding];
  return [{ ...finding, severity: 'info', message: `${finding.message} This is acknowledged.` }];
}

/** `TLSv1` -> `TLS 1.0` */
export function formatVersion(version: string): string {
  return version === 'TLSv1' ? 'TLS 1.0' : version.replace('TLSv', 'TLS ');
}
