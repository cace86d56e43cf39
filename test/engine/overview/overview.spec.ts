import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../src/main/engine/core/model.ts';
import { createOverview } from '../../../src/main/engine/overview/overview.ts';
import { OverviewSchema } from '../../../src/shared/overview.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { makeManyProjects } from '../../support/engine/many-projects.ts';
import { memorySecrets } from '../../support/engine/memory-secrets.ts';
import { CERTIFICATE, JOB, PROJECT } from '../../support/engine/records.ts';

const NOW = new Date('2026-02-01T00:00:00Z');
const SECRETS = memorySecrets();

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

function overviewAt(now: Date, secrets = SECRETS) {
  return createOverview({
    stores: database.stores,
    clock: { now: () => now },
    secrets,
    scheduler: { nextAt: () => '2026-02-01T00:01:00Z' },
    https: { state: () => null },
    backup: async () => null,
    queue: () => ({ running: 1, queued: 2 }),
  });
}

async function add(id: string, more: Partial<typeof CERTIFICATE> | null): Promise<void> {
  await database.stores.projects.create({ ...PROJECT, id, name: `Shop ${id}`, domain: `${id}.example.com` });
  if (more === null) return;
  const names = [`${id}.example.com`, ...PROJECT.altNames];
  await database.stores.certificates.activate({
    ...CERTIFICATE,
    id: `c-${id}`,
    projectId: id,
    names,
    ...more,
  });
}

const fail = (projectId: string, code: 'DNS_CREDENTIALS_REJECTED' | 'CHALLENGE_FAILED', more = {}) => {
  const error = { success: false, error: 'What went wrong.', code } as const;
  const job: JobRecord = { ...JOB, id: `j-${projectId}`, projectId, state: 'failed', error, ...more };
  return database.stores.jobs.create(job);
};

describe('the attention list', () => {
  it('is empty if all is well', async () => {
    await add('well', {});
    const { attention, counts } = await overviewAt(NOW).get(null);
    expect(attention).toEqual({ total: 0, acknowledged: 0, items: [] });
    expect(counts).toMatchObject({ total: 1, valid: 1 });
  });

  it('has a certificate that lacks a name of its project, and suggests a new request', async () => {
    await add('first', {});
    await database.stores.projects.update('first', { domain: 'second.example.com' });
    const { attention, health } = await overviewAt(NOW).get(null);
    expect(attention.items).toMatchObject([
      {
        kind: 'uncovered',
        severity: 'warning',
        suggestedAction: 'obtain',
        cause: 'The certificate does not cover second.example.com.',
      },
    ]);
    expect(health).toEqual({ state: 'attention', sentence: '1 certificate needs attention' });
  });

  it('begins with jobs that wait for manual TXT records', async () => {
    await add('expired', { expiresAt: '2026-01-20T00:00:00Z' });
    await add('new', null);
    const spec = { ...CERTIFICATE.spec, challengeType: 'dns-01', dnsProvider: 'manual' };
    const input = { ...JOB.input, spec } as JobRecord['input'];
    const job: JobRecord = { ...JOB, projectId: 'new', state: 'running', step: 'dns-propagation', input };
    await database.stores.jobs.create(job);
    const { attention, health } = await overviewAt(NOW).get(null);
    expect(attention.items).toMatchObject([
      { projectId: 'new', kind: 'awaiting_records', suggestedAction: 'inspect', runningJobId: JOB.id },
      { projectId: 'expired', kind: 'expired' },
    ]);
    expect(attention.total).toBe(2);
    expect(health.state).not.toBe('ok');
    await database.stores.jobs.update(JOB.id, { step: 'validation' });
    expect((await overviewAt(NOW).get(null)).attention.total).toBe(1);
  });

  it('lists problems worst first, with the suggested action', async () => {
    const failing = {
      ...CERTIFICATE.renewal,
      failures: 2,
      lastError: 'Told by the CA.',
      lastAttempt: '2026-01-31T00:00:00Z',
    };
    await add('uploaded', {
      spec: null,
      autoRenew: false,
      type: 'custom',
      issuedAt: '2025-11-01T00:00:00Z',
      expiresAt: '2026-02-20T00:00:00Z',
    });
    await add('rejected', { renewal: failing });
    await fail('rejected', 'DNS_CREDENTIALS_REJECTED', {
      input: {
        kind: 'renew',
        certificateId: 'c-rejected',
        spec: JOB.input,
        autoRenew: true,
        automatic: true,
      },
    });
    await add('expired', { autoRenew: false, expiresAt: '2026-01-31T00:00:00Z' });
    await add('never', null);
    await fail('never', 'CHALLENGE_FAILED', { finishedAt: '2026-01-30T00:00:00Z' });
    await add('untried', null);
    const { items, total } = (await overviewAt(NOW).get(null)).attention;
    expect(total).toBe(4);
    expect(
      items.map(({ projectId, kind, severity, suggestedAction }) => [
        projectId,
        kind,
        severity,
        suggestedAction,
      ]),
    ).toEqual([
      ['expired', 'expired', 'critical', 'renew'],
      ['uploaded', 'unattended', 'warning', 'upload'],
      ['rejected', 'failing', 'warning', 'inspect'],
      ['never', 'obtain_failed', 'warning', 'obtain'],
    ]);
    expect(items[2]).toMatchObject({
      name: 'Shop rejected',
      domain: 'rejected.example.com',
      cause: 'The last renewal failed. Told by the CA.',
      failures: 2,
      errorCode: 'DNS_CREDENTIALS_REJECTED',
      jobId: 'j-rejected',
      nextAttemptAt: '2026-03-02T00:00:00Z',
      lastAttemptAt: '2026-01-31T00:00:00Z',
    });
    expect(items[3]?.cause).toBe('The certificate request failed. What went wrong.');
    expect(items[0]).toMatchObject({ jobId: null, errorCode: null });
  });

  it('shows what is in progress', async () => {
    await add('expired', { expiresAt: '2026-01-31T00:00:00Z' });
    await database.stores.jobs.create({ ...JOB, projectId: 'expired', state: 'running' });
    const [item] = (await overviewAt(NOW).get(null)).attention.items;
    expect(item?.runningJobId).toBe('j1');
  });

  it('shows a token nothing of other projects', async () => {
    for (const id of ['mine', 'other']) await add(id, { revokedAt: '2026-01-02T00:00:00Z' });
    await database.stores.events.append({
      at: '2026-01-02T00:00:00Z',
      kind: 'certificate.revoked',
      projectId: 'other',
      jobId: null,
      message: 'x',
      data: null,
    });
    const { counts, attention, events } = await overviewAt(NOW).get(['mine']);
    expect(counts.total).toBe(1);
    expect(attention.items.map(({ projectId }) => projectId)).toEqual(['mine']);
    expect(events).toEqual([]);
  });
});

describe('the timeline', () => {
  it('has one mark per certificate, and sums per day if a chart could not show so many', async () => {
    for (let n = 0; n < 300; n += 1) await add(`p${n}`, {});
    const { timeline } = await overviewAt(NOW).get(null);
    expect(timeline.marks).toHaveLength(300);
    expect(timeline.days).toEqual([{ day: '2026-03-02', renewals: 300, expiries: 0 }]);
    await add('one-more', { autoRenew: false });
    const more = (await overviewAt(NOW).get(null)).timeline;
    expect([more.marks, more.total]).toEqual([null, 301]);
    expect(more.days).toEqual([
      { day: '2026-03-02', renewals: 300, expiries: 0 },
      { day: '2026-04-01', renewals: 0, expiries: 1 },
    ]);
  });
});

describe('the state of the engine', () => {
  const beat = (at: string, error: string | null = null) =>
    database.stores.settings.set('last-sweep', { at, begun: 0, error });
  const engine = async (secrets = SECRETS) => (await overviewAt(NOW, secrets).get(null)).engine;

  it('has renewal checks, queue, secret store and clock', async () => {
    expect(await engine()).toMatchObject({ lastRenewalCheckAt: null, renewalCheckLate: false });
    await beat('2026-01-31T23:59:30Z');
    expect(await engine()).toEqual({
      lastRenewalCheckAt: '2026-01-31T23:59:30Z',
      nextRenewalCheckAt: '2026-02-01T00:01:00Z',
      renewalCheckLate: false,
      lastRenewalCheckError: null,
      queue: { running: 1, queued: 2 },
      backup: null,
      https: null,
      secretStore: 'sealed-file',
      clock: { now: '2026-02-01T00:00:00Z', ok: true },
      pausedUntil: null,
    });
  });

  it('shows a late or failed renewal check, a clock set back, and a locked secret store', async () => {
    await beat('2026-01-31T23:54:59Z', 'The disk is full');
    expect(await engine()).toMatchObject({
      renewalCheckLate: true,
      lastRenewalCheckError: 'The disk is full',
    });
    await beat('2026-02-01T00:06:00Z');
    expect((await engine()).clock.ok).toBe(false);
    const locked = { ...SECRETS, names: () => Promise.reject(new Error('locked')) };
    expect((await engine(locked)).secretStore).toBe('unavailable');
  });
});

describe('3,000 projects', () => {
  // Its speed: test/measure/database.spec.ts.
  it('are all counted, and the first hundred that need attention are listed', async () => {
    await makeManyProjects(database.stores, 3_000, NOW);
    const overview = await overviewAt(NOW).get(null);
    expect(OverviewSchema.parse(overview)).toEqual(overview);
    expect(overview.counts).toMatchObject({
      total: 3_000,
      none: 60,
      revoked: 30,
      expired: 30,
      failing: 60,
    });
    expect(overview.attention.total).toBe(120);
    expect(overview.attention.items).toHaveLength(100);
    expect(overview.timeline.marks).toBeNull();
  });
});
