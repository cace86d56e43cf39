// Implements the password-based cryptography of PKCS#12 (RFC 7292): key derivation, encryption, decryption and the
// integrity check, including legacy schemes. Uploaded files are read on a background thread, so their derivations are
// synchronous and leave libuv's shared thread pool free. Exports are written on the main thread and must not block it.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  pbkdf2,
  pbkdf2Sync,
  timingSafeEqual,
} from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Pbe } from '../inspect/pbe.ts';

/** The purposes of derived octets, RFC 7292 appendix B.3. */
const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

export interface Derivation {
  readonly digest: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Key derivation of appendix B.2. @param password The result of `bmpPassword`. */
async function derive(
  password: Uint8Array,
  { digest, salt, iterations }: Derivation,
  { purpose, length }: { readonly purpose: keyof typeof PURPOSE; readonly length: number },
): Promise<Buffer> {
  const block = digest === 'sha384' || digest === 'sha512' ? 128 : 64;
  let input: Buffer = Buffer.concat([fillBlocks(salt, block), fillBlocks(password, block)]);
  const output: Buffer[] = [];
  for (let produced = 0; produced < length; ) {
    let a = hash(digest, Buffer.concat([Buffer.alloc(block, PURPOSE[purpose]), input]), 'buffer');
    for (let round = 1; round < iterations; round += 1) {
      a = hash(digest, a, 'buffer');
      if (round % 10_000 === 0) await nextTurn();
    }
    output.push(a);
    produced += a.length;
    input = addToBlocks(input, fillBlocks(a, block).subarray(0, block));
  }
  return Buffer.concat(output).subarray(0, length);
}

/** Repeats the octets to fill whole blocks; an empty input stays empty. */
function fillBlocks(octets: Uint8Array, block: number): Buffer {
  return Buffer.alloc(block * Math.ceil(octets.length / block), octets);
}

/** Adds `addend` plus one to each block of the input, as big-endian numbers. */
function addToBlocks(input: Buffer, addend: Buffer): Buffer {
  const sum = Buffer.from(input);
  for (let end = addend.length; end <= sum.length; end += addend.length) {
    let carry = 1;
    for (let offset = 1; offset <= addend.length; offset += 1) {
      carry += (sum[end - offset] ?? 0) + (addend[addend.length - offset] ?? 0);
      sum[end - offset] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum;
}

/** UTF-16BE with two zero octets at the end (appendix B.1). Null, no password at all, differs from "". */
function bmpPassword(password: string | null): Uint8Array {
  return password === null ? new Uint8Array() : Buffer.from(`${password}\0`, 'utf16le').swap16();
}

type Scheme = Omit<Pbe, 'scheme'>;

/** Null if the padding shows that the password is wrong; about one in 256 wrong passwords goes unnoticed. */
export async function decrypt(
  pbe: Scheme,
  data: Uint8Array,
  password: string | null,
): Promise<Buffer | null> {
  const { key, iv } = await deriveKey(pbe, password, 'in this thread');
  try {
    if (pbe.cipher === 'rc2-40-cbc') return await decryptRc2(key, iv, data);
    const decipher = createDecipheriv(pbe.cipher, key, iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return null;
  }
}

/** @param pbe Must not use scrypt, which no PKCS#12 file does. */
function deriveKey(
  pbe: Scheme,
  password: string | null,
  where: 'in this thread' | 'in the pool',
): Promise<{ readonly key: Buffer; readonly iv: Buffer }> {
  return pbe.kdf === 'pkcs12' ? pkcs12Key(pbe, password) : pbes2Key(pbe, password, where);
}

async function pkcs12Key(pbe: Scheme, password: string | null) {
  const bmp = bmpPassword(password);
  const key = await derive(bmp, pbe, { purpose: 'key', length: pbe.keyLength });
  return { key, iv: await derive(bmp, pbe, { purpose: 'iv', length: 8 }) };
}

async function pbes2Key(pbe: Scheme, password: string | null, where: 'in this thread' | 'in the pool') {
  const { salt, iterations, keyLength, digest } = pbe;
  const derive = where === 'in the pool' ? promisify(pbkdf2) : pbkdf2Sync;
  const key = await derive(password ?? '', salt, iterations, keyLength, digest);
  return { key, iv: Buffer.from(pbe.iv ?? []) };
}

/** 40-bit RC2, which OpenSSL has only in its legacy provider and Electron's BoringSSL lacks. */
async function decryptRc2(key: Buffer, iv: Buffer, data: Uint8Array): Promise<Buffer | null> {
  const { default: forge } = await import('node-forge');
  const cipher = forge.rc2.createDecryptionCipher(key.toString('latin1'), 40);
  cipher.start(iv.toString('latin1'));
  cipher.update(forge.util.createBuffer(Buffer.from(data).toString('latin1')));
  return cipher.finish() ? Buffer.from(cipher.output.getBytes(), 'latin1') : null;
}

/** Encrypts data. The key derivation of PBES2 runs on libuv's thread pool. */
export async function encrypt(pbe: Scheme, data: Uint8Array, password: string): Promise<Buffer> {
  const { key, iv } = await deriveKey(pbe, password, 'in the pool');
  const cipher = createCipheriv(pbe.cipher, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/** The HMAC of an AuthenticatedSafe (appendix A). */
export async function macOf(mac: Derivation, content: Uint8Array, password: string | null): Promise<Buffer> {
  const { length } = hash(mac.digest, '', 'buffer');
  const key = await derive(bmpPassword(password), mac, { purpose: 'mac', length });
  return createHmac(mac.digest, key).update(content).digest();
}

export interface Mac extends Derivation {
  readonly value: Uint8Array;
  /** Key derivation of PBMAC1 (RFC 9579). Default: that of appendix B. */
  readonly pbkdf2?: { readonly prf: string; readonly keyLength: number };
}

function pbmac1Of(
  mac: Mac & { readonly prf: string; readonly keyLength: number },
  content: Uint8Array,
  password: string | null,
): Buffer {
  const key = pbkdf2Sync(password ?? '', mac.salt, mac.iterations, mac.keyLength, mac.prf);
  return createHmac(mac.digest, key).update(content).digest();
}

/** Whether the HMAC matches the content, which proves that the password is right. */
export async function macFits(mac: Mac, content: Uint8Array, password: string | null): Promise<boolean> {
  const expected =
    mac.pbkdf2 === undefined
      ? await macOf(mac, content, password)
      : pbmac1Of({ ...mac, ...mac.pbkdf2 }, content, password);
  return expected.length === mac.value.length && timingSafeEqual(expected, mac.value);
}
