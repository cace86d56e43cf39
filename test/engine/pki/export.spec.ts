// Downloads: the content of each format, and PFX files read back by OpenSSL.
import { afterAll, describe, expect, test } from 'vitest';
import { type ExportRequest, exportCertificate } from '../../../src/main/engine/pki/export.ts';
import { readPkcs12 } from '../../../src/main/engine/pki/pkcs12/read.ts';
import { readBags, readPfx, readSafes } from '../../../src/main/engine/pki/pkcs12/structure.ts';
import { makeChain, VALIDITY } from '../../support/engine/certificates.ts';
import { rejectionOf } from '../../support/engine/failure.ts';
import { type CertifiedKey, createOpenSsl } from '../../support/tools/openssl.ts';

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
const PASSWORD = 'correct horse';

function exported(leaf: CertifiedKey, request: Partial<ExportRequest>) {
  const chain = leaf.certificate + intermediate.certificate + root.certificate;
  const friendlyName = 'api.example.com';
  return exportCertificate({ chain, privateKey: leaf.privateKey, format: 'pfx', friendlyName, ...request });
}

describe('PEM', () => {
  test.each([
    ['pem', 'api.example.com.pem', ec.certificate],
    ['chain', 'api.example.com.chain.pem', intermediate.certificate + root.certificate],
    [
      'fullchain',
      'api.example.com.fullchain.pem',
      ec.certificate + intermediate.certificate + root.certificate,
    ],
    ['key', 'api.example.com.key', ec.privateKey],
    [
      'combined',
      'api.example.com.combined.pem',
      ec.privateKey + ec.certificate + intermediate.certificate + root.certificate,
    ],
  ] as const)('%s', async (format, filename, body) => {
    const file = await exported(ec, { format });
    expect({ ...file, body: file.body.toString() }).toEqual({
      body,
      filename,
      contentType: 'application/x-pem-file',
    });
  });

  test('writes the leaf as DER, as OpenSSL reads it', async () => {
    const { body, filename, contentType } = await exported(ec, { format: 'der', privateKey: null });
    expect([filename, contentType]).toEqual(['api.example.com.cer', 'application/pkix-cert']);
    expect(await openssl.run(['x509', '-inform', 'DER'], body)).toBe(ec.certificate);
  });

  test('writes an empty chain for a leaf alone', async () => {
    expect((await exported(ec, { format: 'chain', chain: ec.certificate })).body).toHaveLength(0);
  });

  test('refuses without the private key only the formats that need it', async () => {
    for (const format of ['pem', 'chain', 'fullchain'] as const) {
      expect((await exported(ec, { format, privateKey: null })).body.length).toBeGreaterThan(0);
    }
    for (const format of ['key', 'combined', 'pfx', 'zip'] as const) {
      const failure = await rejectionOf(exported(ec, { format, privateKey: null, password: PASSWORD }));
      expect(failure.code).toBe('KEY_NOT_HELD');
    }
  });
});

describe('PFX', () => {
  /** The encryption of the key, which is in the first bag of the first safe. */
  function keyEncryption(body: Uint8Array) {
    const [safe] = readSafes(readPfx(body)?.content ?? body) ?? [];
    const [bag] = readBags(safe !== undefined && 'plain' in safe ? safe.plain : body) ?? [];
    return bag?.kind === 'shrouded-key' ? bag.encrypted.pbe : null;
  }

  const kinds = [
    ['RSA', rsa, false],
    ['EC', ec, false],
    ['RSA, legacy', rsa, true],
    ['EC, legacy', ec, true],
  ] as const;

  test.each(kinds)('%s: OpenSSL reads key, certificates and name', async (_name, leaf, legacy) => {
    const { body, filename, contentType } = await exported(leaf, { password: PASSWORD, legacy });
    expect([filename, contentType]).toEqual(['api.example.com.pfx', 'application/x-pkcs12']);
    const file = await openssl.file(body);
    const read = (...args: readonly string[]) =>
      openssl.run(['pkcs12', '-in', file, '-passin', `pass:${PASSWORD}`, ...args]);
    expect(await read('-nodes', '-nocerts')).toContain(leaf.privateKey);
    expect(await read('-nokeys', '-clcerts')).toContain(leaf.certificate);
    const issuers = await read('-nokeys', '-cacerts');
    expect(issuers).toContain(intermediate.certificate);
    expect(issuers).toContain(root.certificate);
    expect(issuers).not.toContain(leaf.certificate);
    expect((await read('-nokeys')).match(/BEGIN CERTIFICATE/g), 'each one once').toHaveLength(3);
    expect(await read('-nodes')).toMatch(/friendlyName: api\.example\.com[\s\S]*localKeyID/);
    await expect(openssl.run(['pkcs12', '-in', file, '-passin', 'pass:wrong', '-nodes'])).rejects.toThrow();
  });

  test.each([
    ['without a password', undefined, false],
    ['with one', PASSWORD, false],
    ['legacy', '', true],
  ])(
    '%s without the key: OpenSSL reads the certificates and finds no key',
    async (_name, password, legacy) => {
      const request = { format: 'pfx-certs', privateKey: null, password, legacy } as const;
      const { body, filename } = await exported(ec, request);
      expect(filename).toBe('api.example.com.certificates.pfx');
      const given = ['-passin', `pass:${password ?? ''}`, '-nodes'];
      const read = await openssl.run(['pkcs12', '-in', await openssl.file(body), ...given]);
      for (const certificate of [ec.certificate, intermediate.certificate, root.certificate]) {
        expect(read).toContain(certificate);
      }
      expect(read.match(/BEGIN CERTIFICATE/g), 'each one once').toHaveLength(3);
      expect(read).toContain('friendlyName: api.example.com');
      // Java accepts only certificates with this attribute (export-java.exhaustive.ts).
      expect(
        read.match(
          /^ {4}(2\.16\.840\.1\.113894\.746875\.1\.1|oracle-jdk-trustedkeyusage|Trusted key usage \(Oracle\)): /gim,
        ),
      ).toHaveLength(3);
      expect(read).not.toContain('PRIVATE KEY');
      expect((await readPkcs12(body, password ?? '')).privateKey).toBe('');
    },
  );

  test.each(kinds)('%s: reads what Certdesk wrote', async (_name, leaf, legacy) => {
    const { body } = await exported(leaf, { password: PASSWORD, legacy });
    expect(await readPkcs12(body, PASSWORD)).toEqual({
      certificate: leaf.certificate + intermediate.certificate + root.certificate,
      privateKey: leaf.privateKey,
    });
  });

  test('writes modern PFX files in strict DER with AES-256, SHA-256 and 50,000 rounds, also over 1 KiB', async () => {
    const { body } = await exported(rsa, { password: PASSWORD });
    const file = await openssl.run(['asn1parse', '-inform', 'DER'], body);
    const safes = await openssl.run(['asn1parse', '-inform', 'DER', '-strparse', '26'], body);
    expect(file + safes).not.toContain('l=inf');
    expect(safes).toMatch(/PBKDF2[\s\S]*INTEGER\s+:C350[\s\S]*hmacWithSHA256[\s\S]*aes-256-cbc/);
    expect(file).toMatch(/:sha256[\s\S]*INTEGER\s+:C350\n$/);
    expect(keyEncryption(body)).toMatchObject({ scheme: 'PBES2 with aes-256-cbc', iterations: 50_000 });
    expect(readPfx(body)?.mac).toMatchObject({ digest: 'sha256', iterations: 50_000 });
  });

  test('writes legacy PFX files with 3DES and SHA-1 throughout', async () => {
    const { body } = await exported(ec, { password: PASSWORD, legacy: true });
    expect(keyEncryption(body)).toMatchObject({ scheme: 'PKCS#12 with des-ede3-cbc', iterations: 2048 });
    expect(readPfx(body)?.mac).toMatchObject({ digest: 'sha1', iterations: 2048 });
    expect(await openssl.run(['asn1parse', '-inform', 'DER', '-strparse', '26'], body)).toContain(
      '3-KeyTripleDES',
    );
  });

  test('creates new salts and IVs each time', async () => {
    const bodies = [await exported(ec, { password: PASSWORD }), await exported(ec, { password: PASSWORD })];
    const [a, b] = bodies.map(({ body }) => ({ key: keyEncryption(body), mac: readPfx(body)?.mac }));
    expect(a?.key?.salt).not.toEqual(b?.key?.salt);
    expect(a?.key?.iv).not.toEqual(b?.key?.iv);
    expect(a?.mac?.salt).not.toEqual(b?.mac?.salt);
  });

  test('accepts a password and a name that are not ASCII', async () => {
    const password = 'p\u00e4ssw\u00f6rd \u65e5\u672c';
    const { body } = await exported(ec, { password, friendlyName: 'B\u00fccher' });
    const file = await openssl.file(body);
    const text = await openssl.run(['pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes']);
    expect(text).toContain(ec.privateKey);
    expect(text).toMatch(/friendlyName: (00 42|B)/);
  });

  test.each([undefined, '', '1234567'])('refuses the password %j with INVALID_REQUEST', async (password) => {
    const failure = await rejectionOf(exported(ec, { password }));
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST', details: { issues: [{ field: 'password' }] } });
    expect(failure.message).not.toContain('1234567');
  });
});

describe('file names', () => {
  test.each([
    ['*.example.com', 'wildcard.example.com.pem'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example.pem'],
    ['../../etc/passwd', '_.._etc_passwd.pem'],
    ['a"b\r\nc', 'a_b_c.pem'],
    ['2001:db8::1', '2001_db8__1.pem'],
    ['', 'certificate.pem'],
    ['...', 'certificate.pem'],
  ])('turn %j into %s', async (friendlyName, filename) => {
    expect((await exported(ec, { format: 'pem', friendlyName })).filename).toBe(filename);
  });
});
