// Reads the password-based encryption scheme of a key or PKCS#12 file: PBES2 (RFC 8018), scrypt (RFC 7914), or the PKCS#12
// schemes (RFC 7292 appendix C). Reading it before decryption lets errors distinguish an unsupported scheme, a derivation
// that would take minutes, and a wrong password.
import { type AsnNode, childAt, numberOf, octetsOf, oidOf } from './asn1.ts';
import type { DecodedPem } from './pem.ts';

export interface Pbe {
  /** For messages: `PBES2 with aes-256-cbc`. */
  readonly scheme: string;
  readonly kdf: 'pbkdf2' | 'scrypt' | 'pkcs12';
  /** Iterations of the key derivation; N·r·p for scrypt. */
  readonly iterations: number;
  readonly salt: Uint8Array;
  /** node:crypto's name of the hash: of the HMAC in PBKDF2, of the derivation in PKCS#12. */
  readonly digest: string;
  /** node:crypto's name, or `rc2-40-cbc`, which it may not support. */
  readonly cipher: string;
  /** Bytes. */
  readonly keyLength: number;
  /** Null for the PKCS#12 schemes, which derive it like the key. */
  readonly iv: Uint8Array | null;
}

/** A password check of at most about half a second. OpenSSL uses 2,048 iterations, cautious users choose 600,000. */
export const MAX_ITERATIONS = 1_000_000;

/** For all passphrase checks and decryptions of one file together: about three seconds. */
const MAX_ROUNDS_OF_FILE = 3_000_000;

/** Counts the rounds spent on a file. @returns a function that tells whether they are still within the budget */
export function createRoundBudget(): (rounds: number) => boolean {
  let spent = 0;
  return (rounds) => {
    spent += rounds;
    return spent <= MAX_ROUNDS_OF_FILE;
  };
}

const DIGEST_BYTES: Readonly<Record<string, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** The rounds of one decryption: `iterations` per hash block (RFC 8018 section 5.2, RFC 7292 appendix B.2). */
export function roundsOf({ kdf, iterations, digest, keyLength }: Pbe): number {
  const chains = Math.ceil(keyLength / (DIGEST_BYTES[digest] ?? 1)) + (kdf === 'pkcs12' ? 1 : 0); // plus the IV
  return iterations * chains;
}

const CIPHERS: Readonly<Record<string, readonly [name: string, keyLength: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
};
const PRFS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const PKCS12_CIPHERS: Readonly<Record<string, readonly [name: string, keyLength: number]>> = {
  '1.2.840.113549.1.12.1.3': ['des-ede3-cbc', 24],
  '1.2.840.113549.1.12.1.6': ['rc2-40-cbc', 5],
};
const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/**
 * Reads the scheme of an AlgorithmIdentifier. Callers must reject more than MAX_ITERATIONS themselves.
 * @returns null if the scheme is unsupported or damaged
 */
export function readPbe(algorithm: AsnNode | undefined): Pbe | null {
  const oid = oidOf(childAt(algorithm, 0)) ?? '';
  if (oid === PBES2) return readPbes2(childAt(algorithm, 1));
  const [cipher, keyLength] = PKCS12_CIPHERS[oid] ?? [];
  const salt = octetsOf(childAt(algorithm, 1, 0));
  const iterations = numberOf(childAt(algorithm, 1, 1));
  if (cipher === undefined || keyLength === undefined || salt === null || iterations === null) return null;
  return {
    scheme: `PKCS#12 with ${cipher}`,
    kdf: 'pkcs12',
    iterations,
    salt,
    digest: 'sha1',
    cipher,
    keyLength,
    iv: null,
  };
}

function readPbes2(parameters: AsnNode | undefined): Pbe | null {
  const [cipher, keyLength] = CIPHERS[oidOf(childAt(parameters, 1, 0)) ?? ''] ?? [];
  const iv = octetsOf(childAt(parameters, 1, 1));
  const kdf = readKdf(childAt(parameters, 0));
  if (cipher === undefined || keyLength === undefined || iv === null || kdf === null) return null;
  return { scheme: `PBES2 with ${cipher}`, cipher, keyLength, iv, ...kdf };
}

/** node:crypto's name for the hash of an HMAC algorithm; undefined if it is unsupported. */
export function readHmac(algorithm: AsnNode | undefined): string | undefined {
  return PRFS[oidOf(childAt(algorithm, 0)) ?? ''];
}

/** The key derivation of PBES2 and PBMAC1 (RFC 8018 appendix A). */
export function readKdf(
  algorithm: AsnNode | undefined,
): Pick<Pbe, 'kdf' | 'iterations' | 'salt' | 'digest'> | null {
  const oid = oidOf(childAt(algorithm, 0));
  const salt = octetsOf(childAt(algorithm, 1, 0));
  const iterations = numberOf(childAt(algorithm, 1, 1));
  if (salt === null || iterations === null) return null;
  if (oid === SCRYPT) {
    const [r, p] = [numberOf(childAt(algorithm, 1, 2)), numberOf(childAt(algorithm, 1, 3))];
    return r === null || p === null
      ? null
      : { kdf: 'scrypt', iterations: iterations * r * p, salt, digest: '' };
  }
  if (oid !== PBKDF2) return null;
  // The optional keyLength comes between the count and the PRF. The default PRF is HMAC with SHA-1.
  const prf = oidOf(childAt(algorithm, 1, 2, 0)) ?? oidOf(childAt(algorithm, 1, 3, 0));
  const digest = prf === null ? 'sha1' : PRFS[prf];
  return digest === undefined ? null : { kdf: 'pbkdf2', iterations, salt, digest };
}

/** Whether the traditional encryption of a PEM block (RFC 1421 headers, OpenSSL's EVP_BytesToKey) is supported. */
export function isKnownDek(headers: DecodedPem['headers']): boolean {
  return /^(DES-EDE3-CBC,[0-9A-F]{16}|AES-(128|192|256)-CBC,[0-9A-F]{32})$/i.test(
    headers.get('DEK-Info') ?? '',
  );
}
