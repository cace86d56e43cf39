import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseWorse } from '../../../src/main/engine/renewal/renew-job.ts';
import { ObtainRequestSchema } from '../../../src/shared/certificate.ts';
import { CERTIFICATE } from '../../support/engine/records.ts';
import {
  createFaultyWorld,
  type FaultyWorld,
  refusal,
  type SessionFault,
} from '../../support/faults/faulty-ca/model.ts';

// CERTIFICATE is valid from January 1 to April 1, 90 days.
describe('a renewed certificate', () => {
  const issued = (from: string, to: string) => ({
    issuedAt: `${from}T00:00:00Z`,
    expiresAt: `${to}T00:00:00Z`,
  });

  it.each([
    ['90 days after 90', issued('2026-03-02', '2026-05-31')],
    ['45 days after 90, when the CA shortens them', issued('2026-03-02', '2026-04-16')],
    ['45 days in the first week of 90, before a mass revocation', issued('2026-01-05', '2026-02-19')],
    ['6 days that outlive it', issued('2026-03-30', '2026-04-05')],
  ])('is accepted: %s', (_, facts) => expect(() => refuseWorse(facts, CERTIFICATE)).not.toThrow());

  it('is refused if it expires before the current one and is far shorter', () => {
    const attempt = () => refuseWorse(issued('2026-03-02', '2026-03-08'), CERTIFICATE);
    expect(attempt).toThrow(expect.objectContaining({ code: 'ISSUED_CERTIFICATE_REJECTED' }));
  });

  it('is always accepted if the current one is revoked', () => {
    const revoked = { ...CERTIFICATE, revokedAt: '2026-03-01T00:00:00Z' };
    expect(() => refuseWorse(issued('2026-03-02', '2026-03-08'), revoked)).not.toThrow();
  });
});

describe('a renewal', () => {
  let faulty: FaultyWorld;
  beforeEach(async () => {
    faulty = await createFaultyWorld();
  });
  afterEach(() => faulty?.world.end());

  it('whose order exists at the CA fetches the issued certificate without a dry run', async () => {
    const id = await faulty.obtain('late.example');
    faulty.setFault((session) => ({
      // It issues, and sends no answer.
      async finalizeOrder(order, csr) {
        await session.finalizeOrder(order, csr);
        return { ...order, status: 'processing' };
      },
      getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'processing' }),
    }));
    for (const _ of [1, 2]) await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
    faulty.setFault(() => ({}));
    faulty.world.reachable = () => false; // a validation would fail
    await faulty.renew(id);
    expect(faulty.staging.counts.orders).toBe(0);
    expect(faulty.ca.counts.orders).toBe(2);
    expect(faulty.ca.entries.at(-1)?.downloads).toBe(1);
  });

  describe('whose order was finalized', () => {
    const call = { by: null, respondAsync: false, idempotencyKey: null };
    const stuck: SessionFault = (session) => ({
      getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'processing' }),
      finalizeOrder: async (order, csr) => ({
        ...(await session.finalizeOrder(order, csr)),
        status: 'processing',
      }),
    });

    it('uses no fallback CA, however often it fails, and follows the order', async () => {
      const id = await faulty.obtain('followed.example');
      await faulty.world.engine.settings.update({ renewals: { fallbackCa: 'zerossl' } });
      faulty.setFault(stuck);
      for (const _ of [1, 2, 3, 4])
        await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
      faulty.setFault(() => ({}));
      await faulty.renew(id);
      expect(faulty.ca.counts.orders).toBe(2);
      expect(faulty.ca.entries).toHaveLength(2);
    });

    it.each(['superseded', 'keyCompromise'] as const)(
      'follows the order to replace a revoked certificate (%s)',
      async (reason) => {
        const id = await faulty.obtain(`${reason.toLowerCase()}.example`);
        const revoke = () => faulty.world.engine.issuance.revoke(id, { reason, replace: true }, call);
        faulty.setFault(stuck);
        for (const _ of [1, 2]) await expect(revoke()).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
        faulty.setFault(() => ({}));
        await revoke();
        expect(faulty.ca.counts.orders).toBe(2);
        expect(faulty.ca.entries).toHaveLength(2);
        expect(faulty.ca.entries[0]?.revoked).not.toBeNull();
      },
    );

    it('follows the order with the account that created it, even if a user enters another e-mail address', async () => {
      const id = await faulty.obtain('person.example');
      faulty.setFault(stuck);
      await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
      faulty.setFault(() => ({}));
      const body = { challengeType: 'http-01', keyType: 'ec', email: 'other@person.example' };
      await faulty.world.engine.issuance.obtain(id, ObtainRequestSchema.parse(body), call);
      expect(faulty.ca.counts.orders).toBe(2);
    });
  });

  it('that has failed often and left no order starts with a dry run', async () => {
    const id = await faulty.obtain('lost.example');
    faulty.world.reachable = () => false;
    for (const _ of [1, 2, 3])
      await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'CHALLENGE_FAILED' });
    expect(faulty.staging.counts.orders).toBe(1);
    expect(faulty.ca.counts.orders).toBe(3);
  });

  describe('that says what it replaces', () => {
    /** Certificates of the same names that count against the CA's limit. */
    const counted = async () => {
      const rows = faulty.world.database.db.selectFrom('ca_usage').where('kind', '=', 'exact-set');
      return (await rows.selectAll().execute()).length;
    };
    const refusing: SessionFault = (session) => ({
      async createOrder(request) {
        if (request.replaces === undefined) return session.createOrder(request);
        throw refusal(409, 'alreadyReplaced', { detail: 'it was replaced already' });
      },
    });
    const stuck: SessionFault = (session) => ({
      getOrder: async (url) => ({ ...(await session.getOrder(url)), status: 'processing' }),
      finalizeOrder: async (order) => ({ ...order, status: 'processing' }),
    });
    let id: string;
    beforeEach(async () => {
      id = await faulty.obtain('kept.example');
      const first = faulty.ca.entries[0];
      if (first !== undefined) first.window = { start: first.from, end: first.to };
      await faulty.world.checkRenewals(); // fetches the window: from then on an order says what it replaces
      expect(await counted()).toBe(1);
    });

    it('counts as such if the CA’s window is still to come', async () => {
      const early = await faulty.obtain('early.example');
      await faulty.world.checkRenewals();
      await faulty.renew(early);
      expect(faulty.ca.entries.at(-1)?.replaces).toBe(faulty.ca.entries[1]?.certId);
      expect(await counted()).toBe(3);
    });

    it('counts against no limit', async () => {
      await faulty.renew(id);
      expect(faulty.ca.entries.at(-1)?.replaces).toBe(faulty.ca.entries[0]?.certId);
      expect(await counted()).toBe(1);
    });

    it('counts if the CA refuses that, and the order is created without it', async () => {
      faulty.setFault(refusing);
      await faulty.renew(id);
      expect(faulty.ca.entries.at(-1)?.replaces).toBeNull();
      expect(await counted()).toBe(2);
    });

    it('counts if the resumed order was created without it', async () => {
      faulty.setFault((session) => ({ ...stuck(session), ...refusing(session) }));
      await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
      faulty.setFault(() => ({}));
      await faulty.renew(id);
      expect(faulty.ca.entries.at(-1)?.replaces).toBeNull();
      expect(await counted()).toBe(2);
    });

    it('counts against no limit if the resumed order says so', async () => {
      faulty.setFault(stuck);
      await expect(faulty.renew(id)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
      faulty.setFault(() => ({}));
      await faulty.renew(id);
      expect(faulty.ca.counts.orders).toBe(2);
      expect(await counted()).toBe(1);
    });
  });
});
