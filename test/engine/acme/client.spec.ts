// The ACME client against a real Pebble: issuance, refusals, revocation.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAcmeClient } from '../../../src/main/engine/acme/client.ts';
import type { AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import { issue, makeKey, pollOrder, type TestKey } from '../../support/acme/issue.ts';
import { leafOf, type PebbleRig, split, startPebbleRig } from '../../support/acme/pebble-rig.ts';
import { failure } from '../../support/acme/rig.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';

describe('with a CA that behaves', () => {
  let rig: PebbleRig;
  let session: AcmeSession;
  beforeAll(async () => {
    rig = await startPebbleRig({
      domainBlocklist: ['blocked.example'],
      profiles: { default: 7_776_000, shortlived: 518_400 },
    });
    session = await rig.open();
  });
  afterAll(() => rig?.stop());
  const issueHere = (names: readonly string[], extra: { profile?: string; keyPem?: string } = {}) =>
    issue(session, rig.http01.proofs, { names, keyPem: makeKey(), profile: 'default', ...extra });

  it.each<TestKey>(['P-256', 'P-384', 'RSA-2048'])(
    'issues for a %s key and a list of names',
    async (type) => {
      const keyPem = makeKey(type);
      const names = ['a.example.com', 'b.example.com', 'xn--bcher-kva.example.com'];
      const { chain } = await issueHere(names, { keyPem });
      const leaf = leafOf(chain);
      expect(leaf.subjectAltName?.split(', ').sort()).toEqual(names.map((name) => `DNS:${name}`).sort());
      expect(leaf.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
      const [root] = await rig.pebble.issuerRoots();
      expect(
        split(chain)
          .at(-1)
          ?.verify(new X509Certificate(root ?? '').publicKey),
      ).toBe(true);
    },
  );

  it('keeps the chain as served: the leaf, then its issuer', async () => {
    const { chain } = await issueHere(['chain.example.com']);
    const [leaf, intermediate, ...more] = split(chain);
    expect(more).toEqual([]);
    expect(
      intermediate?.raw.equals(new X509Certificate((await rig.pebble.issuerIntermediates())[0] ?? '').raw),
    ).toBe(true);
    expect(intermediate !== undefined && leaf?.checkIssued(intermediate)).toBe(true);
  });

  it('sends the profile', async () => {
    const { chain } = await issueHere(['profile.example.com'], { profile: 'shortlived' });
    const leaf = leafOf(chain);
    const seconds = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 1000;
    expect(seconds).toBe(518_400 - 1);
    expect((await session.directory()).meta?.profiles).toHaveProperty('shortlived');
    await expect(
      session.createOrder({ names: ['profile.example.com'], profile: 'nope' }),
    ).rejects.toMatchObject({
      code: 'ACME_REJECTED',
      details: { problem: { type: 'urn:ietf:params:acme:error:invalidProfile', status: 400 } },
    });
  });

  it('needs few requests: it asks for no nonce and fetches no directory twice', async () => {
    await issueHere(['warm.example.com']);
    const before = rig.pebble.requests().length;
    await issueHere(['count.example.com']);
    const requests = rig.pebble.requests().slice(before);
    // newOrder, authorization, challenge, order until ready, finalize, order until valid, certificate; the number of
    // polls depends on the CA's speed
    expect(requests.filter((request) => !request.startsWith('POST /my-order/'))).toEqual([
      'POST /order-plz',
      'POST /authZ/',
      'POST /chalZ/',
      'POST /finalize-order/',
      'POST /certZ/',
    ]);
  });

  it('returns an existing account by its address', async () => {
    const accountKey = makeKey('RSA-2048');
    const first = await rig.session(accountKey).createAccount({ email: null });
    const second = await rig.session(accountKey).createAccount({ email: 'other@example.com' });
    expect(second).toEqual(first);
  });

  it('creates the key authorization of RFC 8555 section 8.1', async () => {
    const accountKey = makeKey('RSA-2048');
    const { n, e } = createPrivateKey(accountKey).export({ format: 'jwk' });
    const thumbprint = createHash('sha256').update(`{"e":"${e}","kty":"RSA","n":"${n}"}`).digest('base64url');
    expect(rig.session(accountKey).keyAuthorization('token')).toBe(`token.${thumbprint}`);
  });

  it("reports the CA's reason for a failed challenge", async () => {
    const order = await session.createOrder({ names: ['fails.example.com'], profile: 'default' });
    const [url = ''] = order.authorizations;
    const http01 = (await session.getAuthorization(url)).challenges.find(({ type }) => type === 'http-01');
    await session.completeChallenge(http01?.url ?? '');
    const failed = await pollOrder(session, order, ['pending']);
    expect(failed.status).toBe('invalid');
    const authorization = await session.getAuthorization(url);
    expect(authorization).toMatchObject({
      status: 'invalid',
      identifier: { type: 'dns', value: 'fails.example.com' },
    });
    const { error } = authorization.challenges.find(({ type }) => type === 'http-01') ?? {};
    expect(error).toMatchObject({ type: 'urn:ietf:params:acme:error:unauthorized', status: 403 });
    expect(error?.detail).toContain('404');
  });

  it('reports the whole problem document of a refusal', async () => {
    await expect(
      session.createOrder({ names: ['a.blocked.example'], profile: 'default' }),
    ).rejects.toMatchObject({
      code: 'ACME_REJECTED',
      details: {
        status: 400,
        problem: {
          type: 'urn:ietf:params:acme:error:rejectedIdentifier',
          subproblems: [{ identifier: { type: 'dns', value: 'a.blocked.example' } }],
        },
      },
    });
  });

  it('reports that the CA does not know an order', async () => {
    const url = new URL('/my-order/none', rig.pebble.directoryUrl).href;
    await expect(session.getOrder(url)).rejects.toMatchObject({
      code: 'ACME_REJECTED',
      details: { status: 404 },
    });
  });

  it('deactivates an authorization', async () => {
    const order = await session.createOrder({ names: ['unwanted.example.com'], profile: 'default' });
    const [url = ''] = order.authorizations;
    await session.deactivateAuthorization(url);
    expect((await session.getAuthorization(url)).status).toBe('deactivated');
  });

  it('returns both names of a wildcard and its apex', async () => {
    const order = await session.createOrder({
      names: ['*.wild.example.com', 'wild.example.com'],
      profile: 'default',
    });
    const authorizations = await Promise.all(
      order.authorizations.map((url) => session.getAuthorization(url)),
    );
    expect(authorizations.map(({ identifier, wildcard }) => [identifier?.value, wildcard])).toEqual(
      expect.arrayContaining([
        ['wild.example.com', true],
        ['wild.example.com', false],
      ]),
    );
  });

  it('revokes with the account key, even twice', async () => {
    const { chain } = await issueHere(['revoked.example.com']);
    const serial = leafOf(chain).serialNumber;
    expect(await rig.pebble.certificateStatus(serial)).toEqual({ status: 'Valid', reason: null });
    await session.revokeCertificate(chain, 4);
    expect(await rig.pebble.certificateStatus(serial)).toEqual({ status: 'Revoked', reason: 4 });
    await session.revokeCertificate(chain, 4);
  });

  it("revokes with the certificate's key, without its account", async () => {
    const keyPem = makeKey('P-384');
    const { chain } = await issueHere(['compromised.example.com'], { keyPem });
    const stranger = rig.session();
    await stranger.revokeCertificate(chain, 1, keyPem);
    const { serialNumber } = leafOf(chain);
    expect(await rig.pebble.certificateStatus(serialNumber)).toEqual({ status: 'Revoked', reason: 1 });
    await stranger.revokeCertificate(chain, 1, keyPem);
  });

  it('does not revoke with the key of another certificate', async () => {
    const { chain } = await issueHere(['kept.example.com']);
    await expect(rig.session().revokeCertificate(chain, 1, makeKey())).rejects.toMatchObject({
      code: 'ACME_REJECTED',
    });
    expect(await rig.pebble.certificateStatus(leafOf(chain).serialNumber)).toMatchObject({ status: 'Valid' });
  });

  it('says what to do if the CA is not trusted', async () => {
    const client = createAcmeClient({
      addressPolicy: LOOPBACK_POLICY,
      requestTimeoutMs: 20_000,
      userAgent: 'certdesk-tests/1',
    });
    const { directoryUrl } = rig.pebble;
    const { signal } = new AbortController();
    const untrusting = client.session({ directoryUrl, accountKey: makeKey(), accountUrl: null, signal });
    const error = await failure(untrusting.directory());
    await client.close();
    expect(error).toMatchObject({
      code: 'ACME_UNAVAILABLE',
      message: expect.stringContaining('--acme-ca-file'),
    });
  });
});
