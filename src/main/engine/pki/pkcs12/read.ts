// PKCS#12 files (.pfx, .p12) in: modern ones (AES, PBKDF2), old ones (3DES, RC2 with 40 bits, SHA-1), RSA and EC.
import { CertdeskError } from '../../core/errors.ts';
import { isSequence, parseAsn } from '../inspect/asn1.ts';
import { readCertificate } from '../inspect/certificate.ts';
import { MAX_CERTIFICATES } from '../inspect/content.ts';
import { createRoundBudget, MAX_ITERATIONS, roundsOf } from '../inspect/pbe.ts';
import { toPem } from '../inspect/pem.ts';
import { readPrivateKey } from '../keys.ts';
import { decrypt, macFits } from './password.ts';
import { type Bag, type Encrypted, type Pfx, readBags, readPfx, readSafes, type Safe } from './structure.ts';

/** A pair beside the wanted one, as keystores of two services have it. Each key costs a derivation of its own. */
const MAX_KEYS = 2;

/** @throws CERTIFICATE_UNREADABLE where the file asks for too many rounds. */
type Spend = (iterations: number, rounds?: number) => void;

export interface Pkcs12Content {
  /** PEM of every certificate of the file, in its order; `checkKeyPair` puts them in theirs. Empty where there is none. */
  readonly certificate: string;
  /** PKCS#8 PEM, unencrypted, of every key of the file; `checkKeyPair` chooses. Empty where there is none. */
  readonly privateKey: string;
}

/**
 * What a PKCS#12 file holds. It takes up to some seconds: call it on a background thread. Throws CERTIFICATE_UNREADABLE
 * (no PKCS#12, damaged, an encryption that is not accepted or takes too many rounds), PASSPHRASE_REQUIRED (`password` is empty and does not fit) or PASSPHRASE_WRONG.
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<Pkcs12Content> {
  const pfx = readPfx(bytes);
  if (pfx === null) throw unreadable('it is a damaged PKCS#12 file, or protected by a public key');
  const spend = createSpend();
  const safes = readSafes(pfx.content);
  // All rounds are counted before the first of them: a file that takes too many costs nothing.
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

/** The most rounds of a MAC with which an unneeded passphrase is noticed: usual are 1 to 100,000. */
const ROUNDS_FOR_UNNEEDED = 100_000;

function triesOf({ iterations }: { readonly iterations: number }, password: string): number {
  if (password === '') return 2;
  return iterations <= ROUNDS_FOR_UNNEEDED ? 3 : 1;
}

/** "" may have been written as no password at all: the MAC tells which. */
async function provePassword({ mac, hasMac, content }: Pfx, password: string): Promise<string | null> {
  if (mac === null) {
    if (hasMac) throw unreadable('its integrity check is not supported; export it again');
    return password;
  }
  if (await macFits(mac, content, password)) return password;
  const tries = triesOf(mac, password);
  // A passphrase that is not needed does no harm, as for PEM.
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
    // without a MAC the padding alone judged the password, and one in 256 wrong ones passes
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
    // Without a MAC again the padding alone has judged.
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
  if (pbe !== null && pbe.kdf !== 'scrypt') spend(pbe.iterations, roundsOf(pbe)); // `open` refuses the others
}

function createSpend(): Spend {
  const isWithin = createRoundBudget();
  return (iterations, rounds = iterations) => {
    if (iterations < 1 || iterations > MAX_ITERATIONS) {
      throw unreadable(
        `its passphrase takes ${iterations} rounds, and 1 to ${MAX_ITERATIONS} are accepted: export it again`,
      );
    }
    if (!isWithin(rounds))
      throw unreadable('its parts together take too many rounds: export it again with fewer');
  };
}

function unreadable(why: string): CertdeskError {
  return new CertdeskError('CERTIFICATE_UNREADABLE', `The file cannot be read: ${why}.`);
}

function wrongPassword(): CertdeskError {
  return new CertdeskError('PASSPHRASE_WRONG', 'The passphrase of the file is wrong.');
}
