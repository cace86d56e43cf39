// Rejects uploaded certificates that clients would not accept (docs/rest-api.md, "Upload and validate"). Each function
// checks for one reason and throws.
import { coversName } from '../../../../shared/names.ts';
import { toTimestamp } from '../../../../shared/time.ts';
import { CertdeskError } from '../../core/errors.ts';
import { type Certificate, isSelfSigned } from './certificate.ts';
import { displayName, leafFacts } from './facts.ts';
import { describeKey, publicKeyOf, weaknessOf } from './public-key.ts';

const DAY_MS = 86_400_000;

/** @param path Leaf first. Roots are not checked: clients use their own copy. */
export function refuseWeakKeys(path: readonly Certificate[]): void {
  for (const [index, certificate] of path.entries()) {
    if (index > 0 && isSelfSigned(certificate)) continue;
    const key = publicKeyOf(certificate);
    if (certificate.hasExplicitCurve) throw explicitCurve(certificate, index);
    const weakness = index === 0 || key?.asymmetricKeyType === 'rsa' ? weaknessOf(key) : null;
    if (weakness === null) continue;
    throw new CertdeskError('WEAK_KEY', `The key of ${called(certificate, index)} ${weakness}.`, {
      key: describeKey(key).text,
    });
  }
}

function explicitCurve(certificate: Certificate, index: number): CertdeskError {
  return new CertdeskError(
    'WEAK_KEY',
    `The key of ${called(certificate, index)} has explicit EC parameters: ` +
      'browsers, Java and Go reject such certificates. Create a key with a named curve ' +
      '(`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`) and get a new certificate for it.',
    { key: 'EC with explicit parameters' },
  );
}

/** For certificates that cannot be compared with a key: OpenSSL reads explicit curves, Electron's BoringSSL does not. */
export function refuseExplicitCurve(certificates: readonly Certificate[]): void {
  const [only] = certificates;
  if (certificates.length === 1 && only?.hasExplicitCurve === true) throw explicitCurve(only, 0);
}

/** The signature of a root does not matter, because clients trust the root itself. A self-signed leaf's does. */
export function refuseWeakSignatures(path: readonly Certificate[]): void {
  for (const [index, certificate] of path.entries()) {
    if (certificate.signature.trusted || (index > 0 && isSelfSigned(certificate))) continue;
    throw new CertdeskError(
      'WEAK_SIGNATURE',
      `${capitalized(called(certificate, index))} is signed with ${certificate.signature.name}, which clients ` +
        'no longer trust. Get one signed with SHA-256 or better from its CA.',
    );
  }
}

/** @throws CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID */
export function refuseOutsideValidity(leaf: Certificate, now: Date): void {
  const { issuedAt, expiresAt } = leafFacts(leaf);
  if (now > leaf.notAfter) {
    const days = Math.floor((now.getTime() - leaf.notAfter.getTime()) / DAY_MS);
    const ago = days === 0 ? 'less than a day ago' : days === 1 ? '1 day ago' : `${days} days ago`;
    throw new CertdeskError(
      'CERTIFICATE_EXPIRED',
      `The certificate expired on ${expiresAt} (${ago}). Get a new one from its CA.`,
      { expiresAt },
    );
  }
  if (now < leaf.notBefore) {
    throw new CertdeskError(
      'CERTIFICATE_NOT_YET_VALID',
      `The certificate is not valid before ${issuedAt}. The time here is ${toTimestamp(now)}: check the clock, or wait.`,
      { issuedAt },
    );
  }
}

/** An iPAddress of a wrong length is often a network with its mask (8 or 32 octets), which only CA certificates may have. */
export function refuseInvalidAddresses(leaf: Certificate): void {
  const wrong = leaf.sanNames.find((name) => name.startsWith('ip:'))?.slice('ip:'.length);
  if (wrong === undefined) return;
  const length = wrong.length / 2;
  const isNetwork = length === 8 || length === 32;
  throw new CertdeskError(
    'CERTIFICATE_UNREADABLE',
    `The certificate contains an invalid IP address of ${length} octets (${wrong.slice(0, 80)})${isNetwork ? ', probably a network with its mask' : ''}: an address has 4 octets for IPv4 or 16 for IPv6 (RFC 5280 section 4.2.1.6). Get a certificate with the correct address from its CA.`,
  );
}

/** @param domain Null: the certificate may have any host name, but must have one. */
export function refuseOtherDomain(leaf: Certificate, domain: string | null): void {
  const { names } = leafFacts(leaf);
  if (domain === null) {
    if (names.length > 0) return;
    throw new CertdeskError('CERTIFICATE_DOMAIN_MISMATCH', 'The certificate contains no host name.', {
      names,
    });
  }
  if (leaf.sanNames.some((name) => coversName(name, domain))) return;
  const details = { domain, names };
  const text = `Certificate is not valid for domain ${domain}`;
  const ignored = names.find((name) => name === `dns:${domain}` || name === `cn:${domain}`);
  if (ignored !== undefined) {
    const where = ignored.startsWith('dns:') ? 'as a DNS name' : 'in the common name';
    throw new CertdeskError(
      'CERTIFICATE_DOMAIN_MISMATCH',
      `${text}: the address is only ${where}, which clients ignore. Get a certificate with the address as an iPAddress.`,
      details,
    );
  }
  if (!names.some((name) => coversName(name, domain))) {
    throw new CertdeskError('CERTIFICATE_DOMAIN_MISMATCH', text, details);
  }
  throw new CertdeskError(
    'CERTIFICATE_DOMAIN_MISMATCH',
    `${text}: the name is only in the common name, which clients ignore. Get a certificate with subject alternative names.`,
    details,
  );
}

function called(certificate: Certificate, index: number): string {
  return index === 0 ? 'the certificate' : `the issuer's certificate "${displayName(certificate)}"`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
