// PFX files that OpenSSL wrote, in each of its encryptions, and invalid files.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import forge from 'node-forge';
import { afterAll, describe, expect, test } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { readPkcs12 } from '../../../../src/main/engine/pki/pkcs12/read.ts';
import { readGivenPair } from '../../../../src/main/engine/pki/read-upload.ts';
import { checkKeyPair } from '../../../../src/main/engine/pki/verify-certificate.ts';
import { makeChain, NOW, VALIDITY } from '../../../support/engine/certificates.ts';
import { rejectionOf } from '../../../support/engine/failure.ts';
import { encryptedSafes, shroudedKeys } from '../../../support/faults/hostile-pkcs12.ts';
import { type CertifiedKey, createOpenSsl } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf: ec } = await makeChain(openssl);
const san = ['DNS:api.example.com'];
const rsa = await openssl.issue({
  subject: '/CN=api.example.com',
  san,
  key: 'rsa-2048',
  ca: intermediate,
  ...VALIDITY,
});
const issuers = await openssl.file(intermediate.certificate + root.certificate);
const PASSWORD = 'correct horse';

async function write(leaf: CertifiedKey, args: readonly string[] = [], password = PASSWORD): Promise<Buffer> {
  const [key, certificate] = [await openssl.file(leaf.privateKey), await openssl.file(leaf.certificate)];
  const input = ['-inkey', key, '-in', certificate, '-certfile', issuers];
  const file = await openssl.run(['pkcs12', '-export', ...input, '-passout', `pass:${password}`, ...args]);
  return Buffer.from(file, 'latin1');
}

const encryptions: readonly (readonly [string, readonly string[]])[] = [
  ["OpenSSL's default", []],
  ['legacy: RC2 with 40 bits and 3DES, SHA-1', ['-legacy']],
  [
    '3DES throughout',
    ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  ],
  ['AES-128, SHA-384', ['-keypbe', 'aes-128-cbc', '-certpbe', 'aes-128-cbc', '-macalg', 'sha384']],
  ['AES-192, SHA-512', ['-keypbe', 'aes-192-cbc', '-certpbe', 'aes-192-cbc', '-macalg', 'sha512']],
  ['AES-256, SHA-1', ['-keypbe', 'aes-256-cbc', '-certpbe', 'aes-256-cbc', '-macalg', 'sha1']],
  ['PBES2 with 3DES, SHA-224', ['-keypbe', 'des-ede3-cbc', '-certpbe', 'des-ede3-cbc', '-macalg', 'sha224']],
  ['no encryption', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ['no MAC', ['-nomac']],
  ['one round', ['-noiter', '-nomaciter']],
  ['100,000 rounds', ['-iter', '100000']],
  ['a friendly name', ['-name', 'B\u00fccher', '-caname', 'CA']],
];

describe.each([
  ['RSA', rsa],
  ['EC', ec],
])('reads %s', (_kind, leaf) => {
  test.each(encryptions)('%s', async (_name, args) => {
    const { certificate, privateKey } = await readPkcs12(await write(leaf, args), PASSWORD);
    expect(privateKey).toBe(leaf.privateKey);
    expect(certificate).toBe(leaf.certificate + intermediate.certificate + root.certificate);
  });

  test('verifies like an upload', async () => {
    const content = await readPkcs12(await write(leaf, ['-legacy']), PASSWORD);
    const checked = checkKeyPair({ ...content, domain: 'api.example.com', now: NOW });
    expect(checked).toMatchObject({ privateKey: leaf.privateKey, warnings: [] });
  });
});

describe('the password of a PKCS#12 file', () => {
  const selfSignedRsa = async () =>
    (await openssl.issue({ subject: '/CN=x', key: { pem: rsa.privateKey }, ...VALIDITY })).certificate;

  test.each([
    ['modern', []],
    ['legacy', ['-legacy']],
    ['no MAC', ['-nomac']],
    ['no MAC, legacy', ['-nomac', '-legacy']],
  ])('is refused if wrong, %s', async (_name, args) => {
    const file = await write(ec, args);
    for (const wrong of ['x', 'Correct horse', `${PASSWORD} `]) {
      expect((await rejectionOf(readPkcs12(file, wrong))).code).toBe('PASSPHRASE_WRONG');
    }
  });

  test('is refused for many wrong ones, even if only the padding detects it', async () => {
    const file = await write(ec, ['-nomac', '-legacy']); // one in 256 has a valid padding
    const codes = new Set<string>();
    for (let n = 0; n < 400; n += 1) codes.add((await rejectionOf(readPkcs12(file, `wrong ${n}`))).code);
    expect([...codes]).toEqual(['PASSPHRASE_WRONG']);
  });

  test('is requested if missing', async () => {
    expect((await rejectionOf(readPkcs12(await write(ec), ''))).code).toBe('PASSPHRASE_REQUIRED');
  });

  test.each([[[]], [['-legacy']]])('may be empty %j', async (args) => {
    expect((await readPkcs12(await write(ec, args, ''), '')).privateKey).toBe(ec.privateKey);
  });

  test('may be absent, which differs from empty', async () => {
    const [key, cert] = [rsa.privateKey, await selfSignedRsa()];
    const pfx = forge.pkcs12.toPkcs12Asn1(
      forge.pki.privateKeyFromPem(key),
      forge.pki.certificateFromPem(cert),
      null,
    );
    const file = Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'latin1');
    expect(await readPkcs12(file, '')).toEqual({ certificate: cert, privateKey: key });
    expect(await readPkcs12(file, 'not needed')).toEqual({ certificate: cert, privateKey: key });
  });

  test.each([[[]], [['-legacy']]])('may be long, and not ASCII %j', async (args) => {
    for (const password of ['p\u00e4ssw\u00f6rd \u65e5\u672c', 'long '.repeat(40)]) {
      expect((await readPkcs12(await write(ec, args, password), password)).privateKey).toBe(ec.privateKey);
    }
  });

  test('appears in no message', async () => {
    const failure = await rejectionOf(readPkcs12(await write(ec), 'battery staple'));
    expect(JSON.stringify(failure.toBody())).not.toMatch(/battery|correct/);
  });
});

describe('an invalid PKCS#12 file', () => {
  const keyAlone = async () => {
    const args = ['pkcs12', '-export', '-nocerts', '-inkey', await openssl.file(ec.privateKey)];
    return Buffer.from(await openssl.run([...args, '-passout', `pass:${PASSWORD}`]), 'latin1');
  };
  const wrong: readonly (readonly [string, () => Promise<Buffer> | Buffer, RegExp])[] = [
    ['nothing', () => Buffer.alloc(0), /damaged PKCS#12/],
    ['noise', () => Buffer.alloc(1000, 0x30), /damaged PKCS#12/],
    ['5 MB of noise', () => Buffer.alloc(5_000_000, 0x30), /damaged PKCS#12/],
    ['a cut file', async () => (await write(ec)).subarray(0, -10), /damaged PKCS#12/],
    [
      'RC4',
      () => write(ec, ['-legacy', '-keypbe', 'PBE-SHA1-RC4-128', '-certpbe', 'PBE-SHA1-RC4-128']),
      /export it again with AES-256/,
    ],
    ['an unknown MAC', () => write(ec, ['-macalg', 'sha3-256']), /integrity check is not supported/],
    ['1,000,001 rounds', () => write(ec, ['-iter', '1000001', '-nomac']), /has 1000001 iterations/],
  ];
  test.each(wrong)(
    '%s is refused with CERTIFICATE_UNREADABLE and its own message',
    async (_name, make, expected) => {
      const failure = await rejectionOf(readPkcs12(await make(), PASSWORD));
      expect(failure.code).toBe('CERTIFICATE_UNREADABLE');
      expect(failure.message).toMatch(expected);
    },
  );

  test('with 12 keys at the permitted rounds is refused before the first round', async () => {
    const start = process.cpuUsage().user;
    const failure = await rejectionOf(
      readPkcs12(shroudedKeys(new X509Certificate(ec.certificate).raw, 12, 1_000_000), PASSWORD),
    );
    expect(failure).toMatchObject({ code: 'CERTIFICATE_UNREADABLE' });
    expect(failure.message).toMatch(/contains 12 private keys/);
    expect(process.cpuUsage().user - start).toBeLessThan(200_000); // µs; one key alone takes more
  });

  test('with parts that together take too many rounds is refused before the first round', async () => {
    const file = encryptedSafes(4, 1_000_000);
    const start = process.cpuUsage().user;
    const failure = await rejectionOf(readPkcs12(file, PASSWORD));
    expect(failure.message).toMatch(/too many iterations in total/);
    expect(process.cpuUsage().user - start).toBeLessThan(200_000);
  });

  test('without a key or a certificate may be completed by another file', async () => {
    const upload = (file: Buffer, more = {}) =>
      readGivenPair({ file: file.toString('base64'), passphrase: PASSWORD, ...more });
    const [certificates, key] = [await write(ec, ['-nokeys']), await keyAlone()];
    expect(await rejectionOf(upload(certificates))).toMatchObject({
      code: 'KEY_UNREADABLE',
      message: expect.stringContaining('contains no private key'),
    });
    expect(await rejectionOf(upload(key))).toMatchObject({
      code: 'CERTIFICATE_UNREADABLE',
      message: expect.stringContaining('contains no certificate'),
    });
    const both = await upload(certificates, { keyFile: key.toString('base64') });
    expect(checkKeyPair({ ...both, domain: 'api.example.com', now: NOW }).privateKey).toBe(ec.privateKey);
  });

  test.each([
    ['another tag', (at: number, copy: Buffer) => copy.writeUInt8(0x50, at)],
    ['no length', (at: number, copy: Buffer) => copy.writeUInt8(0, at + 1)],
  ])('is refused if a list in it has %s, instead of read as empty', async (_name, damage) => {
    const bare = await write(ec, ['-noiter', '-nomac', '-keypbe', 'NONE', '-certpbe', 'NONE']);
    const first = bare.indexOf(Buffer.from([0x30, 0x82]), 30); // the AuthenticatedSafe
    const second = bare.indexOf(Buffer.from([0x30, 0x82]), first + 30); // the SafeContents of the certificates
    for (const at of [first, second]) {
      const copy = Buffer.from(bare);
      damage(at, copy);
      expect(await rejectionOf(readPkcs12(copy, PASSWORD))).toMatchObject({ code: 'CERTIFICATE_UNREADABLE' });
    }
  });

  test('with any bytes or damage gives a CertdeskError, or the content unharmed', async () => {
    const file = await write(ec, ['-noiter', '-nomaciter']);
    const bare = await write(ec, ['-noiter', '-nomac', '-keypbe', 'NONE', '-certpbe', 'NONE']);
    const damaged = fc
      .tuple(fc.constantFrom(file, bare), fc.nat(10_000), fc.integer({ min: 1, max: 255 }))
      .map(([original, at, mask]) => {
        const copy = Buffer.from(original);
        copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ mask;
        return copy;
      });
    const bytes = fc.uint8Array({ maxLength: 200 }).map((data) => Buffer.from(data));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, damaged), async (data) => {
        try {
          expect((await readPkcs12(data, PASSWORD)).certificate).toContain('BEGIN CERTIFICATE');
        } catch (error) {
          expect(error).toBeInstanceOf(CertdeskError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
