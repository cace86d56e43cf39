// Examines the public key of a certificate: its type and size, its strength, and whether a private key matches it.
import { createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { Certificate } from './certificate.ts';

export interface KeyFacts {
  /** `rsa`, `ec`, or another name of node:crypto; `unknown` if the key cannot be read. */
  readonly type: string;
  /** Bits of the modulus or of the curve; null for other kinds. */
  readonly size: number | null;
  /** For messages: `RSA 2048`, `EC secp256k1`. */
  readonly text: string;
}

const CURVE_BITS: Readonly<Record<string, number>> = {
  secp224r1: 224,
  prime192v1: 192,
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
};
const TRUSTED_CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** The public key of a certificate; null if OpenSSL does not support its type. */
export function publicKeyOf({ x509 }: Certificate): KeyObject | null {
  try {
    return x509.publicKey;
  } catch {
    return null; // OpenSSL does not support the type of key
  }
}

/** The type and size of a key. @param key Null is described as `unknown`. */
export function describeKey(key: KeyObject | null): KeyFacts {
  const type = key?.asymmetricKeyType ?? 'unknown';
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (type === 'ec') {
    const curve = namedCurve ?? 'with an unnamed curve';
    return { type, size: CURVE_BITS[curve] ?? null, text: `EC ${curve}` };
  }
  const size = modulusLength ?? null;
  return { type, size, text: size === null ? type : `${type.toUpperCase()} ${size}` };
}

/** Why clients reject a key, as the end of a sentence that starts with "The key"; null if they accept it. */
export function weaknessOf(key: KeyObject | null): string | null {
  const { type, size, text } = describeKey(key);
  if (type === 'rsa') {
    return (size ?? 0) >= 2048 ? null : `is too weak: RSA ${size} bits; at least 2048 required`;
  }
  if (type !== 'ec') return `has a type that browsers do not accept (${text}): use RSA or EC`;
  if (TRUSTED_CURVES.includes(key?.asymmetricKeyDetails?.namedCurve ?? '')) return null;
  return `is too weak, or has a type that browsers do not accept (${text}): use P-256 or P-384`;
}

/**
 * Whether the private key belongs to the certificate. For RSA and EC this signs a challenge, because a key file can
 * combine the right public key with a wrong private one, and OpenSSL does not check that.
 */
export function ownsKey(certificate: Certificate, privateKey: KeyObject): boolean {
  const publicKey = publicKeyOf(certificate);
  try {
    if (publicKey === null || !isSameKey(publicKey, createPublicKey(privateKey))) return false;
    if (privateKey.asymmetricKeyType !== 'rsa' && privateKey.asymmetricKeyType !== 'ec') return true;
    const challenge = randomBytes(32);
    return verify('sha256', challenge, publicKey, sign('sha256', challenge, privateKey));
  } catch {
    return false; // the private key is inconsistent and cannot sign
  }
}

/** Compares types first: `equals` on keys of different types leaves an error in OpenSSL's queue, and the next call fails. */
function isSameKey(a: KeyObject, b: KeyObject): boolean {
  if (a.asymmetricKeyType !== b.asymmetricKeyType) return false;
  return a.asymmetricKeyDetails?.namedCurve === b.asymmetricKeyDetails?.namedCurve && a.equals(b);
}
