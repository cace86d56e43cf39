// PKCS#12 files (.pfx, .p12) in: modern ones (AES, PBKDF2), old ones (3DES, RC2 with 40 bits, SHA-1), RSA and EC.
import { createPrivateKey } from 'node:crypto';
import { CertdeskError } from '../errors.ts';
import { isSequence, parseAsn } from '../inspect/asn1.ts';
import { type Certificate, readCertificate } from '../inspect/certificate.ts';
import { MAX_ITERATIONS } from '../inspect/pbe.ts';
import { describeContent, readPemBlocks, toPem } from '../inspect/pem.ts';
import { ownsKey } from '../inspect/public-key.ts';
import { readPrivateKey } from '../keys.ts';
import { decrypt, macFits } from './password.ts';
import { type Bag, type Encrypted, type Pfx, readBags, readPfx, readSafes } from './structure.ts';

/** As in a PEM upload: more come from somebody's whole key store. */
const MAX_CERTIFICATES = 100;

export interface Pkcs12Content {
  /** PEM of every certificate of the file, in its order; `checkKeyPair` puts them in theirs. */
  readonly certificate: string;
  /** PKCS#8 PEM, unencrypted. */
  readonly privateKey: string;
}

/**
 * What a PKCS#12 file holds. Throws CERTIFICATE_UNREADABLE (no PKCS#12, damaged, no certificate, an encryption that
 * is not taken), KEY_UNREADABLE (no private key), PASSPHRASE_REQUIRED (`password` is empty and does not fit) or
 * PASSPHRASE_WRONG.
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<Pkcs12Content> {
  const pfx = readPfx(bytes);
  if (pfx === null) throw unreadable(explain(bytes));
  const proven = await provePassword(pfx, password);
  const bags = await openSafes(pfx, proven);
  const certificates = bags.flatMap((bag) => (bag.kind === 'certificate' ? [readCertificate(bag.der)] : []));
  if (certificates.length === 0) throw unreadable('it holds no certificate');
  if (certificates.length > MAX_CERTIFICATES)
    throw unreadable(`it holds ${certificates.length} certificates`);
  const whole = certificates.filter((certificate) => certificate !== null);
  if (whole.length < certificates.length) throw unreadable('a certificate in it is damaged');
  const keys = await openKeys(bags, { password: proven, hasMac: pfx.hasMac });
  return {
    certificate: whole.map(({ x509 }) => x509.toString()).join(''),
    privateKey: choose(keys, whole),
  };
}

/** "" may have been written as no password at all: the MAC tells which. */
async function provePassword({ mac, hasMac, content }: Pfx, password: string): Promise<string | null> {
  if (mac === null) {
    if (hasMac) throw unreadable('its integrity check is of a kind that is not taken; export it again');
    return password;
  }
  refuseRounds(mac.iterations);
  if (await macFits(mac, content, password)) return password;
  if (password !== '') throw wrongPassword();
  if (await macFits(mac, content, null)) return null;
  throw new CertdeskError('PASSPHRASE_REQUIRED', 'The file is encrypted. Send its passphrase.');
}

async function openSafes({ content }: Pfx, password: string | null): Promise<readonly Bag[]> {
  const bags: Bag[] = [];
  const safes = readSafes(content);
  if (safes === null) throw unreadable('it is damaged');
  for (const safe of safes) {
    const plain = 'plain' in safe ? safe.plain : await open(safe.encrypted, password);
    const found = readBags(plain);
    // without a MAC the padding alone judged the password, and one in 256 wrong ones passes
    if (found === null) throw 'plain' in safe ? unreadable('it is damaged') : wrongPassword();
    bags.push(...found);
  }
  return bags;
}

async function openKeys(
  bags: readonly Bag[],
  { password, hasMac }: { readonly password: string | null; readonly hasMac: boolean },
): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const bag of bags) {
    if (bag.kind === 'key') keys.push(readPrivateKey(toPem('PRIVATE KEY', bag.der)));
    if (bag.kind !== 'shrouded-key') continue;
    const der = await open(bag.encrypted, password);
    // Without a MAC again the padding alone has judged.
    if (!hasMac && !isSequence(parseAsn(der))) throw wrongPassword();
    keys.push(readPrivateKey(toPem('PRIVATE KEY', der)));
  }
  return keys;
}

async function open({ pbe, data }: Encrypted, password: string | null): Promise<Uint8Array> {
  if (pbe === null || pbe.kdf === 'scrypt') {
    throw unreadable('its encryption is not one that is taken: export it again with AES-256 or 3DES');
  }
  refuseRounds(pbe.iterations);
  const plain = await decrypt(pbe, data, password);
  if (plain === null) throw wrongPassword();
  return plain;
}

function refuseRounds(iterations: number): void {
  if (iterations >= 1 && iterations <= MAX_ITERATIONS) return;
  throw unreadable(
    `its passphrase takes ${iterations} rounds, and 1 to ${MAX_ITERATIONS} are taken: export it again`,
  );
}

/** A file may hold several keys: the one that a certificate beside it fits. */
function choose(keys: readonly string[], certificates: readonly Certificate[]): string {
  const owned = keys.find((key) => certificates.some((item) => ownsKey(item, createPrivateKey(key))));
  const key = owned ?? keys[0];
  if (key !== undefined) return key;
  throw new CertdeskError(
    'KEY_UNREADABLE',
    'The file holds no private key: export it again together with its private key.',
  );
}

function explain(bytes: Uint8Array): string {
  if (readCertificate(bytes) !== null) return 'it is a certificate alone, without a private key';
  const text = Buffer.from(bytes.subarray(0, 100_000)).toString('latin1');
  const blocks = readPemBlocks(text);
  return blocks.length > 0
    ? `it is PEM, and ${describeContent(text, blocks)}`
    : 'it is not PKCS#12 (.pfx, .p12)';
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('CERTIFICATE_UNREADABLE', `The file cannot be read: ${why}.`);
}

function wrongPassword(): CertdeskError {
  return new CertdeskError('PASSPHRASE_WRONG', 'The passphrase does not open the file.');
}
