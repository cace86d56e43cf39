// An issued certificate is accepted only if it is what was ordered.
import { afterAll, describe, expect, test } from 'vitest';
import { verifyIssued } from '../../../../src/main/engine/pki/verify-certificate.ts';
import { daysFromNow, makeChain, NOW, VALIDITY } from '../../../support/engine/certificates.ts';
import { failureOf } from '../../../support/engine/failure.ts';
import { readLeafFacts } from '../../../support/engine/leaf-facts.ts';
import { createOpenSsl, type IssueOptions } from '../../../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());

const { intermediate: ca, root } = await makeChain(openssl);
const rsa = { pem: await openssl.makeKey('rsa-2048') };
const ec = { pem: await openssl.makeKey('ec-256') };
const NAMES = ['api.example.com', '*.example.com', 'example.com'];
const SAN = NAMES.map((name) => `DNS:${name}`);

async function issue(options: Partial<IssueOptions> = {}): Promise<string> {
  const { certificate } = await openssl.issue({
    subject: '/',
    san: SAN,
    key: ec,
    ca,
    ...VALIDITY,
    ...options,
  });
  return certificate + ca.certificate;
}

function rejection(chain: string, privateKey = ec.pem, names: readonly string[] = NAMES) {
  const failure = failureOf(() => verifyIssued({ chain, privateKey, names, now: NOW }));
  expect(failure.code).toBe('ISSUED_CERTIFICATE_REJECTED');
  return failure.details;
}

describe('an issued certificate', () => {
  test.each([
    ['EC', ec],
    ['RSA', rsa],
  ])('%s is accepted with the facts of the leaf', async (_name, key) => {
    const chain = await issue({ key });
    const facts = verifyIssued({ chain, privateKey: key.pem, names: NAMES, now: NOW });
    expect(facts).toEqual(readLeafFacts(chain));
    expect(facts.names).toEqual(NAMES);
  });

  test('is accepted with names in another order and case', async () => {
    const chain = await issue({ san: SAN.toReversed().map((name) => name.toUpperCase()) });
    verifyIssued({ chain, privateKey: ec.pem, names: NAMES.map((name) => name.toUpperCase()), now: NOW });
  });

  test('is accepted from a CA whose clock is up to an hour ahead', async () => {
    const chain = await issue({ notBefore: new Date(NOW.getTime() + 3_599_000) });
    verifyIssued({ chain, privateKey: ec.pem, names: NAMES, now: NOW });
  });
});

describe('an issued certificate is rejected, with the failed check,', () => {
  test('for its chain: no PEM, or a damaged one', async () => {
    expect(rejection('<html>')).toMatchObject({ check: 'chain' });
    expect(rejection((await issue()).replace('MII', '!II'))).toMatchObject({ check: 'chain' });
  });

  test('for its key: of another order, or the leaf not first', async () => {
    expect(rejection(await issue({ key: rsa }))).toMatchObject({ check: 'key' });
    const [leaf = '', issuer = ''] = (await issue()).split(/(?<=END CERTIFICATE-----\n)/);
    expect(rejection(issuer + leaf)).toMatchObject({ check: 'key' });
  });

  test('for its names: one too few, one too many, another, or only a common name', async () => {
    for (const san of [
      SAN.slice(1),
      [...SAN, 'DNS:evil.example.net'],
      [...SAN, 'IP:192.0.2.1'],
      [...SAN.slice(1), 'DNS:x.org'],
    ]) {
      expect(rejection(await issue({ san }))).toMatchObject({ check: 'names', ordered: NAMES });
    }
    const cnOnly = await issue({ san: [], subject: '/CN=example.com' });
    expect(rejection(cnOnly, ec.pem, ['example.com'])).toMatchObject({ check: 'names', issued: [] });
  });

  test('for its validity: expired, not yet valid, or ending before it begins', async () => {
    const second = 1000;
    const spans = [
      { notBefore: daysFromNow(-90), notAfter: NOW },
      { notBefore: new Date(NOW.getTime() + 3_600_000 + second), notAfter: daysFromNow(90) },
      { notBefore: new Date(NOW.getTime() + 3000 * second), notAfter: new Date(NOW.getTime() + 10 * second) },
    ];
    for (const span of spans) {
      expect(rejection(await issue(span))).toMatchObject({
        check: 'validity',
        expiresAt: expect.any(String),
      });
    }
  });

  test('without the private key in any detail', async () => {
    const failure = failureOf(() =>
      verifyIssued({ chain: root.certificate, privateKey: ec.pem, names: NAMES, now: NOW }),
    );
    expect(JSON.stringify(failure.toBody())).not.toContain('PRIVATE');
  });
});
