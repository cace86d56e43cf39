// Reads PKCS#12 files (.pfx, .p12), modern (AES, PBKDF2) and legacy (3DES, 40-bit RC2, SHA-1).
import { CertdeskError } from '../../core/errors.ts';
import { isSequence, parseAsn } from '../inspect/asn1.ts';
import { readCertificate } from '../inspect/certificate.ts';
import { MAX_CERTIFICATES } from '../inspect/content.ts';
import { createRoundBudget, MAX_ITERATIONS, roundsOf } from '../inspect/pbe.ts';
import { toPem } from '../inspect/pem.ts';
import { readPrivateKey } from '../keys.ts';
import { decrypt, macFits } from './password.ts';
import { type Bag, type Encrypted, type Pfx, readBags, readPfx, readSafes, type Safe } from './structure.ts';

/** Key stores may contain the keys of two services. The limit is low because each key needs its own derivation. */
const MAX_KEYS = 2;

/** Counts rounds. @throws CERTIFICATE_UNREADABLE if the file needs too many */
type Spend = (iterations: number, rounds?: number) => void;

export interface Pkcs12Content {
  /** PEM of every certificate, in the order of the file (`checkKeyPair` orders the chain). Empty if there is none. */
  readonly certificate: string;
  /** PKCS#8 PEM, unencrypted, of every key (`checkKeyPair` selects one). Empty if there is none. */
  readonly privateKey: string;
}

/**
 * Decrypts a PKCS#12 file. This takes up to a few seconds, so call it on a background thread.
 * @throws CERTIFICATE_UNREADABLE (not PKCS#12, damaged, unsupported encryption or too many rounds), PASSPHRASE_REQUIRED
 * (`password` is empty but wrong) or PASSPHRASE_WRONG
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<Pkcs12Content> {
  const pfx = readPfx(bytes);
  if (pfx === null) throw unreadable('it is a damaged PKCS#12 file, or protected by a public key');
  const spend = createSpend();
  const safes = readSafes(pfx.content);
  // Count all rounds before computing any, so that a file with too many is rejected at once.
  if (pfx.mac !== null) spend(pfx.mac.iterations, triesOf(pfx.mac, password) * pfx.mac.iterations);
  for (const safe of safes ?? []) if ('encrypted' in safe) spendOn(safe.encrypted, spend);
  const proven = await provePassword(pfx, password);
  if (safes === null) throw unreadable('it is damaged');
  const bags = await openSafes(safes, proven);
  const held = bags.filter(({ kind }) => kind === 'certificate').length;
  if (held > MAX_CERTIFICATES) throw unreadable(`it contains ${held} certificates`);
  const keysHeld = bags.filter(({ kind }) => kind === 'key' || kind === 'shrouded-key').length;
  if (keysHeld > MAX_KEYS)
    throw unreadable(`it contains ${keysHeld} private keys: export only the key of the certificate`);
  const certificates = bags.flatMap((bag) => (bag.kind === 'certificate' ? [readCertificate(bag.der)] : []));
  const whole = certificates.filter((certificate) => certificate !== null);
  if (whole.length < certificates.length) throw unreadable('a certificate in it is damaged');
  const keys = await openKeys(bags, { password: proven, hasMac: pfx.hasMac, spend });
  return {
    certificate: whole.map(({ x509 }) => x509.toString()).join(''),
    privateKey: keys.join(''),
  };
}

/** Up to this many MAC iterations, an unneeded passphrase is detected. Files commonly have 1 to 100,000. */
const ROUNDS_FOR_UNNEEDED = 100_000;

function triesOf({ iterations }: { readonly iterations: number }, password: string): number {
  if (password === '') return 2;
  return iterations <= ROUNDS_FOR_UNNEEDED ? 3 : 1;
}

/** Some programs encode an empty password as none at all: the MAC shows which one is right. */
async function provePassword({ mac, hasMac, content }: Pfx, password: string): Promise<string | null> {
  if (mac === null) {
    if (hasMac) throw unreadable('its integrity check is not supported; export it again');
    return password;
  }
  if (await macFits(mac, content, password)) return password;
  const tries = triesOf(mac, password);
  // Ignore an unneeded passphrase, as for PEM.
  if (tries > 2 && (await macFits(mac, content, ''))) return '';
  if (tries > 1 && (await macFits(mac, content, null))) return null;
  if (password !== '') throw wrongPassword();
  throw new CertdeskError('PASSPHRASE_REQUIRED', 'The file is encrypted. Enter its passphrase.');
}

async function openSafes(safes: readonly Safe[], password: string | null): Promise<readonly Bag[]> {
  const bags: Bag[] = [];
  for (const safe of safes) {
    const plain = 'plain' in safe ? safe.plain : await open(safe.encrypted, password);
    const found = readBags(plain);
    // Without a MAC, only the padding checks the password, and one in 256 wrong ones passes.
    if (found === null) throw 'plain' in safe ? unreadable('it is damaged') : wrongPassword();
    bags.push(...found);
  }
  return bags;
}

async function openKeys(
  bags: readonly Bag[],
  {
    password,
    hasMac,
    spend,
  }: { readonly password: string | null; readonly hasMac: boolean; readonly spend: Spend },
): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const bag of bags) if (bag.kind === 'shrouded-key') spendOn(bag.encrypted, spend);
  for (const bag of bags) {
    if (bag.kind === 'key') keys.push(readPrivateKey(toPem('PRIVATE KEY', bag.der)));
    if (bag.kind !== 'shrouded-key') continue;
    const der = await open(bag.encrypted, password);
    // As above: without a MAC, only the padding has checked the password.
    if (!hasMac && !isSequence(parseAsn(der))) throw wrongPassword();
    keys.push(readPrivateKey(toPem('PRIVATE KEY', der)));
  }
  return keys;
}

async function open({ pbe, data }: Encrypted, password: string | null): Promise<Uint8Array> {
  if (pbe === null || pbe.kdf === 'scrypt') {
    throw unreadable('its encryption is not supported: export it again with AES-256 or 3DES');
  }
  const plain = await decrypt(pbe, data, password);
  if (plain === null) throw wrongPassword();
  return plain;
}

function spendOn({ pbe }: Encrypted, spend: Spend): void {
  if (pbe !== null && pbe.kdf !== 'scrypt') spend(pbe.iterations, roundsOf(pbe)); // `open` rejects the others
}

function createSpend(): Spend {
  const isWithin = createRoundBudget();
  return (iterations, rounds = iterations) => {
    if (iterations < 1 || iterations > MAX_ITERATIONS) {
      throw unreadable(
        `its key derivation has ${iterations} iterations; 1 to ${MAX_ITERATIONS} are supported. Export it again`,
      );
    }
    if (!isWithin(rounds))
      throw unreadable('its key derivations have too many iterations in total. Export it again with fewer');
  };
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('CERTIFICATE_UNREADABLE', `The file cannot be read: ${why}.`);
}

function wrongPassword(): CertdeskError {
  return new CertdeskError('PASSPHRASE_WRONG', 'The passphrase of the file is wrong.');
}
