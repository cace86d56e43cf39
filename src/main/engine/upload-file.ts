// What a person drops or pastes, in whatever form, as the two PEM texts that `checkKeyPair` judges: PEM of one file or
// two, DER, PKCS#12.
import type { KeyPairRequest } from '../../shared/certificate.ts';
import { CertdeskError } from './errors.ts';
import { type AsnNode, childAt, childrenOf, numberOf, octetsOf, parseAsn } from './inspect/asn1.ts';
import { readCertificate } from './inspect/certificate.ts';
import { readPemBlocks, toPem } from './inspect/pem.ts';
import { readPkcs12 } from './pkcs12/read.ts';
import { readPfx } from './pkcs12/structure.ts';

export interface GivenPair {
  /** PEM. */
  readonly certificate: string;
  /** PEM, perhaps encrypted. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
}

/**
 * @throws CERTIFICATE_UNREADABLE or KEY_UNREADABLE where a file is none of these forms or lacks the key, PASSPHRASE_*
 * for PKCS#12, INVALID_REQUEST (details.issues) where neither text nor file is given.
 */
export async function readGivenPair(body: KeyPairRequest): Promise<GivenPair> {
  const { certificate, privateKey, passphrase } = body;
  const key = body.keyFile === undefined ? privateKey : keyPem(fromBase64(body.keyFile));
  if (body.file === undefined) {
    if (certificate === undefined) throw missing('certificate');
    if (key === undefined) throw missing('privateKey');
    return { certificate, privateKey: key, passphrase };
  }
  const bytes = fromBase64(body.file);
  if (readPfx(bytes) !== null) return readPkcs12(bytes, passphrase ?? '');
  return { ...certificateFile(bytes, key), passphrase };
}

/** A PEM file may bring the key along. */
function certificateFile(bytes: Buffer, key: string | undefined): Omit<GivenPair, 'passphrase'> {
  const text = bytes.toString('utf8');
  const blocks = readPemBlocks(text);
  if (blocks.length > 0) {
    const own = blocks.some(({ label }) => label.endsWith('PRIVATE KEY')) ? text : undefined;
    return { certificate: text, privateKey: key ?? own ?? noKey() };
  }
  const parsed = readCertificate(bytes);
  // Of what is no certificate either, the reader of PEM says what it is.
  const certificate = parsed === null ? bytes.toString('latin1') : parsed.x509.toString();
  if (parsed === null) return { certificate, privateKey: key ?? '' };
  return { certificate, privateKey: key ?? noKey() };
}

function noKey(): never {
  throw new CertdeskError(
    'KEY_UNREADABLE',
    'The file holds a certificate alone: give its private key too, as text (privateKey) or as a file (keyFile).',
  );
}

/** PEM as it is; DER under the label of its form. */
function keyPem(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (readPemBlocks(text).length > 0) return text;
  const label = labelOf(parseAsn(bytes));
  return label === null ? bytes.toString('latin1') : toPem(label, bytes);
}

/** RFC 5958 (PKCS#8, plain and encrypted), RFC 8017 appendix A.1.2 (PKCS#1), RFC 5915 (SEC 1). */
function labelOf(node: AsnNode | undefined): string | null {
  const parts = childrenOf(node);
  const [first, second] = parts;
  if (parts.length === 2 && childrenOf(first).length > 0 && octetsOf(second) !== null)
    return 'ENCRYPTED PRIVATE KEY';
  const version = numberOf(first);
  if (version === null) return null;
  if (childAt(second, 0) !== undefined) return 'PRIVATE KEY';
  if (version === 1) return 'EC PRIVATE KEY';
  return parts.length >= 9 ? 'RSA PRIVATE KEY' : null;
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function missing(field: string): CertdeskError {
  const message = `${field}: is missing: give it as text, or a file`;
  return new CertdeskError('INVALID_REQUEST', message, { issues: [{ field, message: 'is missing' }] });
}
