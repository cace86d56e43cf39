import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptAt } from '../../src/main/engine/certificates/renewal-plan.ts';
import { assessCertificate } from '../../src/main/engine/overview/attention.ts';
import { coversName } from '../../src/shared/names.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { CERTIFICATE, JOB, PROJECT } from '../support/engine/records.ts';

const AT = { now: '2026-02-01T00:00:00Z', soon: '2026-03-03T00:00:00Z' };
/** After every expiry that is created here: the input of attention.ts. */
const ALL = { now: '2300-01-01T00:00:00Z', soon: '2300-01-01T00:00:00Z' };

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

async function add(id: string, more: Partial<typeof CERTIFICATE> | null): Promise<void> {
  await database.stores.projects.create({ ...PROJECT, id, name: id, domain: `${id}.example.com` });
  if (more === null) return;
  const names = [`${id}.example.com`, 'www.shop.example.com'];
  await database.stores.certificates.activate({
    ...CERTIFICATE,
    id: `c-${id}`,
    projectId: id,
    names,
    ...more,
  });
}

const suggested = (renewAt: string) => ({
  window: { start: renewAt, end: '2300-01-01T00:00:00Z' },
  renewAt,
  explanationUrl: null,
  checkedAt: AT.now,
  checkAt: AT.now,
  failures: 0,
  error: null,
});

describe('attempt_at', () => {
  it('equals attemptAt of the engine for any certificate', async () => {
    const second = fc.integer({ min: 1_500_000_000, max: 2_500_000_000 });
    const time = (seconds: number) => toTimestamp(new Date(seconds * 1000));
    const records = fc.record({
      issued: second,
      lifetime: fc.integer({ min: 1, max: 400 * 86_400 }),
      next: fc.option(second),
      autoRenew: fc.boolean(),
      spec: fc.boolean(),
      revoked: fc.boolean(),
      waits: fc.boolean(),
      ari: fc.option(second),
      jitterSeconds: fc.integer({ min: 0, max: 1_000_000 }),
    });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        records,
        async ({ issued, lifetime, next, autoRenew, spec, revoked, waits, ari, jitterSeconds }) => {
          n += 1;
          const certificate = {
            ...CERTIFICATE,
            id: `c-p${n}`,
            projectId: `p${n}`,
            issuedAt: time(issued),
            expiresAt: time(issued + lifetime),
            autoRenew,
            spec: spec ? CERTIFICATE.spec : null,
            revokedAt: revoked ? AT.now : null,
            renewal: {
              ...CERTIFICATE.renewal,
              nextAttemptAt: next === null ? null : time(next),
              waitsFor: waits ? 'Waits for a person.' : null,
              ari: ari === null ? null : suggested(time(ari)),
              jitterSeconds,
            },
          };
          await add(`p${n}`, certificate);
          const [listed] = await database.stores.overview.candidates([`p${n}`], ALL);
          expect(listed?.attemptAt).toBe(attemptAt(certificate));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('follows every change of the certificate', async () => {
    await add('p1', {});
    const listed = async () => (await database.stores.overview.candidates(['p1'], ALL))[0]?.attemptAt;
    expect(await listed()).toBe('2026-03-02T00:00:00Z');
    const nextAttemptAt = '2026-03-05T01:00:00Z';
    await database.stores.certificates.update('c-p1', { renewal: { ...CERTIFICATE.renewal, nextAttemptAt } });
    expect(await listed()).toBe(nextAttemptAt);
    await database.stores.certificates.update('c-p1', { autoRenew: false });
    expect(await listed()).toBeNull();
    await database.stores.certificates.update('c-p1', { removedAt: AT.now });
    expect(await database.stores.overview.candidates(['p1'], ALL)).toEqual([]);
  });
});

describe('uncovered', () => {
  it('is the first name of the project that coversName finds in no name of the certificate, after every change', async () => {
    const names = [
      'a.example.com',
      '*.example.com',
      'b.a.example.com',
      '*.a.example.com',
      'example.com',
      'a.example.org',
    ];
    const some = fc.subarray(names, { minLength: 1 });
    let n = 0;
    const { projects, certificates, overview } = database.stores;
    await fc.assert(
      fc.asyncProperty(some, some, some, async (held, first, second) => {
        n += 1;
        const id = `u${n}`;
        await projects.create({ ...PROJECT, id, domain: first[0] ?? null, altNames: first.slice(1) });
        await certificates.activate({ ...CERTIFICATE, id: `c-${id}`, projectId: id, names: held });
        const listed = async () => (await overview.candidates([id], ALL))[0]?.uncovered;
        const lacking = (wanted: readonly string[]) =>
          wanted.find((name) => !held.some((pattern) => coversName(pattern, name))) ?? null;
        expect(await listed()).toBe(lacking(first));
        await projects.update(id, { domain: second[0] ?? null, altNames: second.slice(1) });
        expect(await listed()).toBe(lacking(second));
        await certificates.activate({ ...CERTIFICATE, id: `d-${id}`, projectId: id, names: second });
        expect(await listed()).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('needs attention, even if all else is well', async () => {
    await database.stores.projects.create({
      ...PROJECT,
      id: 'p1',
      domain: 'second.example.com',
      altNames: [],
    });
    await database.stores.certificates.activate({
      ...CERTIFICATE,
      projectId: 'p1',
      expiresAt: '2026-06-01T00:00:00Z',
    });
    const { overview } = database.stores;
    const at = { now: '2026-01-02T00:00:00Z', soon: '2026-02-01T00:00:00Z' };
    for (const ids of [null, ['p1']]) {
      expect((await overview.candidates(ids, at)).map(({ uncovered }) => uncovered)).toEqual([
        'second.example.com',
      ]);
    }
  });
});

describe('candidates', () => {
  it('include every certificate that needs attention, whether all or some are requested', async () => {
    const day = fc.integer({ min: -40, max: 40 });
    const time = (days: number) => toTimestamp(new Date(Date.parse(AT.now) + days * 86_400_000));
    const records = fc.record({
      lifetime: fc.constantFrom(6, 45, 90, 398),
      left: day,
      next: fc.option(day),
      autoRenew: fc.boolean(),
      revoked: fc.boolean(),
      failures: fc.constantFrom(0, 0, 2),
    });
    // Random data does not always include one that is deferred until after its expiry.
    const deferred = { lifetime: 90, left: 10, next: 20, autoRenew: true, revoked: false, failures: 0 };
    const ids: string[] = [];
    for (const { lifetime, left, next, autoRenew, revoked, failures } of [
      deferred,
      ...fc.sample(records, 400),
    ]) {
      const id = `p${ids.length}`;
      ids.push(id);
      const nextAttemptAt = next === null ? null : time(next);
      await add(id, {
        issuedAt: time(left - lifetime),
        expiresAt: time(left),
        autoRenew,
        revokedAt: revoked ? AT.now : null,
        renewal: { ...CERTIFICATE.renewal, failures, nextAttemptAt },
      });
    }
    const { overview } = database.stores;
    const found = await overview.candidates(null, AT);
    expect(await overview.candidates(ids, AT)).toEqual(found);
    const needing = (listed: typeof found) =>
      listed
        .filter((each) => assessCertificate(each, new Date(AT.now), false) !== null)
        .map(({ projectId }) => projectId);
    const all = await overview.candidates(ids, { now: ALL.now, soon: ALL.soon });
    expect(all).toHaveLength(ids.length);
    expect(needing(found)).toEqual(needing(all));
    const late = found.filter(
      (each) => assessCertificate(each, new Date(AT.now), false)?.kind === 'unattended',
    );
    expect(late.some(({ attemptAt }) => attemptAt !== null)).toBe(true);
  });
});

describe('failed jobs', () => {
  const fail = (id: string, projectId: string, input: object = {}) =>
    database.stores.jobs.create({
      ...JOB,
      id,
      projectId,
      state: 'failed',
      input: { ...JOB.input, ...input } as typeof JOB.input,
    });

  it('finds failed first attempts, but not dry runs, later successes, or projects with a certificate', async () => {
    for (const id of ['p1', 'p2', 'p3', 'p5']) await add(id, null);
    await add('p4', {});
    await fail('j1', 'p1');
    await fail('j1-again', 'p1');
    await fail('j2', 'p2', { dryRun: true });
    await fail('j3', 'p3');
    await database.stores.jobs.create({ ...JOB, id: 'j3-well', projectId: 'p3', state: 'succeeded' });
    await fail('j4', 'p4');
    await fail('j5', 'p5');
    const found = async (ids: readonly string[] | null) =>
      (await database.stores.overview.failedObtains(ids)).map(({ jobId }) => jobId);
    expect(await found(null)).toEqual(['j5', 'j1-again']);
    expect(await found(['p1', 'p2'])).toEqual(['j1-again']);
    const last = await database.stores.overview.lastFailed(['p1', 'p4', 'p9']);
    expect(last.map(({ id }) => id).toSorted()).toEqual(['j1-again', 'j4']);
  });
});

describe('upcoming', () => {
  const WINDOW = { ids: null, from: '2026-02-01T00:00:00Z', to: '2026-05-02T00:00:00Z' };

  it('has one mark per certificate: its renewal, or its expiry if it will not be renewed', async () => {
    await add('renews', {}); // 2026-03-02
    await add('overdue', { issuedAt: '2025-11-01T00:00:00Z', expiresAt: '2026-01-30T00:00:00Z' });
    await add('ends', { autoRenew: false });
    await add('ended', { autoRenew: false, expiresAt: '2026-02-01T00:00:00Z' });
    await add('later', { autoRenew: false, expiresAt: '2026-05-02T00:00:01Z' });
    await add('revoked', { revokedAt: AT.now });
    const marks = await database.stores.overview.upcoming({ ...WINDOW, limit: 9 });
    expect(marks).toEqual([
      {
        projectId: 'overdue',
        domain: 'overdue.example.com',
        kind: 'renewal',
        at: WINDOW.from,
        expiresAt: '2026-01-30T00:00:00Z',
      },
      {
        projectId: 'renews',
        domain: 'renews.example.com',
        kind: 'renewal',
        at: '2026-03-02T00:00:00Z',
        expiresAt: CERTIFICATE.expiresAt,
      },
      {
        projectId: 'ends',
        domain: 'ends.example.com',
        kind: 'expiry',
        at: CERTIFICATE.expiresAt,
        expiresAt: CERTIFICATE.expiresAt,
      },
    ]);
    const daysIn = (timeZone: string, ids: readonly string[] | null) =>
      database.stores.overview.upcomingDays({ ...WINDOW, ids, timeZone });
    const days = (...names: readonly string[]) =>
      names.map((day, at) => ({ day, renewals: at < 2 ? 1 : 0, expiries: at < 2 ? 0 : 1 }));
    for (const ids of [null, ['overdue', 'renews', 'ends', 'revoked', 'late']]) {
      expect(await daysIn('UTC', ids)).toEqual(days('2026-02-01', '2026-03-02', '2026-04-01'));
      // West of UTC midnight belongs to the day before.
      expect(await daysIn('America/New_York', ids)).toEqual(days('2026-01-31', '2026-03-01', '2026-03-31'));
    }
    const few = await database.stores.overview.upcoming({ ...WINDOW, ids: ['ends'], limit: 9 });
    expect(few.map(({ projectId }) => projectId)).toEqual(['ends']);
  });
});

describe('the last events', () => {
  it('are newest first, without excluded kinds, and of the requested projects', async () => {
    const event = { at: AT.now, jobId: null, data: null };
    for (const [kind, projectId] of [
      ['a', 'p1'],
      ['job.step', 'p1'],
      ['b', null],
      ['c', 'p2'],
    ] as const) {
      await database.stores.events.append({ ...event, kind, projectId, message: kind });
    }
    const latest = async (projectIds: readonly string[] | null) =>
      (await database.stores.events.latest({ without: ['job.step'], projectIds, limit: 2 })).map(
        ({ kind }) => kind,
      );
    expect(await latest(null)).toEqual(['c', 'b']);
    expect(await latest(['p1'])).toEqual(['a']);
  });
});
