// When a CA is asked for renewal information, and what is stored of its answer.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeRenewalInfo } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { AriState } from '../../../src/main/engine/core/model.ts';
import { nextState, refreshAri } from '../../../src/main/engine/renewal/ari.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../../support/engine/records.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const NOW = new Date('2026-02-01T00:00:00Z');
const info = (more: Partial<AcmeRenewalInfo> = {}): AcmeRenewalInfo => ({
  window: { start: new Date('2026-02-27T00:00:00Z'), end: new Date('2026-03-01T00:00:00Z') },
  explanationUrl: null,
  retryAfterMs: 21_600_000,
  ...more,
});
const withAri = (ari: AriState) => ({ ...CERTIFICATE, renewal: { ...CERTIFICATE.renewal, ari } });

describe('nextState', () => {
  const first = (random: number, given = info()) => nextState(CERTIFICATE, given, { now: NOW, random });

  it('draws a moment anywhere in the window', () => {
    expect(first(0).renewAt).toBe('2026-02-27T00:00:00Z');
    expect(first(0.5).renewAt).toBe('2026-02-28T00:00:00Z');
    expect(first(0.999_999).renewAt).toBe('2026-02-28T23:59:59Z');
  });

  it('keeps the moment while the window stays, and draws a new one when it moves', () => {
    const kept = withAri(first(0.25));
    expect(nextState(kept, info(), { now: NOW, random: 0.9 }).renewAt).toBe(first(0.25).renewAt);
    const end = new Date('2026-03-01T00:00:01Z');
    const moved = info({ window: { start: info().window.start, end } });
    expect(nextState(kept, moved, { now: NOW, random: 1 }).renewAt).toBe('2026-03-01T00:00:01Z');
  });

  it('treats a window in the past as due', () => {
    const past = { start: new Date('2026-01-20T00:00:00Z'), end: new Date('2026-01-21T00:00:00Z') };
    expect(first(0.5, info({ window: past })).renewAt).toBe('2026-01-20T12:00:00Z');
  });

  it('does not renew a successor at once for a CA that wants everything renewed at once, to avoid a loop', () => {
    const past = { start: new Date('2026-01-20T00:00:00Z'), end: new Date('2026-01-21T00:00:00Z') };
    const successor = {
      ...CERTIFICATE,
      renewedFrom: '2025-12-01T00:00:00Z',
      storedAt: '2026-02-01T00:00:00Z',
    };
    const { renewAt } = nextState(successor, info({ window: past }), { now: NOW, random: 0.5 });
    expect(renewAt).toBe('2026-02-01T01:00:00Z');
    const old = { ...successor, storedAt: '2026-01-10T00:00:00Z' };
    expect(nextState(old, info({ window: past }), { now: NOW, random: 0.5 }).renewAt).toBe(
      '2026-01-20T12:00:00Z',
    );
  });

  it('waits until a tenth of the lifetime remains at the latest', () => {
    const late = { start: new Date('2026-03-30T00:00:00Z'), end: new Date('2026-03-31T00:00:00Z') };
    expect(first(0.5, info({ window: late })).renewAt).toBe('2026-03-23T00:00:00Z');
  });

  it.each([
    ['1 s', 1_000, '2026-02-01T00:01:00Z'],
    ['30 days', 30 * 86_400_000, '2026-02-02T00:00:00Z'],
    ['6 h', 21_600_000, '2026-02-01T06:00:00Z'],
    ['nothing', null, '2026-02-01T06:00:00Z'],
  ])('asks again as the CA says, between a minute and a day: %s', (_, retryAfterMs, checkAt) => {
    expect(first(0, info({ retryAfterMs })).checkAt).toBe(checkAt);
  });

  it('has no moment if the CA offers no ARI', () => {
    const state = nextState(withAri(first(0)), null, { now: NOW, random: 0 });
    expect(state).toMatchObject({ window: null, renewAt: null, checkAt: '2026-02-01T06:00:00Z' });
  });
});

describe('refreshAri', () => {
  let openssl: OpenSsl;
  let chain: string;
  let database: TestDatabase;
  beforeAll(async () => {
    openssl = await createOpenSsl();
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = ['authorityKeyIdentifier=keyid'];
    chain = (await openssl.issue({ ca, subject: '/CN=a', extensions })).certificate;
  });
  afterAll(() => openssl?.remove());
  beforeEach(async () => {
    database = openTestDatabase();
    await database.stores.projects.create(PROJECT);
    await database.stores.certificates.activate({ ...CERTIFICATE, chain });
  });
  afterEach(() => database?.close());

  const signal = new AbortController().signal;
  async function refresh(answer: () => Promise<AcmeRenewalInfo | null>, random = 0) {
    const clock = { now: () => NOW };
    const acme: Pick<AcmeClient, 'renewalInfo'> = { renewalInfo: answer };
    const { stores } = database;
    const certificate = await stores.certificates.get('c1');
    if (certificate === null) throw new Error('it is gone');
    const deps = {
      stores,
      journal: database.journal(clock),
      acme,
      clock,
      directories: {},
      random: () => random,
    };
    const error = await refreshAri(deps, certificate, signal);
    return { error, ari: (await stores.certificates.get('c1'))?.renewal.ari };
  }
  const events = async () => (await database.stores.events.list({ limit: 10 })).map(({ message }) => message);

  it('stores the CA’s answer, and sends no event the first time', async () => {
    const { error, ari } = await refresh(async () => info());
    expect(error).toBeNull();
    expect(ari).toMatchObject({ renewAt: '2026-02-27T00:00:00Z', failures: 0 });
    expect(await events()).toEqual([]);
  });

  it('sends an event for a window that moved, with the CA’s explanation', async () => {
    await refresh(async () => info());
    const window = { start: new Date('2026-01-30T00:00:00Z'), end: new Date('2026-01-31T00:00:00Z') };
    await refresh(async () => info({ window, explanationUrl: 'https://ca.example/incident' }));
    expect(await events()).toEqual([
      'The CA moved the renewal of shop.example.com to 2026-01-30T00:00:00Z. It explains why at https://ca.example/incident',
    ]);
  });

  it('keeps the last window if the CA is unreachable, and asks at growing intervals up to six hours', async () => {
    await refresh(async () => info());
    const down = () => Promise.reject(new CertdeskError('ACME_UNAVAILABLE'));
    const waits: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const { error, ari } = await refresh(down);
      expect(error?.code).toBe('ACME_UNAVAILABLE');
      expect(ari?.renewAt).toBe('2026-02-27T00:00:00Z');
      waits.push((Date.parse(ari?.checkAt ?? '') - NOW.getTime()) / 60_000);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
  });

  it('asks again in six hours after an invalid answer', async () => {
    const { ari } = await refresh(() => Promise.reject(new CertdeskError('ACME_PROTOCOL_ERROR')));
    expect(ari).toMatchObject({ renewAt: null, checkAt: '2026-02-01T06:00:00Z', failures: 1 });
  });

  it('writes nothing to a version that was superseded meanwhile', async () => {
    const { ari } = await refresh(async () => {
      await database.stores.certificates.activate({ ...CERTIFICATE, id: 'c2' });
      return info();
    });
    expect(ari).toBeNull();
  });
});
