// The self-signed certificate that Certdesk serves until a project provides a better one. It stays the same over restarts,
// so that its fingerprint can be compared and pinned.
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock, Log, SecretStore } from '../core/ports.ts';
import { SELF_SIGNED_CERTIFICATE } from '../core/secret-names.ts';
import { generateKey } from '../pki/keys.ts';
import { type ServedCertificate, toServedCertificate } from './served-certificate.ts';

export interface SelfSignedDeps {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
}

const YEAR_MS = 365 * 86_400_000;
const LIFETIME_MS = 10 * YEAR_MS;
/** A certificate with less time than this is replaced at startup. */
const MIN_REMAINING_MS = YEAR_MS;

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Returns the stored certificate, or creates and stores a new one if there is none, it expires soon, or it lacks one of
 * the names. If the secret store is unavailable, the certificate lasts until the next start only.
 * @param names Host names and IP addresses.
 */
export async function loadSelfSigned(
  { secrets, clock, log }: SelfSignedDeps,
  names: readonly string[],
): Promise<ServedCertificate> {
  const as = { kind: 'self-signed', versionId: null } as const;
  const now = clock.now();
  try {
    const stored = readPair(await secrets.get(SELF_SIGNED_CERTIFICATE));
    if (stored !== null && isUsable(stored, names, now)) return toServedCertificate(stored, as);
    const created = await createSelfSigned(names, now);
    await secrets.set(SELF_SIGNED_CERTIFICATE, JSON.stringify(created));
    return toServedCertificate(created, as);
  } catch (error) {
    log.warn(
      { err: error },
      'The self-signed certificate for HTTPS cannot be stored. It changes at each start',
    );
    return toServedCertificate(await createSelfSigned(names, now), as);
  }
}

function readPair(text: string | null): KeyPair | null {
  try {
    const { cert, key } = JSON.parse(text ?? '{}');
    return typeof cert === 'string' && typeof key === 'string' ? { cert, key } : null;
  } catch {
    return null;
  }
}

function isUsable({ cert, key }: KeyPair, names: readonly string[], now: Date): boolean {
  try {
    toServedCertificate({ cert, key }, { kind: 'self-signed', versionId: null });
    const x509 = new X509Certificate(cert);
    const isCovered = (name: string) => (isIP(name) === 0 ? x509.checkHost(name) : x509.checkIP(name));
    return (
      x509.validToDate.getTime() - now.getTime() > MIN_REMAINING_MS &&
      x509.validFromDate <= now &&
      names.every((name) => isCovered(name) !== undefined)
    );
  } catch {
    return false;
  }
}

async function createSelfSigned(names: readonly string[], now: Date): Promise<KeyPair> {
  const { pki, util, random, md } = (await import('node-forge')).default;
  const key = await generateKey({ type: 'rsa', size: 2048 });
  const privateKey = pki.privateKeyFromPem(key);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(privateKey.n, privateKey.e);
  // RFC 5280 section 4.1.2.2: positive, at most 20 octets.
  certificate.serialNumber = `01${util.bytesToHex(random.getBytesSync(15))}`;
  certificate.validity.notBefore = new Date(now.getTime() - 3_600_000); // clients whose clock is behind
  certificate.validity.notAfter = new Date(now.getTime() + LIFETIME_MS);
  const subject = [{ name: 'commonName', value: 'Certdesk (self-signed)' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
    },
  ]);
  const digest = md.sha256.create();
  certificate.sign(privateKey, digest);
  return { cert: pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), key };
}
