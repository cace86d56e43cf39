// The simulator on a database: what shorter lifetimes change.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateRecord } from '../../../src/main/engine/core/model.ts';
import { longestWaitHours, warnAboutWindow } from '../../../src/main/engine/deploy/window.ts';
import { countByRegisteredDomain } from '../../../src/main/engine/simulation/limits.ts';
import { renewAfterHours, validFor } from '../../../src/main/engine/simulation/simulate.ts';
import { createSimulation, type DeploymentWait } from '../../../src/main/engine/simulation/simulation.ts';
import { listWaits } from '../../../src/main/engine/simulation/waits.ts';
import { SimulationSchema } from '../../../src/shared/simulation.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { DEPLOYMENT, HOST } from '../../support/engine/many-deployments.ts';
import { CERTIFICATE, PROJECT, SPEC } from '../../support/engine/records.ts';

let database: TestDatabase;
beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

const NOW = new Date('2026-02-01T12:00:00Z');

async function add(id: string, more: Partial<CertificateRecord> = {}): Promise<void> {
  const domain = `${id}.example.com`;
  await database.stores.projects.create({ ...PROJECT, id, name: id, domain });
  await database.stores.certificates.activate({
    ...CERTIFICATE,
    id: `c-${id}`,
    projectId: id,
    domain,
    names: [domain],
    ...more,
  });
}

const run = async (lifetime: number, waits: readonly DeploymentWait[] = []) => {
  const { stores } = database;
  const service = createSimulation({
    stores,
    clock: { now: () => NOW },
    directories: {},
    waits: async () => waits,
  });
  return SimulationSchema.parse(await service.run(lifetime));
};
const dns = (dnsProvider: string) => ({
  spec: { ...SPEC, challengeType: 'dns-01' as const, dnsProvider },
});
const persist = (dnsProvider: string | null) => ({
  spec: { ...SPEC, challengeType: 'dns-persist-01' as const, dnsProvider },
});
const ari = (window: { start: string; end: string } | null) => ({
  renewal: {
    ...CERTIFICATE.renewal,
    ari: {
      window,
      renewAt: window?.start ?? null,
      explanationUrl: null,
      checkedAt: '2026-02-01T00:00:00Z',
      checkAt: '2026-02-01T06:00:00Z',
      failures: 0,
      error: null,
    },
  },
});

describe('the simulator', () => {
  it('counts renewals and DNS changes with the lifetimes of today and the simulated one', async () => {
    await add('web');
    await add('dns', { ...dns('cloudflare'), names: ['dns.example.com', '*.dns.example.com'] });
    const result = await run(45);
    // 90 days are renewed after 60, 45 after 30.
    expect(result).toMatchObject({ lifetimeDays: 45, renewAfterHours: 720, certificates: 2 });
    expect(result.today).toMatchObject({ renewalsPerWeek: 0.2, ordersPerWeek: 0.2, byHandPerWeek: 0 });
    expect(result.simulated).toMatchObject({ renewalsPerWeek: 0.5, dnsChangesPerDay: 0.1 });
    expect(result.dns).toEqual([{ provider: 'cloudflare', today: 0.1, simulated: 0.1 }]);
    expect(result.obstacles).toEqual([]);
  });

  it('counts as a table computed by hand', async () => {
    // Of 90 days, each is renewed every 60. DNS: 2 changes for each of 10 names in 60 days today.
    for (let n = 0; n < 5; n += 1)
      await add(`dns-${n}`, {
        ...dns('cloudflare'),
        names: [`dns-${n}.example.com`, `*.dns-${n}.example.com`],
      });
    for (let n = 0; n < 5; n += 1) await add(`web-${n}`);
    await add('persist', {
      ...persist('cloudflare'),
      names: ['persist.example.com', '*.persist.example.com'],
    });
    await add('persist-by-hand', persist('manual'));
    await add('persist-no-provider', persist(null));
    await add('manual', dns('manual'));
    // lifetime, renewed after (days), automatic renewals a week (13), orders a week (14), DNS changes a day (10 names)
    const table = [
      [64, 42.7, 2.1, 2.3, 0.5],
      [45, 30, 3, 3.3, 0.7],
      [6, 3, 30.3, 32.7, 6.7],
    ] as const;
    for (const [lifetime, days, renewalsPerWeek, ordersPerWeek, dnsChangesPerDay] of table) {
      const { simulated, renewAfterHours: hours, dns: byProvider, obstacles } = await run(lifetime);
      expect(hours / 24).toBeCloseTo(days, 1);
      expect(simulated).toMatchObject({ renewalsPerWeek, ordersPerWeek, dnsChangesPerDay });
      // The record of dns-persist-01 stays, and needs nobody, whoever created it.
      expect(byProvider.find(({ provider }) => provider === 'cloudflare')?.simulated).toBe(dnsChangesPerDay);
      expect(obstacles.map(({ reason, count }) => [reason, count])).toEqual([['manual-dns', 1]]);
    }
  });

  it('renews each certificate first as planned now, and later at the new interval', async () => {
    await add('web'); // issued on 1 January for 90 days: planned for 2 March, which is 29 days ahead
    const { today, simulated, firstDay } = await run(6);
    expect(firstDay).toBe('2026-02-01');
    const weeks = (counts: readonly number[]) => counts.flatMap((count, week) => (count > 0 ? [week] : []));
    expect(weeks(today.weeks)).toEqual([4, 12, 21]); // days 29, 89, 149
    expect(weeks(simulated.weeks)[0]).toBe(4);
    expect(simulated.weeks.slice(5)).toEqual(expect.arrayContaining([2, 3]));
    expect(simulated.weeks.reduce((sum, week) => sum + week)).toBe(Math.ceil((182 - 29) / 3));
  });

  it('keeps the lifetime of certificates that is shorter already', async () => {
    await add('short', { issuedAt: '2026-02-01T00:00:00Z', expiresAt: '2026-02-07T00:00:00Z' });
    const { today, simulated } = await run(45);
    expect(simulated).toEqual(today);
    expect(today.renewalsPerWeek).toBe(2.3);
  });

  it('names the certificates that are not automated, and why', async () => {
    await add('uploaded', { type: 'custom', spec: null, autoRenew: false });
    await add('manual', dns('manual'));
    await add('off', { autoRenew: false });
    await add('old-ca', ari(null));
    await add('new-ca', ari({ start: '2026-03-02T00:00:00Z', end: '2026-03-03T00:00:00Z' }));
    await add('revoked', { type: 'custom', spec: null, revokedAt: '2026-01-15T00:00:00Z' });
    const { obstacles, simulated, certificates } = await run(45);
    const found = obstacles.map(({ reason, count, examples }) => [
      reason,
      count,
      examples.map(({ projectId }) => projectId),
    ]);
    expect(found).toEqual([
      ['uploaded', 1, ['uploaded']],
      ['manual-dns', 1, ['manual']],
      ['auto-renewal-off', 1, ['off']],
      ['no-ari', 1, ['old-ca']],
    ]);
    expect(certificates).toBe(5);
    expect(simulated).toMatchObject({ renewalsPerWeek: 0.5, ordersPerWeek: 0.9, byHandPerWeek: 0.7 });
  });

  it('compares renewals with the limits of the CA', async () => {
    for (let n = 0; n < 60; n += 1) await add(`host-${n}`);
    await add('staging', { staging: true, spec: { ...SPEC, staging: true } });
    await add('other-ca', { spec: { ...SPEC, ca: 'zerossl' } });
    const { limits } = await run(6);
    expect(limits.map(({ ca, count, exempt }) => [ca, count, exempt])).toEqual([
      ['letsencrypt', 300, true],
      ['letsencrypt', 50, true],
      ['letsencrypt', 5, false],
    ]);
    const [, domain, set] = limits;
    // 60 every 3 days.
    expect(domain).toMatchObject({ subject: 'example.com', peak: 140, subjects: 1 });
    expect(set).toMatchObject({ peak: 2.3, subjects: 0 });
    const shortest = await run(1);
    expect(shortest.limits[2]).toMatchObject({ peak: 14, subjects: 60 });
  });

  it('reports deployments that wait longer than a renewed certificate leaves time for', async () => {
    const waits = [
      { deploymentId: 'd1', name: 'nightly', longestWaitHours: 24, lifetimeHours: null },
      { deploymentId: 'd2', name: 'first Sunday', longestWaitHours: 24 * 28, lifetimeHours: 90 * 24 },
    ];
    expect((await run(45, waits)).windows).toEqual([
      { deploymentId: 'd2', name: 'first Sunday', longestWaitHours: 24 * 28, canWaitHours: 252 },
    ]);
    expect((await run(1, waits)).windows.map(({ name }) => name)).toEqual(['nightly', 'first Sunday']);
  });

  it('reports a weekly window for a certificate that lives shorter than the simulated lifetime', async () => {
    const weekly = { deploymentId: 'd1', name: 'Sunday', longestWaitHours: 166 };
    const { windows } = await run(45, [{ ...weekly, lifetimeHours: 160 }]);
    expect(windows).toEqual([{ ...weekly, canWaitHours: 64 }]);
  });

  it.each([1, 160 / 24, 29.6, 29.7, 90])(
    'lists a weekly window for certificates of %d days if the preview of a deployment warns about it',
    async (lifetimeDays) => {
      const weekly = { days: ['sunday' as const], start: '02:00', end: '04:00', timeZone: 'UTC' };
      const waits = { deploymentId: 'd1', name: 'Sunday', longestWaitHours: longestWaitHours(weekly, NOW) };
      const { windows } = await run(90, [{ ...waits, lifetimeHours: lifetimeDays * 24 }]);
      const warning = warnAboutWindow(weekly, validFor(lifetimeDays * 24), NOW);
      const [hours = null] = windows.map(({ canWaitHours }) => String(canWaitHours));
      expect(/can wait for (\S+)\. /.exec(warning ?? '')?.[1] ?? null).toBe(hours);
    },
  );

  it('reads the windows of deployments with the lifetime of the certificate that they install', async () => {
    const { stores } = database;
    const window = { days: ['sunday' as const], start: '02:00', end: '04:00', timeZone: 'UTC' };
    await stores.hosts.create(HOST);
    await stores.projects.create({ ...PROJECT, id: 'none', name: 'none', domain: 'none.example.com' });
    await add('short', { issuedAt: '2026-02-01T00:00:00Z', expiresAt: '2026-02-07T00:00:00Z' });
    await stores.deployments.create({ ...DEPLOYMENT, id: 'd1', projectId: 'short', name: 'a', window });
    await stores.deployments.create({ ...DEPLOYMENT, id: 'd2', projectId: 'short', name: 'always' });
    await stores.deployments.create({ ...DEPLOYMENT, id: 'd3', projectId: 'none', name: 'b', window });
    expect(await listWaits(stores, NOW)).toEqual([
      { deploymentId: 'd1', name: 'a', longestWaitHours: 166, lifetimeHours: 144 },
      { deploymentId: 'd3', name: 'b', longestWaitHours: 166, lifetimeHours: null },
    ]);
  });

  it('answers for an installation without certificates', async () => {
    expect(await run(45)).toMatchObject({ certificates: 0, limits: [], obstacles: [], dns: [] });
  });
});

describe('the interval of renewals', () => {
  it.each([
    [64, 64 * 16],
    [45, 720],
    [6, 72],
  ])('a certificate of %i days is renewed after %i hours', (days, hours) => {
    expect(renewAfterHours(days * 24)).toBeCloseTo(hours, 2);
  });
});

describe('registered domains', () => {
  it('are the address itself for IPv4, and the /64 network for IPv6', () => {
    const names = ['192.0.2.1', '192.0.2.2', '198.51.2.1', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'];
    expect(Object.fromEntries(countByRegisteredDomain(names))).toEqual({
      '192.0.2.1': 1,
      '192.0.2.2': 1,
      '198.51.2.1': 1,
      '2001:db8::/64': 2,
      '2001:db8:0:1::/64': 1,
    });
  });

  it('are those of the public suffix list with its private section', () => {
    const names = [
      'a.example.co.uk',
      '*.example.co.uk',
      'example.co.uk',
      'me.github.io',
      'you.github.io',
      'intranet',
    ];
    expect(Object.fromEntries(countByRegisteredDomain(names))).toEqual({
      'example.co.uk': 3,
      'me.github.io': 1,
      'you.github.io': 1,
      intranet: 1,
    });
  });
});
