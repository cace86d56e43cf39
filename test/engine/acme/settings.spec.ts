// The ACME client against Pebbles with other settings: bad nonces, external accounts, alternate chains.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import { endsAtMozillaRoot } from '../../../src/main/engine/pki/inspect/mozilla-roots.ts';
import { issue, makeKey } from '../../support/acme/issue.ts';
import { commonName, type PebbleRig, split, startPebbleRig } from '../../support/acme/pebble-rig.ts';
import { failure } from '../../support/acme/rig.ts';

describe('nonces', () => {
  it.each([
    { percent: 5, issuances: 5 },
    { percent: 50, issuances: 5 },
    { percent: 90, issuances: 1 },
  ])(
    'are refused $percent % of the time, and $issuances issuances succeed',
    async ({ percent, issuances }) => {
      const rig = await startPebbleRig({ nonceReject: percent });
      try {
        const session = await rig.open();
        for (let run = 0; run < issuances; run += 1) {
          const names = [`n${run}.example.com`];
          const { order } = await issue(session, rig.http01.proofs, { names, keyPem: makeKey() });
          expect(order.status).toBe('valid');
        }
      } finally {
        await rig.stop();
      }
    },
  );

  it('are shared by the sessions of a client, and used once', async () => {
    const rig = await startPebbleRig();
    try {
      const sessions = await Promise.all([rig.open(), rig.open(), rig.open()]);
      const names = (index: number) => [`s${index}.example.com`];
      await Promise.all(
        sessions.map((session, index) =>
          issue(session, rig.http01.proofs, { names: names(index), keyPem: makeKey() }),
        ),
      );
      const count = (request: string) => rig.pebble.requests().filter((served) => served === request).length;
      expect(count('HEAD /nonce-plz')).toBeLessThanOrEqual(3);
      // A nonce that was used twice would have caused an additional request.
      const once = [
        'POST /sign-me-up',
        'POST /order-plz',
        'POST /authZ/',
        'POST /chalZ/',
        'POST /finalize-order/',
      ];
      expect(once.map(count)).toEqual([3, 3, 3, 3, 3]);
    } finally {
      await rig.stop();
    }
  });
});

describe('external account binding', () => {
  const hmacKey = Buffer.alloc(48, 7).toString('base64url');
  let rig: PebbleRig;
  beforeAll(async () => {
    rig = await startPebbleRig({ eabKeys: { 'kid-1': hmacKey } });
  });
  afterAll(() => rig?.stop());

  it('is required before any request to the CA', async () => {
    await expect(rig.session().createAccount({ email: null })).rejects.toMatchObject({
      code: 'ACME_EAB_REQUIRED',
    });
    expect(rig.pebble.requests()).not.toContain('POST /sign-me-up');
  });

  it('with the right key creates an account that can issue', async () => {
    const session = rig.session();
    await session.createAccount({ email: null, eab: { kid: 'kid-1', hmacKey } });
    const { order } = await issue(session, rig.http01.proofs, {
      names: ['eab.example.com'],
      keyPem: makeKey(),
    });
    expect(order.status).toBe('valid');
  });

  it.each([
    ['a wrong key', { kid: 'kid-1', hmacKey: Buffer.alloc(48, 8).toString('base64url') }],
    ['an unknown key id', { kid: 'kid-2', hmacKey }],
  ])('with %s is refused, and the error holds no key', async (_what, eab) => {
    const error = await failure(rig.session().createAccount({ email: null, eab }));
    expect(error).toMatchObject({
      code: 'ACME_REJECTED',
      details: { problem: { status: expect.any(Number) } },
    });
    expect(JSON.stringify(error)).not.toContain(eab.hmacKey);
  });
});

describe('alternate chains', () => {
  let rig: PebbleRig;
  let session: AcmeSession;
  let roots: string[];
  beforeAll(async () => {
    rig = await startPebbleRig({ env: { PEBBLE_ALTERNATE_ROOTS: '2', PEBBLE_CHAIN_LENGTH: '3' } });
    session = await rig.open();
    roots = (await rig.pebble.issuerRoots()).map((pem) => commonName(new X509Certificate(pem).subject));
  });
  afterAll(() => rig?.stop());
  const topmost = (chain: string): string => commonName(split(chain).at(-1)?.issuer ?? '');

  it.each([0, 1, 2])('are chosen by root %i', async (index) => {
    const preferredChain = roots[index] ?? '';
    const { chain } = await issue(session, rig.http01.proofs, {
      names: ['alternate.example.com'],
      keyPem: makeKey(),
      preferredChain,
    });
    expect(topmost(chain)).toBe(preferredChain);
    expect(split(chain)).toHaveLength(4);
    const own = (await rig.pebble.issuerRoots()).map((pem) => new X509Certificate(pem));
    expect(own.map((root) => endsAtMozillaRoot(chain, [root]))).toEqual(own.map((_, at) => at === index));
    expect(endsAtMozillaRoot(chain)).toBe(false);
  });

  it('fall back to the default one if the requested one is not offered', async () => {
    const names = ['default.example.com'];
    const { chain } = await issue(session, rig.http01.proofs, {
      names,
      keyPem: makeKey(),
      preferredChain: 'No Root X9',
    });
    expect(topmost(chain)).toBe(roots[0]);
  });
});
