// What the ACME client sends, and how seldom: nonces, directory, orders, CSR.
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { createCsr } from '../../../src/main/engine/acme/client.ts';
import { fakeDirectory } from '../../support/acme/fake-ca.ts';
import { makeKey } from '../../support/acme/issue.ts';
import { ACME, failure, HTML, setUpAcmeRig } from '../../support/acme/rig.ts';

const rig = setUpAcmeRig();

describe('nonces', () => {
  it('come with every answer, errors included, and are used once', async () => {
    rig.answerInTurn('/order/1', [
      { status: 400, body: { type: `${ACME}malformed` } },
      { body: rig.order() },
    ]);
    const session = rig.open();
    await failure(session.getOrder(`${rig.ca.url}/order/1`));
    await session.getOrder(`${rig.ca.url}/order/1`);
    await rig.open().getOrder(`${rig.ca.url}/order/1`);
    expect(rig.ca.to('/new-nonce')).toHaveLength(1);
    expect(new Set(rig.nonces('/order/1')).size).toBe(3);
  });

  it('of a badNonce answer sign the retry, and are not used again', async () => {
    rig.answerInTurn('/order/1', [
      { status: 400, headers: { 'replay-nonce': 'fresh' }, body: { type: `${ACME}badNonce` } },
      { body: rig.order() },
    ]);
    const session = rig.open();
    await session.getOrder(`${rig.ca.url}/order/1`);
    // Two concurrent requests empty the pool, whatever its order.
    const again = () => session.getOrder(`${rig.ca.url}/order/1`);
    await Promise.all([again(), again()]);
    expect(rig.nonces('/order/1').filter((nonce) => nonce === 'fresh')).toHaveLength(1);
    expect(rig.nonces('/order/1')[1]).toBe('fresh');
  });

  it('that are never accepted end in an error', async () => {
    rig.answerInTurn('/order/1', [{ status: 400, body: { type: `${ACME}badNonce`, detail: 'again' } }]);
    const error = await failure(rig.open().getOrder(`${rig.ca.url}/order/1`));
    expect(error).toMatchObject({ code: 'ACME_PROTOCOL_ERROR', details: { problem: { detail: 'again' } } });
    expect(rig.ca.to('/order/1')).toHaveLength(201);
  });
});

describe('the directory', () => {
  it('is fetched once for concurrent callers, and cached', async () => {
    await Promise.all([rig.open().directory(), rig.open().directory(), rig.open().directory()]);
    await rig.open().directory();
    expect(rig.ca.to('/directory')).toHaveLength(1);
  });

  it('is fetched again after a failure', async () => {
    rig.answerInTurn('/directory', [{ body: HTML }, { body: fakeDirectory(rig.ca.url) }]);
    await failure(rig.open().directory());
    expect((await rig.open().directory()).newOrder).toBe(`${rig.ca.url}/new-order`);
  });

  it('is fetched again after the CA was unavailable', async () => {
    rig.answerInTurn('/new-order', [{ status: 500 }]);
    await failure(rig.open().createOrder({ names: ['example.com'] }));
    await rig.open().directory();
    expect(rig.ca.to('/directory')).toHaveLength(2);
  });

  it('prevents requests without an external account if it requires one', async () => {
    rig.answerInTurn('/directory', [
      { body: { ...fakeDirectory(rig.ca.url), meta: { externalAccountRequired: true } } },
    ]);
    expect((await failure(rig.open().createAccount({ email: null }))).code).toBe('ACME_EAB_REQUIRED');
    expect(rig.ca.to('/new-account')).toEqual([]);
  });

  it('is read despite invalid values in optional members', async () => {
    const odd = { ...fakeDirectory(rig.ca.url), renewalInfo: 7, meta: { profiles: ['a'], website: null } };
    rig.answerInTurn('/directory', [{ body: odd }]);
    expect((await rig.open().directory()).renewalInfo).toBeUndefined();
  });
});

describe('a request', () => {
  it('names the program, and the account by its address', async () => {
    rig.ca.on('/order/1', () => ({ body: rig.order() }));
    await rig.open().getOrder(`${rig.ca.url}/order/1`);
    expect(rig.ca.requests.every(({ headers }) => headers['user-agent'] === 'certdesk-tests/1')).toBe(true);
    const [request] = rig.ca.to('/order/1');
    expect(request?.headers['content-type']).toBe('application/jose+json');
    expect(request?.jws?.header).toMatchObject({
      kid: `${rig.ca.url}/account/1`,
      url: `${rig.ca.url}/order/1`,
    });
    expect(request?.jws?.payload).toBeNull();
  });

  it('has profile and replaces of an order, and the contact of an account', async () => {
    rig.answerInTurn('/new-order', [
      { status: 201, headers: { location: `${rig.ca.url}/order/1` }, body: rig.order() },
    ]);
    await rig.open().createAccount({ email: 'admin@example.com' });
    await rig.open().createOrder({
      names: ['example.com', '*.example.com'],
      profile: 'shortlived',
      replaces: 'AAAA.BBBB',
    });
    expect(rig.ca.to('/new-account')[0]?.jws?.payload).toEqual({
      termsOfServiceAgreed: true,
      contact: ['mailto:admin@example.com'],
    });
    expect(rig.ca.to('/new-order')[0]?.jws?.payload).toEqual({
      identifiers: [
        { type: 'dns', value: 'example.com' },
        { type: 'dns', value: '*.example.com' },
      ],
      profile: 'shortlived',
      replaces: 'AAAA.BBBB',
    });
  });
});

describe('createCsr', () => {
  it.each([
    [
      'RSA in PKCS#1',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
          type: 'pkcs1',
          format: 'pem',
        }),
    ],
    [
      'P-256 in SEC 1',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
    ],
    ['P-384 in PKCS#8', () => makeKey('P-384')],
  ])('has all names and no common name for a key of %s', async (_what, make) => {
    const names = ['b.example.com', '*.example.com', 'a.example.com'];
    const keyPem = make().toString();
    const csr = await createCsr(names, keyPem);
    const openssl = (...args: string[]) =>
      execFileSync(toolPath('CERTDESK_TEST_OPENSSL'), ['req', '-noout', ...args], {
        input: csr,
        stdio: 'pipe',
      });
    openssl('-verify'); // throws if the signature is wrong
    const text = openssl('-text', '-subject').toString();
    expect(text).toContain('DNS:b.example.com, DNS:*.example.com, DNS:a.example.com');
    expect(text).toMatch(/^subject=\s*$/m);
    const publicKey = createPublicKey(keyPem).export({ type: 'spki', format: 'pem' });
    expect(openssl('-pubkey').toString()).toBe(publicKey);
  });
});

describe("the CA's clock", () => {
  it('is taken from its last answer', async () => {
    rig.answerInTurn('/order/1', [
      { body: rig.order(), headers: { date: 'Tue, 01 Sep 2026 12:00:00 GMT' } },
      { body: rig.order(), headers: { date: 'nonsense' } },
    ]);
    const session = rig.open();
    expect(session.time()).toBeNull();
    await session.getOrder(`${rig.ca.url}/order/1`);
    expect(session.time()).toEqual(new Date('2026-09-01T12:00:00Z'));
    await session.getOrder(`${rig.ca.url}/order/1`);
    expect(session.time()).toBeNull();
  });
});
