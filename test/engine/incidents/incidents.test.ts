// Incidents: many windows of a CA move at once. Renewal information is what a CA would send, on a real database.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeRenewalInfo } from '../../../src/main/engine/acme/contract.ts';
import { endIncidents } from '../../../src/main/engine/incidents/end-incidents.ts';
import { createIncidents } from '../../../src/main/engine/incidents/incidents.ts';
import { refreshAri } from '../../../src/main/engine/renewal/ari.ts';
import { isMovedEarlier } from '../../../src/main/engine/renewal/moved-windows.ts';
import { IncidentDetailSchema, IncidentDrillSchema } from '../../../src/shared/incident.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../../support/engine/records.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const REASON = 'https://letsencrypt.example/incident';
const signal = new AbortController().signal;
let now = new Date('2026-02-01T00:00:00Z');
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
  now = new Date('2026-02-01T00:00:00Z');
  database = openTestDatabase();
  for (let n = 1; n <= 5; n += 1) await add(n);
});
afterEach(() => database?.close());

const clock = { now: () => now };
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const info = (start: string, end: string, explanationUrl: string | null = null): AcmeRenewalInfo => ({
  window: { start: day(start), end: day(end) },
  explanationUrl,
  retryAfterMs: null,
});
const PLANNED = info('2026-03-01', '2026-03-03');
const PAST = info('2026-01-30', '2026-01-31', REASON);

async function add(n: number): Promise<void> {
  const id = `p${n}`;
  const domain = `host-${n}.example.com`;
  await database.stores.projects.create({ ...PROJECT, id, name: id, domain });
  await database.stores.certificates.activate({
    ...CERTIFICATE,
    id: `c${n}`,
    projectId: id,
    domain,
    names: [domain],
    chain,
  });
  await answer(n, PLANNED);
}

/** The CA answers about the active certificate of a project. */
async function answer(n: number, given: AcmeRenewalInfo): Promise<void> {
  const { stores } = database;
  const certificate = await stores.certificates.active(`p${n}`);
  if (certificate === null) throw new Error('no certificate');
  const acme = { renewalInfo: async () => given };
  const journal = database.journal(clock);
  await refreshAri({ stores, journal, acme, clock, directories: {}, random: () => 0.5 }, certificate, signal);
}

async function renew(n: number): Promise<void> {
  const before = await database.stores.certificates.active(`p${n}`);
  if (before === null) throw new Error('no certificate');
  const id = `${before.id}-next`;
  await database.stores.certificates.activate({ ...before, id, renewal: CERTIFICATE.renewal });
}

const service = () => createIncidents({ stores: database.stores, clock, random: () => 0.5 });
const end = () => endIncidents({ stores: database.stores, journal: database.journal(clock), clock });
const eventsOf = async (kind: string) =>
  (await database.stores.events.list({ limit: 100 })).filter((event) => event.kind === kind);

describe('an incident', () => {
  it('begins when three windows of a CA have moved, and takes in the later ones', async () => {
    await answer(1, PAST);
    await answer(2, PAST);
    expect(await service().list(null)).toEqual([]);
    await answer(3, PAST);
    await answer(4, PAST);
    expect(await service().list(null)).toMatchObject([
      {
        ca: "Let's Encrypt",
        explanationUrl: REASON,
        startedAt: '2026-02-01T00:00:00Z',
        endedAt: null,
        total: 4,
        counts: { waiting: 4, renewed: 0 },
      },
    ]);
    expect(await eventsOf('incident.started')).toHaveLength(1);
  });

  it('is not made of windows that move slightly, move later, or move weeks apart', async () => {
    const slightly = info('2026-02-28', '2026-03-02');
    for (const n of [1, 2, 3]) await answer(n, slightly);
    for (const n of [1, 2, 3]) await answer(n, info('2026-03-10', '2026-03-11'));
    await answer(1, PAST);
    await answer(2, PAST);
    now = new Date('2026-02-03T00:00:00Z');
    await answer(3, PAST);
    await answer(4, PAST);
    expect(await service().list(null)).toEqual([]);
  });

  it('shows the progress, and ends when every certificate is renewed or removed', async () => {
    for (const n of [1, 2, 3, 4]) await answer(n, PAST);
    await renew(1);
    await database.stores.certificates.update('c2', { removedAt: '2026-02-01T00:00:00Z' });
    await database.stores.certificates.update('c3', { autoRenew: false });
    const failing = (await database.stores.certificates.active('p4'))?.renewal ?? CERTIFICATE.renewal;
    await database.stores.certificates.update('c4', { renewal: { ...failing, failures: 1 } });
    await end();
    const [open] = await service().list(null);
    expect(open).toMatchObject({
      endedAt: null,
      counts: { renewed: 1, removed: 1, by_hand: 1, failing: 1, waiting: 0 },
    });
    const detail = IncidentDetailSchema.parse(await service().get(open?.id ?? '', null));
    expect(detail.certificates.map(({ domain, state }) => [domain, state])).toEqual([
      ['host-3.example.com', 'by_hand'],
      ['host-4.example.com', 'failing'],
      ['host-2.example.com', 'removed'],
      ['host-1.example.com', 'renewed'],
    ]);
    expect(detail.certificates[0]).toMatchObject({
      renewBefore: '2026-03-02T00:00:00Z',
      renewAt: '2026-01-30T12:00:00Z',
    });
    now = new Date('2026-02-02T00:00:00Z');
    await renew(3);
    await renew(4);
    await end();
    // What happens later does not change how it ended.
    await database.stores.certificates.purgeSuperseded('2300-01-01T00:00:00Z');
    expect(await service().list(null)).toMatchObject([
      { endedAt: '2026-02-02T00:00:00Z', total: 4, counts: { renewed: 3, removed: 1 } },
    ]);
    expect(await eventsOf('incident.ended')).toHaveLength(1);
  });

  it('shows a limited caller its own certificates only, without the CA’s link', async () => {
    for (const n of [1, 2, 3]) await answer(n, PAST);
    expect(await service().list(['p1'])).toMatchObject([{ total: 1, explanationUrl: null }]);
    const [all] = await service().list(null);
    const own = await service().get(all?.id ?? '', ['p1']);
    expect(own.certificates.map(({ projectId }) => projectId)).toEqual(['p1']);
    expect(await service().list(['p5'])).toEqual([]);
    await expect(service().get(all?.id ?? '', ['p5'])).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND' });
    await expect(service().get('other', null)).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND' });
  });
});

describe('a moved window', () => {
  const window = (start: string, stop: string) => ({
    start: `${start}T00:00:00Z`,
    end: `${stop}T00:00:00Z`,
  });
  const before = window('2026-03-01', '2026-03-03');
  it.each([
    ['ends before the old one begins', window('2026-02-01', '2026-03-01'), null, true],
    ['overlaps the old one, without a reason', window('2026-02-28', '2026-03-02'), null, false],
    ['overlaps the old one, with a reason', window('2026-02-28', '2026-03-02'), REASON, true],
    ['is later, with a reason', window('2026-03-02', '2026-03-04'), REASON, false],
    ['is gone', null, null, false],
  ])('%s', (_, after, explanationUrl, moved) => {
    expect(isMovedEarlier(before, { window: after, explanationUrl })).toBe(moved);
    expect(isMovedEarlier(null, { window: after, explanationUrl })).toBe(false);
  });
});

describe('the drill', () => {
  it('moves all windows in memory and changes nothing', async () => {
    await database.stores.certificates.update('c2', { autoRenew: false });
    await database.stores.projects.create({ ...PROJECT, id: 'p6', name: 'p6' });
    await database.stores.certificates.activate({ ...CERTIFICATE, id: 'c6', projectId: 'p6' });
    const before = await database.stores.certificates.active('p1');
    const drill = IncidentDrillSchema.parse(await service().drill());
    expect(drill).toMatchObject({
      certificates: 6,
      moved: 5,
      unnoticed: 1,
      automatic: 4,
      byHand: 1,
      isIncident: true,
    });
    expect(drill.examples).toHaveLength(4);
    expect(drill.examples[0]).toMatchObject({
      renewBefore: '2026-03-02T00:00:00Z',
      renewAt: '2026-02-01T00:00:00Z',
    });
    expect(drill.message.text).toBe(
      'The CA has moved the renewal of 5 certificates to an earlier time so far. Certdesk renews 4 automatically; a person must renew 1 certificate.',
    );
    expect(await database.stores.certificates.active('p1')).toEqual(before);
    expect(await service().list(null)).toEqual([]);
  });
});
