// The renewal check within the CA's rate limits.
import { describe, expect, it } from 'vitest';
import { assessCertificate } from '../../../src/main/engine/overview/attention.ts';
import { createBudget } from '../../../src/main/engine/rate-limits/budget.ts';
import { exactSet } from '../../../src/main/engine/rate-limits/usage.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { CERTIFICATE, SPEC } from '../../support/engine/records.ts';
import { BEGIN, HOUR_MS, LETS_ENCRYPT, useSweep } from '../../support/engine/sweep-rig.ts';

const rig = useSweep();
const { clock, hours, add, runSweep } = rig;

/** The time `n` hours after the start of the test. */
const hours0 = (n: number) => toTimestamp(new Date(Date.parse(BEGIN) + n * HOUR_MS));

describe("the CA's limits", () => {
  const use = (kind: 'order' | 'exact-set' | 'failed-authorization', subject: string, times: string[]) =>
    rig.database.stores.caUsage.note(times.map((at) => ({ at, directoryUrl: LETS_ENCRYPT, kind, subject })));
  const renewalOf = async (id: string) => (await rig.database.stores.certificates.get(`c-${id}`))?.renewal;

  it('defer a renewal until there is room, once, with the limit named', async () => {
    await add('one');
    // 5 in 7 days, one of them in reserve.
    await use('exact-set', exactSet(['one.example.com']), [hours(-100), hours(-60), hours(-40), hours(-1)]);
    expect((await runSweep()).begun).toBe(0);
    expect(await renewalOf('one')).toMatchObject({ nextAttemptAt: hours(68), failures: 0 });
    expect((await renewalOf('one'))?.deferralReason).toContain(
      '5 certificates of the same names in 168 hours',
    );
    await runSweep();
    const events = await rig.database.stores.events.list({ limit: 10 });
    expect(events.filter(({ kind }) => kind === 'certificate.renewal-deferred')).toHaveLength(1);
    rig.now = new Date(rig.now.getTime() + 68 * HOUR_MS);
    expect((await runSweep()).begun).toBe(1);
  });

  describe('with four of five certificates of the same names used', () => {
    const sixDays = { issuedAt: hours0(-73), expiresAt: hours0(71) };
    const used = [-73, -72, -71, -70].map(hours0);

    it('use the reserve once the wait would outlast the certificate', async () => {
      await add('one', sixDays);
      await use('exact-set', exactSet(['one.example.com']), used);
      expect((await runSweep()).begun).toBe(1);
    });

    it('keep the reserve if there is time to wait', async () => {
      await add('one');
      await use('exact-set', exactSet(['one.example.com']), used);
      expect((await runSweep()).begun).toBe(0);
      expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(95));
    });

    it('stop at the fifth one, and then a notification is sent', async () => {
      await add('one', sixDays);
      await use('exact-set', exactSet(['one.example.com']), [...used, hours0(-1)]);
      expect((await runSweep()).begun).toBe(0);
      expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(95));
      rig.now = new Date(rig.now.getTime() + 30 * HOUR_MS);
      const at = { now: hours(0), soon: hours(30 * 24) };
      const [listed] = await rig.database.stores.overview.candidates(null, at);
      expect(listed && assessCertificate(listed, rig.now, false)).toEqual({
        kind: 'unattended',
        severity: 'warning',
      });
    });
  });

  it('on failed validations apply even to an order that replaces in time, limits on orders to a late one only', async () => {
    const ari = {
      window: { start: '2026-03-01T00:00:00Z', end: hours(1) },
      renewAt: '2026-03-02T00:00:00Z',
      explanationUrl: null,
      checkedAt: '2026-03-09T00:00:00Z',
      checkAt: '2026-04-09T00:00:00Z',
      failures: 0,
      error: null,
    };
    await add('one', { renewal: { ...CERTIFICATE.renewal, ari } });
    await add('two', { renewal: { ...CERTIFICATE.renewal, ari } });
    const window = { ...ari.window, end: hours(0) };
    await add('late', { renewal: { ...CERTIFICATE.renewal, ari: { ...ari, window } } });
    for (const name of ['two', 'late']) {
      const set = exactSet([`${name}.example.com`]);
      await use('exact-set', set, [hours(-4), hours(-3), hours(-2), hours(-1), hours(-1)]);
    }
    await use('failed-authorization', 'one.example.com', [-0.9, -0.8, -0.7, -0.6].map(hours));
    await runSweep();
    expect(rig.begun).toEqual(['two']); // it says what it replaces: limits on orders do not apply to it
    expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(0.1));
    expect((await renewalOf('late'))?.deferralReason).toContain('5 certificates of the same names');
  });

  it('on orders of an account defer a renewal before the last 60 of 300 in 3 hours are used', async () => {
    const account = { id: 'a', directoryUrl: LETS_ENCRYPT, email: null, url: 'https://ca.example/acct/1' };
    const record = { ...account, keySealed: new Uint8Array(), createdAt: hours(0) };
    await rig.database.stores.accounts.create(record);
    await use(
      'order',
      'a',
      Array.from({ length: 239 }, () => hours(-1)),
    );
    const other = { accountId: 'a', names: ['another.example.com'] }; // its names have changed, so it counts as a new order
    await add('last', other);
    await add('over', { ...other, expiresAt: '2026-04-02T00:00:00Z' });
    await runSweep();
    expect(rig.begun).toHaveLength(2);
    await use('order', 'a', [hours(0)]);
    await add('beyond', other);
    await runSweep();
    expect(rig.begun).toHaveLength(2);
    await add('same', { accountId: 'a' });
    await runSweep();
    expect(rig.begun).toEqual(['last', 'over', 'same']);
    expect((await renewalOf('beyond'))?.nextAttemptAt).toBe(hours(2));
  });

  it('do not apply to a CA that publishes none', async () => {
    await add('one', {
      spec: { ...SPEC, names: ['one.example.com'], ca: 'https://ca.example/directory' },
    });
    const directoryUrl = 'https://ca.example/directory';
    const subject = exactSet(['one.example.com']);
    const uses = [1, 2, 3, 4, 5, 6].map((n) => ({
      at: hours(-n),
      directoryUrl,
      kind: 'exact-set' as const,
      subject,
    }));
    await rig.database.stores.caUsage.note(uses);
    expect((await runSweep()).begun).toBe(1);
  });

  it('are shown with what is used and what remains', async () => {
    await use('exact-set', 'a.example.com', [hours(-100), hours(-1)]);
    await use('exact-set', 'old.example.com', [hours(-169)]);
    const { limits } = await createBudget(rig.database.stores, clock).get();
    expect(limits.find(({ kind }) => kind === 'exact-set')).toEqual({
      ca: 'letsencrypt',
      kind: 'exact-set',
      name: 'certificates of the same names',
      count: 5,
      hours: 168,
      uses: [{ subject: 'a.example.com', used: 2, left: 3, nextFreedAt: hours(68) }],
    });
  });
});
