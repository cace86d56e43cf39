// The parsed facts of a certificate, compared with the output of `openssl x509`.
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { describeChain } from '../../../../src/main/engine/pki/verify-certificate.ts';
import { makeChain, VALIDITY } from '../../../support/engine/certificates.ts';
import { readLeafFacts } from '../../../support/engine/leaf-facts.ts';
import { createOpenSsl, type IssueOptions, type KeySpec } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const key = { pem: await openssl.makeKey('ec-256') };
const { root, intermediate, leaf } = await makeChain(openssl);

async function issue(options: Partial<IssueOptions>): Promise<string> {
  const issued = await openssl.issue({ subject: '/CN=api.example.com', key, ...VALIDITY, ...options });
  return issued.certificate;
}

/** `name=value` lines of `openssl x509`. */
async function ask(certificate: string, ...args: readonly string[]): Promise<string> {
  const line = await openssl.run(['x509', '-noout', ...args], certificate);
  return line.trim().replace(/^[^=]*=/, '');
}

describe('readLeafFacts', () => {
  test('reads dates, issuer and fingerprint as OpenSSL does', async () => {
    const facts = readLeafFacts(leaf.certificate);
    const iso = (text: string) => new Date(text).toISOString().replace('.000Z', 'Z');
    expect(facts.issuedAt).toBe(iso(await ask(leaf.certificate, '-startdate')));
    expect(facts.expiresAt).toBe(iso(await ask(leaf.certificate, '-enddate')));
    const fingerprint = await ask(leaf.certificate, '-fingerprint', '-sha256');
    expect(facts.fingerprint).toBe(fingerprint.replaceAll(':', ''));
    expect(await ask(leaf.certificate, '-issuer')).toBe('C = DE, O = Test Trust, CN = Test Intermediate');
    expect(facts).toMatchObject({
      names: ['api.example.com'],
      issuerName: 'Test Intermediate',
      issuerOrganization: 'Test Trust',
    });
  });

  test.each([
    ['7F01', '7F01'],
    ['8001', '008001'],
    ['87654321', '0087654321'], // the example of RFC 9773 section 4.1
    ['00FF', '00FF'],
    ['01', '01'],
    [`${'9'.repeat(38)}`, `00${'9'.repeat(38)}`],
  ])(
    'reads serial %s as %s: the content octets, with a leading 00 if the top bit is set',
    async (serial, expected) => {
      const certificate = await issue({ serial });
      expect(readLeafFacts(certificate).serial).toBe(expected);
      expect(BigInt(`0x${expected}`)).toBe(BigInt(`0x${await ask(certificate, '-serial')}`));
      const der = await openssl.run(['x509', '-outform', 'DER'], certificate);
      const integer = Buffer.from(
        `02${(expected.length / 2).toString(16).padStart(2, '0')}${expected}`,
        'hex',
      );
      expect(Buffer.from(der, 'latin1').includes(integer)).toBe(true);
    },
  );

  test('reads DNS and IP names of the SAN, lower case, once each, in order; no e-mail, no CN', async () => {
    const san = [
      'DNS:API.Example.com',
      'DNS:*.xn--bcher-kva.example',
      'email:admin@example.com',
      'IP:192.0.2.7',
      'IP:2001:db8:0:0:0:0:0:1',
      'URI:https://example.com',
      'DNS:api.example.com',
    ];
    expect(readLeafFacts(await issue({ san, subject: '/CN=other.example.com' })).names).toEqual([
      'api.example.com',
      '*.xn--bcher-kva.example',
      '192.0.2.7',
      '2001:db8::1',
    ]);
  });

  test('uses the CN if the SAN names no host, as an A-label if it is a host name', async () => {
    expect(readLeafFacts(await issue({})).names).toEqual(['api.example.com']);
    expect(readLeafFacts(await issue({ subject: '/CN=B\u00fccher.example' })).names).toEqual([
      'xn--bcher-kva.example',
    ]);
    expect(readLeafFacts(await issue({ subject: '/CN=My Server' })).names).toEqual(['my server']);
    expect(readLeafFacts(await issue({ san: ['email:a@example.com'] })).names).toEqual(['api.example.com']);
    expect(readLeafFacts(await issue({ subject: '/O=Example' })).names).toEqual([]);
  });

  test('escapes a dNSName that is not ASCII, so that it matches no domain', async () => {
    // the Kelvin sign becomes a plain k in lower case
    expect(readLeafFacts(await issue({ san: ['DNS:\u212aelvin.example'] })).names).toEqual([
      '\\226\\132\\170elvin.example',
    ]);
  });

  test.each([
    ['/CN=Only A Name', 'Only A Name', 'Only A Name'],
    ['/O=Only An Organization', 'Only An Organization', 'Only An Organization'],
    ['/C=DE/OU=Unit, the "first"', 'OU=Unit\\, the \\"first\\",C=DE', 'OU=Unit\\, the \\"first\\",C=DE'],
    ['/O=B\u00fccher GmbH/CN=\u65e5\u672c', '\u65e5\u672c', 'B\u00fccher GmbH'],
  ])('reads issuer %s', async (subject, issuerName, issuerOrganization) => {
    expect(readLeafFacts(await issue({ subject }))).toMatchObject({ issuerName, issuerOrganization });
  });

  test('reads the first of several certificates', () => {
    expect(readLeafFacts(leaf.certificate + root.certificate).names).toEqual(['api.example.com']);
  });

  test('reads a date after 2049, which is a GeneralizedTime', async () => {
    const certificate = await issue({ notAfter: new Date('2051-02-03T04:05:06Z') });
    expect(readLeafFacts(certificate).expiresAt).toBe('2051-02-03T04:05:06Z');
  });
});

describe('describeChain', () => {
  test('describes each certificate in the order of the text', () => {
    const described = describeChain(leaf.certificate + intermediate.certificate + root.certificate);
    expect(described).toMatchObject([
      {
        subject: 'CN=api.example.com',
        issuer: 'CN=Test Intermediate,O=Test Trust,C=DE',
        names: ['api.example.com'],
        issuedAt: '2026-05-22T12:00:00Z',
        keyType: 'ec',
        keySize: 256,
        signatureAlgorithm: 'ecdsa-with-SHA256',
        isCa: false,
      },
      {
        subject: 'CN=Test Intermediate,O=Test Trust,C=DE',
        issuer: 'CN=Test Root,O=Test Trust',
        names: [],
        isCa: true,
      },
      { subject: 'CN=Test Root,O=Test Trust', issuer: 'CN=Test Root,O=Test Trust', isCa: true },
    ]);
  });

  test.each<[KeySpec, string, number | null, string]>([
    ['rsa-2048', 'rsa', 2048, 'sha256WithRSAEncryption'],
    ['ec-384', 'ec', 384, 'ecdsa-with-SHA256'],
    ['ec-521', 'ec', 521, 'ecdsa-with-SHA256'],
    ['ed25519', 'ed25519', null, 'ED25519'],
  ])('describes %s', async (spec, keyType, keySize, signatureAlgorithm) => {
    const certificate = await issue({ key: spec });
    expect(describeChain(certificate)[0]).toMatchObject({ keyType, keySize, signatureAlgorithm });
    expect(await openssl.run(['x509', '-noout', '-text'], certificate)).toContain(signatureAlgorithm);
  });

  test('reads every public root as node:crypto does', () => {
    for (const pem of rootCertificates) {
      const [described] = describeChain(pem);
      const x509 = new X509Certificate(pem);
      expect(described?.fingerprint).toBe(x509.fingerprint256.replaceAll(':', ''));
      expect(BigInt(`0x${described?.serial}`)).toBe(BigInt(`0x${x509.serialNumber}`));
      expect(described?.signatureAlgorithm).not.toMatch(/^[\d.?]+$/);
      expect(described?.subject).toMatch(/(CN|O|OU)=[^#]/);
      expect(described?.isCa).toBe(true);
      expect(described?.keySize).toBeGreaterThan(255);
    }
  });
});
