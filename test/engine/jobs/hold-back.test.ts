// A job that crashes Certdesk is held back after three unclean exits in a row, but never if a certificate may be lost
// by it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../src/main/engine/core/model.ts';
import { createPlaces } from '../../../src/main/engine/jobs/places.ts';
import { createJobQueue, type JobQueue } from '../../../src/main/engine/jobs/queue.ts';
import { createOverview } from '../../../src/main/engine/overview/overview.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { memorySecrets } from '../../support/engine/memory-secrets.ts';
import { JOB, PROJECT } from '../../support/engine/records.ts';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let now: number;
let runs: number;
let pauses: { readonly ms: number; readonly end: () => void }[];
let released: PromiseWithResolvers<void>;
const clock = { now: () => new Date(now) };

const ORDER: OrderRecord = {
  jobId: JOB.id,
  accountId: 'a',
  directoryUrl: 'https://ca.example/directory',
  keySealed: new Uint8Array([1]),
  csr: 'the CSR',
  url: 'https://ca.example/order/1',
  finalizedAt: null,
  asCreated: null,
  spec: null,
  challenges: [],
  updatedAt: '2026-01-01T00:00:00Z',
};

/** A new run on the same database; the previous one was killed unless it was stopped. */
function start(): JobQueue {
  return createJobQueue({
    stores: database.stores,
    journal: database.journal(clock),
    clock,
    log: QUIET,
    places: createPlaces(),
    concurrency: 1,
    async run() {
      runs += 1;
      await released.promise;
    },
    failed: async () => undefined,
    ended: async () => undefined,
    timing: {
      now: () => now,
      pause: (ms) => new Promise((resolve) => pauses.push({ ms, end: resolve })),
    },
  });
}

beforeEach(async () => {
  database = openTestDatabase();
  now = Date.parse('2026-01-01T00:00:00Z');
  runs = 0;
  pauses = [];
  released = Promise.withResolvers();
  await database.stores.projects.create(PROJECT);
});
afterEach(() => database?.close());

const stored = async () => {
  const job = await database.stores.jobs.get(JOB.id);
  if (job === null) throw new Error('the job is gone');
  return job;
};
const running = () => expect.poll(async () => (await stored()).state).toBe('running');

async function submit(): Promise<void> {
  await start().submit(JOB, async () => undefined);
  await running();
}

async function crash(times: number): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    const before = runs;
    await start().resume();
    await expect.poll(() => runs).toBe(before + 1);
    await running();
  }
}

describe('a job that was running at three unclean exits in a row', () => {
  it('is held back for an hour, and runs then', async () => {
    await submit();
    await crash(2);
    const queue = start();
    await queue.resume();
    expect(runs).toBe(3);
    expect(await stored()).toMatchObject({ state: 'queued', heldUntil: '2026-01-01T01:00:00Z' });
    expect(pauses.map(({ ms }) => ms)).toEqual([HOUR_MS]);
    expect(queue.size).toEqual({ running: 0, queued: 0 });
    now += HOUR_MS;
    pauses[0]?.end();
    await expect.poll(() => runs).toBe(4);
    await running();
    expect((await stored()).heldUntil).toBeNull();
    await start().resume(); // one more, and it is held back again
    expect(runs).toBe(4);
    expect((await stored()).heldUntil).toBe('2026-01-01T02:00:00Z');
  });

  it('starts at once if a user says so, and is held back again after one more unclean exit', async () => {
    await submit();
    await crash(2);
    const queue = start();
    await queue.resume();
    await queue.startHeldBack(JOB.id);
    await expect.poll(() => runs).toBe(4);
    await running();
    expect((await stored()).heldUntil).toBeNull();
    const events = await database.stores.events.list({ jobId: JOB.id, limit: 100 });
    expect(events.map(({ kind }) => kind)).toContain('job.released');
    pauses[0]?.end(); // the hour has passed too
    await new Promise((resolve) => setImmediate(resolve));
    expect(runs).toBe(4);
    await expect(queue.startHeldBack(JOB.id)).rejects.toMatchObject({ code: 'JOB_NOT_HELD_BACK' });
    await expect(queue.startHeldBack('none')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await start().resume();
    expect(runs).toBe(4);
    expect((await stored()).heldUntil).toBe('2026-01-01T01:00:00Z');
  });

  it('stays held back over restarts within the hour', async () => {
    await submit();
    await crash(2);
    await start().resume();
    now += HOUR_MS / 2;
    await start().resume();
    expect(runs).toBe(3);
    expect(pauses.map(({ ms }) => ms)).toEqual([HOUR_MS, HOUR_MS / 2]);
    expect((await stored()).heldUntil).toBe('2026-01-01T01:00:00Z');
  });

  it('flags its project, and has an event and an audit entry', async () => {
    await submit();
    await crash(2);
    await start().resume();
    const secrets = memorySecrets();
    const overview = createOverview({
      stores: database.stores,
      clock,
      secrets,
      scheduler: { nextAt: () => null },
      https: { state: () => null },
      backup: async () => null,
      queue: () => ({ running: 0, queued: 0 }),
    });
    const { attention, health } = await overview.get(null);
    expect(attention.items).toMatchObject([
      { projectId: PROJECT.id, kind: 'held_back', runningJobId: JOB.id },
    ]);
    expect(health.state).not.toBe('ok');
    const events = await database.stores.events.list({ jobId: JOB.id, limit: 10 });
    expect(events.at(-1)).toMatchObject({ kind: 'job.held-back' });
    const [entry] = await database.stores.audit.list({ before: null, limit: 1 });
    expect(entry).toMatchObject({ operation: 'certificates.obtain', result: 'INTERNAL' });
    now += HOUR_MS;
    expect((await overview.get(null)).attention.items).toEqual([]);
  });
});

describe('the hold-back ignores', () => {
  it('a job after a clean stop of Certdesk in between', async () => {
    await submit();
    await crash(2);
    const stopping = start();
    await stopping.stop();
    await crash(2);
    expect(runs).toBe(5);
  });

  it('a job that only waited for its turn', async () => {
    await database.stores.jobs.create(JOB);
    for (let at = 0; at < 4; at += 1) {
      await start().resume();
      await running();
      await database.stores.jobs.update(JOB.id, { state: 'queued' });
    }
    expect(runs).toBe(4);
  });

  it.each(['certificate', 'store', 'revoke'])('a job that reached the step %s', async (step) => {
    await submit();
    await database.journal(clock).emit({ kind: 'job.step', jobId: JOB.id, message: 'x', data: { step } });
    await database
      .journal(clock)
      .emit({ kind: 'job.step', jobId: JOB.id, message: 'x', data: { step: 'account' } });
    await crash(5);
    expect(runs).toBe(6);
  });

  it('a job whose order is finalized, or may be', async () => {
    await submit();
    await database.stores.orders.put({ ...ORDER, finalizedAt: '2026-01-01T00:00:00Z' });
    await crash(5);
    expect(runs).toBe(6);
  });
});

it('a job whose order was not finalized yet is held back', async () => {
  await submit();
  await database.stores.orders.put(ORDER);
  await crash(2);
  await start().resume();
  expect(runs).toBe(3);
});
