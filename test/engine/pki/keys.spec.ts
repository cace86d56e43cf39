// Private keys: created by Certdesk and read by OpenSSL, and the reverse.
import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { KeyPolicy } from '../../../src/main/engine/core/model.ts';
import { generateKey, readPrivateKey } from '../../../src/main/engine/pki/keys.ts';
import { failureOf } from '../../support/engine/failure.ts';
import { createOpenSsl, type KeySpec } from '../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const PASS = ['-passout', 'pass:correct horse'];
const rsa = await openssl.makeKey('rsa-2048');
const ec = await openssl.makeKey('ec-384');

const keyText = async (pem: string) => openssl.run(['pkey', '-noout', '-text'], pem);
const convert = async (pem: string, ...args: readonly string[]) => openssl.run(args, pem);

describe('generateKey', () => {
  const policies: readonly (readonly [KeyPolicy, RegExp])[] = [
    [{ type: 'rsa', size: 2048 }, /Private-Key: \(2048 bit/],
    [{ type: 'rsa', size: 4096 }, /Private-Key: \(4096 bit/],
    [{ type: 'ec', size: 256 }, /ASN1 OID: prime256v1/],
    [{ type: 'ec', size: 384 }, /ASN1 OID: secp384r1/],
  ];
  test.each(policies)('returns %o as a PKCS#8 key that OpenSSL reads', async (policy, expected) => {
    const key = await generateKey(policy);
    expect(key.startsWith('-----BEGIN PRIVATE KEY-----\n')).toBe(true);
    expect(await keyText(key)).toMatch(expected);
  });

  test('creates a new key each time', async () => {
    const policy: KeyPolicy = { type: 'ec', size: 256 };
    expect(await generateKey(policy)).not.toBe(await generateKey(policy));
  });

  test('does not block the event loop', async () => {
    let done = false;
    const key = generateKey({ type: 'rsa', size: 2048 }).finally(() => {
      done = true;
    });
    // A key generated on this thread would be ready after some microtasks; one from the pool needs a turn of the loop.
    for (let n = 0; n < 1_000; n += 1) await Promise.resolve();
    expect(done).toBe(false);
    await key;
  });

  test('ends at once if the signal aborts, before or meanwhile', async () => {
    const policy: KeyPolicy = { type: 'rsa', size: 4096 };
    await expect(generateKey(policy, AbortSignal.abort('before'))).rejects.toBe('before');
    const controller = new AbortController();
    const generating = generateKey(policy, controller.signal);
    controller.abort('meanwhile');
    await expect(generating).rejects.toBe('meanwhile');
  });
});

describe('readPrivateKey', () => {
  test.each<KeySpec>(['rsa-2048', 'ec-256', 'ec-384', 'ec-521', 'ed25519'])(
    'keeps PKCS#8 of %s as it is',
    async (spec) => {
      const key = spec === 'rsa-2048' ? rsa : await openssl.makeKey(spec);
      expect(readPrivateKey(key)).toBe(key);
    },
  );

  test('converts PKCS#1 and SEC 1 to PKCS#8', async () => {
    const pkcs1 = await convert(rsa, 'rsa', '-traditional');
    const sec1 = await convert(ec, 'ec');
    expect(pkcs1).toContain('BEGIN RSA PRIVATE KEY');
    expect(sec1).toContain('BEGIN EC PRIVATE KEY');
    expect(readPrivateKey(pkcs1)).toBe(rsa);
    expect(readPrivateKey(sec1)).toBe(ec);
  });

  test('skips the EC PARAMETERS that `openssl ecparam -genkey` writes before the key', async () => {
    const both = await openssl.run(['ecparam', '-name', 'prime256v1', '-genkey']);
    expect(both).toContain('BEGIN EC PARAMETERS');
    expect(readPrivateKey(both)).toContain('BEGIN PRIVATE KEY');
  });

  const encryptions: readonly (readonly [string, readonly string[]])[] = [
    ['PKCS#8, PBES2 AES-256', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc']],
    ['PKCS#8, PBES2 AES-128, SHA-1', ['pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1']],
    ['PKCS#8, PBES2 AES-256, SHA-512', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
    ['PKCS#8, PBES2 3DES', ['pkcs8', '-topk8', '-v2', 'des3']],
    ['PKCS#8, scrypt', ['pkcs8', '-topk8', '-scrypt']],
    ['PKCS#8, PKCS#12 3DES', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES']],
    ['traditional AES-256', ['rsa', '-traditional', '-aes256']],
    ['traditional 3DES', ['rsa', '-traditional', '-des3']],
  ];
  test.each(encryptions)('opens %s with the passphrase and with no other', async (_name, args) => {
    const encrypted = await convert(rsa, ...args, ...PASS);
    expect(encrypted).toContain('ENCRYPTED');
    expect(readPrivateKey(encrypted, 'correct horse')).toBe(rsa);
    expect(failureOf(() => readPrivateKey(encrypted, 'battery staple')).code).toBe('PASSPHRASE_WRONG');
    expect(failureOf(() => readPrivateKey(encrypted)).code).toBe('PASSPHRASE_REQUIRED');
    expect(failureOf(() => readPrivateKey(encrypted, '')).code).toBe('PASSPHRASE_REQUIRED');
  });

  test('opens an encrypted SEC 1 key, with CRLF and indentation too', async () => {
    const encrypted = await convert(ec, 'ec', '-aes128', ...PASS);
    expect(encrypted).toContain('Proc-Type: 4,ENCRYPTED');
    const mangled = encrypted.replaceAll('\n', '\r\n').replaceAll(/^/gm, '   ');
    expect(readPrivateKey(`\ufeff${mangled}`, 'correct horse')).toBe(ec);
  });

  test('reads the inside of a key, its DER and its JWK', async () => {
    expect(readPrivateKey(rsa.split('\n').slice(1, -2).join('\n'))).toBe(rsa);
    expect(readPrivateKey(await convert(rsa, 'pkey', '-outform', 'DER'))).toBe(rsa);
    const jwk = createPrivateKey(ec).export({ format: 'jwk' });
    expect(readPrivateKey(JSON.stringify({ ...jwk, kid: 'mine' }))).toBe(ec);
  });

  test('ignores a passphrase that is not needed', () => {
    expect(readPrivateKey(rsa, 'anything')).toBe(rsa);
  });

  test('has neither the passphrase nor a part of the key in any message or detail', async () => {
    const encrypted = await convert(rsa, 'pkcs8', '-topk8', ...PASS);
    const failure = failureOf(() => readPrivateKey(encrypted, 'battery staple'));
    expect(JSON.stringify(failure.toBody())).not.toMatch(/battery|correct|MII/);
  });

  test('refuses an iteration count that would block for long before it is tried', async () => {
    const slow = await convert(ec, 'pkcs8', '-topk8', '-iter', '1000001', ...PASS);
    // If it were tried first, this passphrase would be reported as wrong.
    const failure = failureOf(() => readPrivateKey(slow, 'battery staple'));
    expect(failure.message).toContain('1000001 iterations');
  });

  test('does not report an encryption that Node cannot open as a wrong passphrase', async () => {
    const old = await convert(rsa, 'rsa', '-traditional', '-camellia128', ...PASS);
    expect(failureOf(() => readPrivateKey(old, 'correct horse'))).toMatchObject({
      code: 'KEY_UNREADABLE',
      message: expect.stringContaining('openssl pkcs8 -topk8'),
    });
  });

  test('refuses a modulus over 16384 bits, because one signature would take minutes', () => {
    // RSAPrivateKey with a modulus of 16392 bits; the other numbers do not matter
    const integer = (bytes: Buffer) =>
      Buffer.concat([Buffer.from([2, 0x82, bytes.length >> 8, bytes.length & 255]), bytes]);
    const small = integer(Buffer.from([3]));
    const body = Buffer.concat([
      Buffer.from([2, 1, 0]),
      integer(Buffer.alloc(2049, 0x7f)),
      ...Array(7).fill(small),
    ]);
    const der = Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 255]), body]);
    const pem = `-----BEGIN RSA PRIVATE KEY-----\n${der.toString('base64')}\n-----END RSA PRIVATE KEY-----\n`;
    expect(failureOf(() => readPrivateKey(pem)).message).toContain('more than 16384 bits');
    expect(readPrivateKey(rsa), 'the next key is not its victim').toBe(rsa);
  });

  const wrong: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    ['nothing', () => ' \n', /it is empty/],
    ['noise', () => 'lorem ipsum', /it is not PEM/],
    ['a public key', () => convert(rsa, 'pkey', '-pubout'), /it contains only a public key/],
    ['two keys', () => rsa + ec, /more than one private key/],
    ['a cut key', () => rsa.slice(0, -200), /damaged/],
    ['a key with a line missing', () => rsa.split('\n').toSpliced(5, 1).join('\n'), /damaged/],
    ['a key with a foreign character', () => rsa.replace('MII', 'M!I'), /damaged/],
    ['a header after the data', () => rsa.replace(/\n(?=-----END)/, '\nProc-Type: none\n'), /damaged/],
    [
      'OpenSSH',
      () => `-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----`,
      /ssh-keygen -p/,
    ],
    [
      'a huge block',
      () => `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(1 << 20)}\n-----END PRIVATE KEY-----`,
      /damaged/,
    ],
  ];
  test.each(wrong)('refuses %s with KEY_UNREADABLE and its own message', async (_name, make, expected) => {
    const pem = await make();
    const failure = failureOf(() => readPrivateKey(pem));
    expect(failure.code).toBe('KEY_UNREADABLE');
    expect(failure.message).toMatch(expected);
  });

  test('reports a certificate in place of the key', async () => {
    const { certificate } = await openssl.issue({ subject: '/CN=x', key: { pem: ec } });
    expect(failureOf(() => readPrivateKey(certificate)).message).toContain('it contains a certificate');
  });

  test('reports any damage as a CertdeskError', () => {
    const damaged = fc
      .tuple(fc.nat(rsa.length - 1), fc.string({ maxLength: 3 }), fc.nat(40))
      .map(([at, text, cut]) => rsa.slice(0, at) + text + rsa.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (pem) => {
        try {
          readPrivateKey(pem);
        } catch (error) {
          expect(error).toBeInstanceOf(CertdeskError);
        }
      }),
    );
  });
});
