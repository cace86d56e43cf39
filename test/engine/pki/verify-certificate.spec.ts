// Uploads: which ones are accepted, and with which warnings.
import { afterAll, describe, expect, test } from 'vitest';
import { daysFromNow, VALIDITY } from '../../support/engine/certificates.ts';
import { readLeafFacts } from '../../support/engine/leaf-facts.ts';
import { createUploads, DOMAIN, SAN } from '../../support/engine/uploads.ts';
import { createOpenSsl, type KeySpec } from '../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { root, intermediate, leaf, fullChain, issue, check, warnings } = await createUploads(openssl);

describe('an accepted upload', () => {
  test('has the chain in order with LF, the key as PKCS#8, the facts, and no warning', async () => {
    const file = await openssl.file(leaf.privateKey);
    const result = check({
      certificate: (intermediate.certificate + leaf.certificate).replaceAll('\n', '\r\n'),
      privateKey: await openssl.run(['ec', '-in', file]),
    });
    expect(result).toEqual({
      chain: fullChain,
      privateKey: leaf.privateKey,
      leaf: readLeafFacts(leaf.certificate),
      domain: DOMAIN,
      warnings: [{ code: 'CHAIN_OUT_OF_ORDER', message: expect.any(String) }],
    });
    expect(check()).toMatchObject({ chain: fullChain, warnings: [] });
  });

  test.each<KeySpec>(['rsa-2048', 'rsa-4096', 'ec-256', 'ec-384'])('%s', async (spec) => {
    const pair = await openssl.issue({
      subject: '/',
      san: SAN,
      key: spec,
      ca: intermediate,
      ...VALIDITY,
    });
    const result = check({
      certificate: pair.certificate + intermediate.certificate,
      privateKey: pair.privateKey,
    });
    expect(result).toMatchObject({ privateKey: pair.privateKey, domain: DOMAIN, warnings: [] });
  });

  test('may have an encrypted key with its passphrase', async () => {
    const encrypted = await openssl.run(['pkcs8', '-topk8', '-passout', 'pass:secret'], leaf.privateKey);
    expect(check({ privateKey: encrypted, passphrase: 'secret' }).privateKey).toBe(leaf.privateKey);
  });

  test('may have both fields with the same text of certificates and key', () => {
    const bundle = leaf.privateKey + fullChain;
    expect(check({ certificate: bundle, privateKey: bundle })).toMatchObject({
      chain: fullChain,
      warnings: [],
    });
  });

  test.each([
    ['a wildcard', ['DNS:*.example.com'], DOMAIN],
    ['the wildcard itself', ['DNS:*.example.com'], '*.example.com'],
    ['IDNA', ['DNS:xn--bcher-kva.example'], 'xn--bcher-kva.example'],
    ['other case', ['DNS:API.EXAMPLE.COM'], DOMAIN],
  ])('%s', async (_name, san, domain) => {
    expect(check({ certificate: await issue({ san }), domain })).toMatchObject({ domain, warnings: [] });
  });

  test("without a project's domain has its first name, and no warning about other names", async () => {
    const certificate = await issue({ san: ['DNS:b.example.org', 'DNS:a.example.org', 'IP:192.0.2.1'] });
    expect(check({ certificate, domain: null })).toMatchObject({ domain: 'b.example.org', warnings: [] });
  });
});

describe('a warning is given', () => {
  test.each([
    [31, []],
    [30, ['EXPIRES_SOON: The certificate expires in 30 days, on 2026-07-01T12:00:00Z.']],
    [1, ['EXPIRES_SOON: The certificate expires in 1 day, on 2026-06-02T12:00:00Z.']],
    [0.5, ['EXPIRES_SOON: The certificate expires within a day, on 2026-06-02T00:00:00Z.']],
  ])('at %d days left', async (days, expected) => {
    expect(warnings({ certificate: await issue({ notAfter: daysFromNow(days) }) })).toEqual(expected);
  });

  test('for a self-signed certificate', async () => {
    const pair = await openssl.issue({ subject: '/CN=x', san: SAN, ...VALIDITY });
    expect(warnings(pair)).toEqual([expect.stringMatching(/^SELF_SIGNED: /)]);
  });

  test('if the issuer is missing, is only named, or has expired', async () => {
    expect(warnings({ certificate: leaf.certificate })).toEqual([
      'CHAIN_INCOMPLETE: Intermediate "Test Intermediate" is missing. Add it, or some clients will reject the certificate.',
    ]);
    const subject = '/C=DE/O=Test Trust/CN=Test Intermediate';
    const span = { notBefore: daysFromNow(-400), notAfter: daysFromNow(-1) };
    const old = await openssl.createCa({ subject, ca: root, key: { pem: intermediate.privateKey }, ...span });
    expect(warnings({ certificate: leaf.certificate + old.certificate })).toEqual([
      expect.stringMatching(/^CHAIN_INCOMPLETE: .*"Test Intermediate" expired on 2026-05-31T12:00:00Z/),
    ]);
  });

  test('with the names of certificates that are not in the chain', async () => {
    const other = await openssl.createCa({ subject: '/CN=Stranger', ...VALIDITY });
    expect(check({ certificate: fullChain + other.certificate })).toMatchObject({
      chain: fullChain,
      warnings: [{ code: 'CHAIN_OUT_OF_ORDER', message: expect.stringContaining('ignored: "Stranger"') }],
    });
  });

  test("for names other than the project's, its wildcard's and its altNames", async () => {
    const san = [DOMAIN, '*.example.com', 'www.example.net', 'example.org', '192.0.2.1'];
    const certificate = await issue({
      san: san.map((name) => (/\d$/.test(name) ? `IP:${name}` : `DNS:${name}`)),
    });
    expect(warnings({ certificate, altNames: ['www.example.net'] })).toEqual([
      'OTHER_NAMES: The certificate also contains example.org, 192.0.2.1, which the project does not.',
    ]);
    const many = Array.from({ length: 12 }, (_, index) => `DNS:n${index}.example.org`);
    expect(warnings({ certificate: await issue({ san: [`DNS:${DOMAIN}`, ...many] }) })).toEqual([
      expect.stringMatching(/n9\.example\.org and 2 more, which/),
    ]);
  });

  test("but not for a name that the project's wildcard covers", async () => {
    const certificate = await issue({ san: ['DNS:*.example.com', 'DNS:www.example.com', 'DNS:example.com'] });
    expect(warnings({ certificate, domain: '*.example.com' })).toEqual([
      'OTHER_NAMES: The certificate also contains example.com, which the project does not.',
    ]);
  });

  test.each([
    ['clientAuth', ['NOT_FOR_SERVERS']],
    ['emailProtection,codeSigning', ['NOT_FOR_SERVERS']],
    ['serverAuth,clientAuth', []],
    ['anyExtendedKeyUsage', []],
  ])('for an extended key usage of %s: %j', async (usage, codes) => {
    const certificate = await issue({ extensions: [`extendedKeyUsage=${usage}`] });
    expect(warnings({ certificate }).map((warning) => warning.split(':')[0])).toEqual(codes);
  });

  test('for a common name alone if there is no domain', async () => {
    const certificate = await issue({ san: [], subject: `/CN=${DOMAIN}` });
    expect(check({ certificate, domain: null }).domain).toBe(DOMAIN);
    expect(warnings({ certificate, domain: null })).toEqual([expect.stringContaining('only a common name')]);
  });
});
