// Generates private keys for a key policy, and reads uploaded private keys in any common format.
import { createPrivateKey, generateKeyPair, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import { CertdeskError } from '../core/errors.ts';
import type { KeyPolicy } from '../core/model.ts';
import { childAt, parseAsn } from './inspect/asn1.ts';
import { type Content, type GivenKey, readContent } from './inspect/content.ts';
import { keyHasExplicitCurve } from './inspect/der-kind.ts';
import { createRoundBudget, isKnownDek, MAX_ITERATIONS, readPbe } from './inspect/pbe.ts';
import { toPem } from './inspect/pem.ts';

const CURVES = { 256: 'prime256v1', 384: 'secp384r1' } as const;

/** OpenSSL's limit (OPENSSL_RSA_MAX_MODULUS_BITS); with a larger modulus, one signature takes minutes. */
const MAX_RSA_BITS = 16_384;
/** An RSA key of MAX_RSA_BITS takes 9,300 bytes. */
const MAX_KEY_BYTES = 16_384;
/** Allows a bundle of several key pairs, but not a whole key store. */
export const MAX_KEYS = 10;

/**
 * Generates a private key as PKCS#8 PEM on a thread of libuv's pool, so it does not block the event loop.
 * @throws the reason of `signal`; the key is then discarded
 */
export async function generateKey(policy: KeyPolicy, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const pair = await Promise.race([generatePair(policy), aborted.promise]);
    return toPkcs8(pair.privateKey);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function generatePair(policy: KeyPolicy): Promise<KeyPairKeyObjectResult> {
  const generate = promisify(generateKeyPair);
  return policy.type === 'rsa'
    ? generate('rsa', { modulusLength: policy.size })
    : generate('ec', { namedCurve: CURVES[policy.size] });
}

/**
 * Reads the private key of a text or file. Accepts PKCS#8, PKCS#1, SEC 1, encrypted PKCS#8, OpenSSL's traditional
 * encryption ("Proc-Type: 4,ENCRYPTED") and JWK, in every format that content.ts supports. Ignores an unneeded passphrase.
 * @returns PKCS#8 PEM (RFC 5958), unencrypted, with LF
 * @throws KEY_UNREADABLE, PASSPHRASE_REQUIRED (encrypted, but no passphrase given) or PASSPHRASE_WRONG
 */
export function readPrivateKey(given: string, passphrase?: string): string {
  const [key, second] = readPrivateKeys(given, passphrase);
  if (second !== undefined)
    throw unreadable('it contains more than one private key; send only the key of the certificate');
  return key ?? '';
}

/** Reads one or several keys like `readPrivateKey`; never returns an empty list. @throws as `readPrivateKey` */
export function readPrivateKeys(given: string, passphrase?: string): readonly string[] {
  const content = readContent(given);
  const { keys, hasDamagedKey, description } = content;
  if (keys.length === 0 && hasDamagedKey) throw unreadable(explainDamaged(description));
  if (keys.length === 0) throw unreadable(explainMissing(content));
  if (keys.length > MAX_KEYS)
    throw unreadable(`it contains ${keys.length} private keys; send only the key of the certificate`);
  const isWithinBudget = createRoundBudget();
  return [...new Set(keys.map((key) => openKey(key, passphrase, isWithinBudget)))];
}

function openKey(
  key: GivenKey,
  passphrase: string | undefined,
  isWithinBudget: (rounds: number) => boolean,
): string {
  if (key.der.length > MAX_KEY_BYTES) throw unreadable('it is larger than any private key');
  const encrypted = key.label === 'ENCRYPTED PRIVATE KEY' || isTraditionallyEncrypted(key);
  const opened = encrypted ? openEncrypted(key, passphrase, isWithinBudget) : openPlain(key);
  if ((opened.asymmetricKeyDetails?.modulusLength ?? 0) > MAX_RSA_BITS) {
    clearErrorQueue();
    throw unreadable(`it has more than ${MAX_RSA_BITS} bits, which TLS does not accept`);
  }
  return toPkcs8(withNamedCurve(opened));
}

/** Reading the details of an oversized key leaves an error in OpenSSL's queue, which would fail the next call. */
function clearErrorQueue(): void {
  try {
    createPrivateKey({ key: Buffer.alloc(1), format: 'der', type: 'pkcs8' });
  } catch {
    // this call has removed the error
  }
}

/** Replaces explicit curve parameters with the name of the curve, if it has one (RFC 5480 section 2.1.1). */
function withNamedCurve(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ec') return key;
  if (!keyHasExplicitCurve(key.export({ type: 'pkcs8', format: 'der' }))) return key;
  try {
    return createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  } catch (cause) {
    throw unreadable(EXPLICIT_CURVE, cause);
  }
}

function toPkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function explainDamaged(description: string): string {
  if (description.startsWith('it is in OpenSSH')) return description;
  return 'it is damaged: a line is missing, cut or changed';
}

function explainMissing({ certificatesFound, description }: Content): string {
  return certificatesFound > 0 ? `${description}; enter the certificate in its own field` : description;
}

function isTraditionallyEncrypted({ headers }: GivenKey): boolean {
  return /ENCRYPTED/.test(headers.get('Proc-Type') ?? '');
}

const EXPLICIT_CURVE =
  'it has explicit EC parameters, which browsers, Java and Go reject: create a key with a named curve, `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`';

function openPlain({ label, der }: GivenKey): KeyObject {
  try {
    if (label === 'PRIVATE KEY') return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return createPrivateKey(toPem(label, der));
  } catch (cause) {
    const isExplicit = keyHasExplicitCurve(der);
    throw unreadable(isExplicit ? EXPLICIT_CURVE : 'it is damaged, or of an unknown type', cause);
  }
}

function openEncrypted(
  key: GivenKey,
  passphrase: string | undefined,
  isWithinBudget: (rounds: number) => boolean,
): KeyObject {
  if (isTraditionallyEncrypted(key)) requireKnownDek(key);
  else if (!isWithinBudget(requireKnownPbe(key))) {
    throw unreadable(
      'its key derivations have too many iterations in total: send only the key of the certificate',
    );
  }
  if (passphrase === undefined || passphrase === '') {
    throw new CertdeskError('PASSPHRASE_REQUIRED', 'The private key is encrypted. Enter its passphrase.');
  }
  const headers = [...key.headers].map(([name, value]) => `${name}: ${value}`);
  try {
    return createPrivateKey({ key: toPem(key.label, key.der, headers), passphrase });
  } catch (cause) {
    throw new CertdeskError('PASSPHRASE_WRONG', 'The passphrase of the private key is wrong.', undefined, {
      cause,
    });
  }
}

const CONVERT = 'convert a copy with `openssl pkcs8 -topk8 -v2 aes-256-cbc`';

function requireKnownDek({ headers }: GivenKey): void {
  if (!isKnownDek(headers)) throw unreadable(`its encryption is not supported; ${CONVERT}`);
}

/** Reads an EncryptedPrivateKeyInfo (RFC 5958 section 3). @returns the iterations of its key derivation */
function requireKnownPbe({ der }: GivenKey): number {
  const root = parseAsn(der);
  const pbe = readPbe(childAt(root, 0));
  if (pbe === null || pbe.cipher === 'rc2-40-cbc') {
    throw unreadable(`its encryption is not supported; ${CONVERT}`);
  }
  if (pbe.iterations > MAX_ITERATIONS) {
    throw unreadable(
      `its key derivation has ${pbe.iterations} iterations; at most ${MAX_ITERATIONS} are supported; ${CONVERT}`,
    );
  }
  return pbe.iterations;
}

function unreadable(why: string, cause?: unknown): CertdeskError {
  return new CertdeskError('KEY_UNREADABLE', `The private key cannot be read: ${why}.`, undefined, { cause });
}
