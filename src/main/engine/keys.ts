// Private keys: new ones by the policy of a certificate, and given ones in whatever PEM form they come.
import { createPrivateKey, generateKeyPair, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import { CertdeskError } from './errors.ts';
import { childAt, octetsOf, parseAsn } from './inspect/asn1.ts';
import { isKnownDek, MAX_ITERATIONS, readPbe } from './inspect/pbe.ts';
import {
  type DecodedPem,
  decodePem,
  describeContent,
  type PemBlock,
  readPemBlocks,
  toPem,
} from './inspect/pem.ts';
import type { KeyPolicy } from './model.ts';

const CURVES = { 256: 'prime256v1', 384: 'secp384r1' } as const;

/** What OpenSSL takes (OPENSSL_RSA_MAX_MODULUS_BITS); a larger modulus makes one signature take minutes. */
const MAX_RSA_BITS = 16_384;
/** An RSA key of MAX_RSA_BITS takes 9,300 bytes. */
const MAX_KEY_BYTES = 16_384;

/**
 * A new private key as PKCS#8 PEM. It is made on a thread of libuv's pool, so the event loop goes on.
 * Rejects with the signal's reason where it aborts; the key under way is thrown away then.
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
 * Any PEM private key as PKCS#8 PEM (RFC 5958), unencrypted, LF. Takes PKCS#8, PKCS#1, SEC 1, encrypted PKCS#8 and
 * the traditional encryption of OpenSSL ("Proc-Type: 4,ENCRYPTED"); text and other blocks around the key are left out.
 * Throws KEY_UNREADABLE, PASSPHRASE_REQUIRED (encrypted, no passphrase given) or PASSPHRASE_WRONG. A passphrase that
 * is not needed is ignored.
 */
export function readPrivateKey(pem: string, passphrase?: string): string {
  const { label, ...decoded } = findKeyBlock(pem);
  const encrypted = label === 'ENCRYPTED PRIVATE KEY' || isTraditionallyEncrypted(decoded);
  const key = encrypted ? openEncrypted(label, decoded, passphrase) : openPlain(label, decoded);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) > MAX_RSA_BITS) {
    throw unreadable(`it has more than ${MAX_RSA_BITS} bits, which TLS does not take`);
  }
  return toPkcs8(key);
}

function toPkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function findKeyBlock(pem: string): DecodedPem & { readonly label: string } {
  const blocks = readPemBlocks(pem);
  const [block, second] = blocks.filter(isKeyBlock);
  if (block === undefined) throw unreadable(explainMissing(pem, blocks));
  if (second !== undefined)
    throw unreadable('it holds more than one private key; give only the one of the certificate');
  if (block.label === 'OPENSSH PRIVATE KEY') {
    throw unreadable('it is in OpenSSH format: convert a copy with `ssh-keygen -p -m PKCS8 -f FILE`');
  }
  const decoded = decodePem(block);
  if (decoded === null) throw unreadable('it is damaged: a line is missing, cut or changed');
  if (decoded.der.length > MAX_KEY_BYTES) throw unreadable('it is larger than any private key');
  return { label: block.label, ...decoded };
}

/** `EC PARAMETERS`, which `openssl ecparam -genkey` writes before the key, is no key. */
function isKeyBlock(block: PemBlock): boolean {
  return block.label.endsWith('PRIVATE KEY');
}

function explainMissing(pem: string, blocks: readonly PemBlock[]): string {
  const what = describeContent(pem, blocks);
  return what === 'it holds a certificate' ? `${what}; the certificate has a field of its own` : what;
}

function isTraditionallyEncrypted(decoded: DecodedPem): boolean {
  return /ENCRYPTED/.test(decoded.headers.get('Proc-Type') ?? '');
}

function openPlain(label: string, { der }: DecodedPem): KeyObject {
  try {
    if (label === 'PRIVATE KEY') return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return createPrivateKey(toPem(label, der));
  } catch (cause) {
    throw unreadable('it is damaged, or of a kind that is not known', cause);
  }
}

function openEncrypted(label: string, decoded: DecodedPem, passphrase: string | undefined): KeyObject {
  if (isTraditionallyEncrypted(decoded)) requireKnownDek(decoded);
  else requireKnownPbe(decoded);
  if (passphrase === undefined || passphrase === '') {
    throw new CertdeskError('PASSPHRASE_REQUIRED', 'The private key is encrypted. Send its passphrase.');
  }
  const headers = [...decoded.headers].map(([name, value]) => `${name}: ${value}`);
  try {
    return createPrivateKey({ key: toPem(label, decoded.der, headers), passphrase });
  } catch (cause) {
    throw new CertdeskError('PASSPHRASE_WRONG', 'The passphrase does not open the private key.', undefined, {
      cause,
    });
  }
}

const CONVERT = 'convert a copy with `openssl pkcs8 -topk8 -v2 aes-256-cbc`';

function requireKnownDek({ headers }: DecodedPem): void {
  if (!isKnownDek(headers)) throw unreadable(`it is encrypted in a way that is not taken; ${CONVERT}`);
}

/** EncryptedPrivateKeyInfo, RFC 5958 section 3. */
function requireKnownPbe({ der }: DecodedPem): void {
  const root = parseAsn(der);
  if (octetsOf(childAt(root, 1)) === null) throw unreadable('it is damaged');
  const pbe = readPbe(childAt(root, 0));
  if (pbe === null || pbe.cipher === 'rc2-40-cbc') {
    throw unreadable(`it is encrypted in a way that is not taken; ${CONVERT}`);
  }
  if (pbe.iterations > MAX_ITERATIONS) {
    throw unreadable(
      `its passphrase takes ${pbe.iterations} rounds, more than ${MAX_ITERATIONS}; ${CONVERT}`,
    );
  }
}

function unreadable(why: string, cause?: unknown): CertdeskError {
  return new CertdeskError('KEY_UNREADABLE', `The private key cannot be read: ${why}.`, undefined, { cause });
}
