// IP addresses in certificates: only an iPAddress of 4 or 16 octets stands for an address, as for clients.
import { afterAll, describe, expect, test } from 'vitest';
import { checkKeyPair, verifyIssued } from '../../../../src/main/engine/pki/verify-certificate.ts';
import { NOW, VALIDITY } from '../../../support/engine/certificates.ts';
import { failureOf } from '../../../support/engine/failure.ts';
import { readLeafFacts } from '../../../support/engine/leaf-facts.ts';
import { createOpenSsl } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl?.remove());

const issue = (san: readonly string[], subject = '/') => openssl.issue({ subject, san, ...VALIDITY });
/** A SAN extension with one iPAddress of these octets, which openssl itself would refuse. */
const ofOctets = (hex: string) => {
  const length = (hex.length / 2).toString(16).padStart(2, '0');
  const outer = (hex.length / 2 + 2).toString(16).padStart(2, '0');
  return openssl.issue({
    subject: '/CN=odd',
    extensions: [`2.5.29.17=DER:30${outer}87${length}${hex}`],
    ...VALIDITY,
  });
};
const check = (pair: { certificate: string; privateKey: string }, domain: string | null) =>
  checkKeyPair({ ...pair, domain, now: NOW });

describe('the names of a certificate', () => {
  test('have IP addresses in canonical form, each once', async () => {
    const san = [
      'IP:192.0.2.1',
      'IP:2001:0DB8:0:0::1',
      'DNS:a.example',
      'IP:2001:db8::1',
      'IP:::ffff:192.0.2.7',
    ];
    const { certificate } = await issue(san);
    expect(readLeafFacts(certificate).names).toEqual([
      '192.0.2.1',
      '2001:db8::1',
      'a.example',
      '::ffff:192.0.2.7',
    ]);
  });

  test('show what clients ignore: an address as a DNS name or in the common name', async () => {
    const { certificate } = await issue(['DNS:192.0.2.1', 'DNS:*.0.2.1', 'DNS:::1'], '/CN=192.0.2.9');
    expect(readLeafFacts(certificate).names).toEqual(['dns:192.0.2.1', 'dns:*.0.2.1', 'dns:::1']);
    const cnOnly = await issue([], '/CN=192.0.2.9');
    expect(readLeafFacts(cnOnly.certificate).names).toEqual(['cn:192.0.2.9']);
  });
});

describe('an upload for an IP address', () => {
  test('is accepted with the address as an iPAddress', async () => {
    const pair = await issue(['IP:192.0.2.1', 'IP:2001:db8::1']);
    expect(check(pair, '192.0.2.1').domain).toBe('192.0.2.1');
    expect(check(pair, '2001:db8::1').domain).toBe('2001:db8::1');
    expect(check(pair, null).domain).toBe('192.0.2.1');
  });

  test.each<readonly [string, readonly string[], string, RegExp]>([
    ['another address', ['IP:192.0.2.2'], '/', /^Certificate is not valid for domain 192\.0\.2\.1$/],
    ['a wildcard', ['DNS:*.0.2.1'], '/', /^Certificate is not valid for domain 192\.0\.2\.1$/],
    [
      'the mapped address',
      ['IP:::ffff:192.0.2.1'],
      '/',
      /^Certificate is not valid for domain 192\.0\.2\.1$/,
    ],
    ['a DNS name', ['DNS:192.0.2.1'], '/', /only as a DNS name, which clients ignore/],
    ['the common name', [], '/CN=192.0.2.1', /only in the common name, which clients ignore/],
  ])('is refused with %s instead', async (_what, san, subject, message) => {
    const pair = await issue(san, subject);
    const failure = failureOf(() => check(pair, '192.0.2.1'));
    expect(failure).toMatchObject({
      code: 'CERTIFICATE_DOMAIN_MISMATCH',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['c0000201ff', 'of 5 octets (c0000201ff):'],
    ['c0000200ffffff00', 'of 8 octets (c0000200ffffff00), probably a network with its mask:'],
    [`${'20010db8'.padEnd(32, '0')}${'f'.repeat(32)}`, 'of 32 octets'],
    ['', 'of 0 octets ():'],
  ])('is refused with an iPAddress %s', async (hex, text) => {
    const pair = await ofOctets(hex);
    const failure = failureOf(() => check(pair, null));
    expect(failure.code).toBe('CERTIFICATE_UNREADABLE');
    expect(failure.message).toContain(text);
  });
});

test('an issued certificate is accepted only with exactly the ordered addresses', async () => {
  const pair = await issue(['IP:2001:db8::1', 'IP:192.0.2.1']);
  const verify = (names: readonly string[]) =>
    verifyIssued({ chain: pair.certificate, privateKey: pair.privateKey, names, now: NOW });
  expect(verify(['192.0.2.1', '2001:db8::1']).names).toEqual(['2001:db8::1', '192.0.2.1']);
  expect(() => verify(['192.0.2.1'])).toThrow('its names differ');
  const asDns = await issue(['DNS:192.0.2.1']);
  const failure = failureOf(() =>
    verifyIssued({ chain: asDns.certificate, privateKey: asDns.privateKey, names: ['192.0.2.1'], now: NOW }),
  );
  expect(failure.details).toMatchObject({ check: 'names' });
});
