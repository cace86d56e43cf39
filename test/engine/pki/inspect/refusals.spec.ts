// Uploads: which ones are refused, with which message, and which reason comes first.
import { afterAll, describe, expect, test } from 'vitest';
import { daysFromNow, NOW, VALIDITY } from '../../../support/engine/certificates.ts';
import { readLeafFacts } from '../../../support/engine/leaf-facts.ts';
import { createUploads, DOMAIN, SAN } from '../../../support/engine/uploads.ts';
import { createOpenSsl, type KeySpec } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf, issue, check, refusal, warnings } = await createUploads(openssl);

describe('an upload is refused', () => {
  test('with another key, of the same type or another', async () => {
    for (const spec of ['ec-256', 'rsa-2048'] as const) {
      const failure = refusal({ privateKey: await openssl.makeKey(spec) });
      expect(failure).toMatchObject({
        code: 'KEY_MISMATCH',
        message: 'Certificate and private key do not match',
      });
      expect(failure.details).toMatchObject({ certificateKeys: ['EC prime256v1', 'EC prime256v1'] });
    }
  });

  test('with a mismatch of two types, which does not affect the next call', async () => {
    const pair = await openssl.issue({
      subject: '/',
      san: SAN,
      key: 'rsa-2048',
      ca: intermediate,
      ...VALIDITY,
    });
    const foreign = await openssl.makeKey('ed25519');
    expect(refusal({ certificate: pair.certificate, privateKey: foreign }).code).toBe('KEY_MISMATCH');
    expect(check(pair).domain).toBe(DOMAIN);
  });

  test('with a key file that has our public half beside another private one', async () => {
    const der = (pem: string) => Buffer.from(pem.replaceAll(/-----.*-----|\n/g, ''), 'base64');
    const [ours, theirs] = [der(leaf.privateKey), der(await openssl.makeKey('ec-256'))];
    // 36 octets of wrapping, 32 of the private number, then the public point (RFC 5915)
    const parts = [ours.subarray(0, 36), theirs.subarray(36, 68), ours.subarray(68)];
    const mixed = Buffer.concat(parts).toString('base64');
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${mixed}\n-----END PRIVATE KEY-----\n`;
    expect(refusal({ privateKey }).code).toBe('KEY_MISMATCH');
  });

  test('with only the key of the issuer', () => {
    // with the issuer's certificate the pair matches, but it is no certificate for the domain
    expect(refusal({ privateKey: intermediate.privateKey }).code).toBe('CERTIFICATE_DOMAIN_MISMATCH');
    expect(refusal({ certificate: leaf.certificate, privateKey: root.privateKey }).code).toBe('KEY_MISMATCH');
  });

  test.each<readonly [KeySpec, RegExp]>([
    ['rsa-1024', /^The key of the certificate is too weak: RSA 1024 bits; at least 2048 required\.$/],
    ['ec-224', /EC secp224r1/],
    ['ec-secp256k1', /EC secp256k1/],
    ['ed25519', /do not accept \(ed25519\): use RSA or EC/],
  ])('with %s', async (spec, message) => {
    const pair = await openssl.issue({
      subject: '/',
      san: SAN,
      key: spec,
      ca: intermediate,
      ...VALIDITY,
    });
    expect(refusal(pair)).toMatchObject({ code: 'WEAK_KEY', message: expect.stringMatching(message) });
  });

  test("with a weak key in an intermediate's certificate, but not in a root's", async () => {
    const weak = await openssl.createCa({ subject: '/CN=Weak', key: 'rsa-1024', ca: root, ...VALIDITY });
    const certificate = await issue({ ca: weak });
    expect(refusal({ certificate })).toMatchObject({
      code: 'WEAK_KEY',
      message: expect.stringContaining(`The key of the issuer's certificate "Weak"`),
    });
    const weakRoot = await openssl.createCa({ subject: '/CN=Weak Root', key: 'rsa-1024', ...VALIDITY });
    const direct = await issue({ ca: weakRoot });
    expect(warnings({ certificate: direct })).toEqual([]);
  });

  test.each(['sha1', 'md5'])('with a leaf signed with %s', async (digest) => {
    const rsa = await openssl.createCa({ subject: '/CN=RSA CA', key: 'rsa-2048', ca: root, ...VALIDITY });
    const pair = await openssl.issue({ subject: '/', san: SAN, ca: rsa, digest, ...VALIDITY });
    expect(refusal(pair)).toMatchObject({
      code: 'WEAK_SIGNATURE',
      message: expect.stringContaining(`The certificate is signed with ${digest}WithRSAEncryption`),
    });
  });

  test('with a self-signed leaf or an intermediate signed with SHA-1, but not a root', async () => {
    const self = await openssl.issue({ subject: '/', san: SAN, digest: 'sha1', ...VALIDITY });
    expect(refusal(self).code).toBe('WEAK_SIGNATURE');
    const old = await openssl.createCa({ subject: '/CN=Old', ca: root, digest: 'sha1', ...VALIDITY });
    const byOld = await issue({ ca: old });
    expect(refusal({ certificate: byOld })).toMatchObject({
      code: 'WEAK_SIGNATURE',
      message: expect.stringContaining(`The issuer's certificate "Old" is signed with ecdsa-with-SHA1`),
    });
    const oldRoot = await openssl.createCa({ subject: '/CN=Old Root', digest: 'sha1', ...VALIDITY });
    const direct = await issue({ ca: oldRoot });
    expect(warnings({ certificate: direct })).toEqual([]);
  });

  test('if expired, with the day and how long ago', async () => {
    const ended = (days: number) => issue({ notBefore: daysFromNow(-90), notAfter: daysFromNow(days) });
    expect(refusal({ certificate: await ended(-3) })).toMatchObject({
      code: 'CERTIFICATE_EXPIRED',
      message: 'The certificate expired on 2026-05-29T12:00:00Z (3 days ago). Get a new one from its CA.',
      details: { expiresAt: '2026-05-29T12:00:00Z' },
    });
    expect(refusal({ certificate: await ended(-1 / 86_400) }).message).toContain('less than a day ago');
    expect(check({ certificate: await ended(0) }).warnings).toHaveLength(1); // notAfter itself is still valid
  });

  test('if not yet valid, with both times', async () => {
    const certificate = await issue({ notBefore: daysFromNow(1) });
    expect(refusal({ certificate })).toMatchObject({
      code: 'CERTIFICATE_NOT_YET_VALID',
      message: expect.stringMatching(/before 2026-06-02T12:00:00Z\. The time here is 2026-06-01T12:00:00Z:/),
    });
    expect(check({ certificate: await issue({ notBefore: NOW }) }).warnings).toEqual([]);
  });

  test.each([
    ['another name', ['DNS:www.example.com'], DOMAIN],
    ['the apex by a wildcard', ['DNS:*.example.com'], 'example.com'],
    ['two labels by a wildcard', ['DNS:*.example.com'], 'a.b.example.com'],
    ['a wildcard by one name', ['DNS:api.example.com'], '*.example.com'],
    ['an address in the place of a name', ['IP:192.0.2.1'], '192.0.2.1.example'],
    ['another suffix', ['DNS:api.example.com.evil.net'], DOMAIN],
    ['nothing but an e-mail address', ['email:a@example.com'], DOMAIN],
  ])('for its domain: %s', async (_name, san, domain) => {
    const certificate = await issue({ san, subject: '/CN=www.example.net' });
    expect(refusal({ certificate, domain })).toMatchObject({
      code: 'CERTIFICATE_DOMAIN_MISMATCH',
      message: `Certificate is not valid for domain ${domain}`,
      details: { domain, names: readLeafFacts(certificate).names },
    });
  });

  test('for a domain that is only the common name, which clients ignore', async () => {
    const certificate = await issue({ san: [], subject: `/CN=${DOMAIN}` });
    expect(refusal({ certificate })).toMatchObject({
      code: 'CERTIFICATE_DOMAIN_MISMATCH',
      message: expect.stringMatching(/^Certificate is not valid for domain api\.example\.com: .*common name/),
      details: { domain: DOMAIN, names: [DOMAIN] },
    });
  });

  test('without any name', async () => {
    const certificate = await issue({ san: [], subject: '/O=Example' });
    expect(refusal({ certificate, domain: null }).message).toBe('The certificate contains no host name.');
  });

  test('with the first reason in the documented order', async () => {
    const rsa = await openssl.createCa({ subject: '/CN=RSA CA', key: 'rsa-2048', ca: root, ...VALIDITY });
    const old = { notBefore: daysFromNow(-20), notAfter: daysFromNow(-10) };
    const sane = { subject: '/', san: ['DNS:other.example'], ca: rsa };
    const expired = await openssl.issue({ ...sane, ...old });
    const sha1 = await openssl.issue({ ...sane, ...old, digest: 'sha1' });
    const weak = await openssl.issue({ ...sane, ...old, digest: 'sha1', key: 'rsa-1024' });
    const encrypted = await openssl.run(['pkcs8', '-topk8', '-passout', 'pass:secret'], weak.privateKey);
    expect(refusal({ ...weak, certificate: 'x', privateKey: 'x' }).code).toBe('CERTIFICATE_UNREADABLE');
    expect(refusal({ ...weak, privateKey: 'x' }).code).toBe('KEY_UNREADABLE');
    expect(refusal({ ...weak, privateKey: encrypted }).code).toBe('PASSPHRASE_REQUIRED');
    expect(refusal({ ...weak, privateKey: encrypted, passphrase: 'x' }).code).toBe('PASSPHRASE_WRONG');
    expect(refusal({ ...weak, privateKey: sha1.privateKey }).code).toBe('KEY_MISMATCH');
    expect(refusal(weak).code).toBe('WEAK_KEY');
    expect(refusal(sha1).code).toBe('WEAK_SIGNATURE');
    expect(refusal(expired).code).toBe('CERTIFICATE_EXPIRED');
  });

  test('with certificate and key swapped', () => {
    expect(refusal({ certificate: leaf.privateKey, privateKey: leaf.certificate })).toMatchObject({
      code: 'CERTIFICATE_UNREADABLE',
      message: expect.stringContaining('it contains a private key'),
    });
  });
});
