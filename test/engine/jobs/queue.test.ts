// The queue of jobs: who waits for one, and how it stops.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createPlaces, type Places } from '../../../src/main/engine/jobs/places.ts';
import { createJobQueue, type JobQueue, type JobQueueDeps } from '../../../src/main/engine/jobs/queue.ts';
import { openTestDatabase, QUIET, setWritable, type TestDatabase } from '../../support/engine/database.ts';
import { JOB, PROJECT } from '../../support/engine/records.ts';

let database: TestDatabase;
let queue: JobQueue;
let seen: AbortSignal | null;
let places: Places;
let isWaiting: boolean;
let released: PromiseWithResolvers<void>;

beforeEach(async () => {
  database = openTestDatabase();
  seen = null;
  places = createPlaces(1);
  isWaiting = false;
  released = Promise.withResolvers();
  await database.stores.projects.create(PROJECT);
  const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
  queue = createJobQueue({
    stores: database.stores,
    journal: database.journal(clock),
    clock,
    log: QUIET,
    concurrency: 1,
    places,
    run(_, signal) {
      seen = signal;
      // A call that ignores the signal.
      return isWaiting ? places.wait(() => released.promise) : released.promise;
    },
    failed: async () => undefined,
    ended: async () => undefined,
  });
});
afterEach(() => database?.close());

const submit = () => queue.submit(JOB, async () => undefined);

describe('concurrency', () => {
  it('follows the settings, but is at least the initial value', async () => {
    const others = ['p2', 'p3', 'p4'];
    for (const id of others) await database.stores.projects.create({ ...PROJECT, id });
    await submit();
    for (const id of others)
      await queue.submit({ ...JOB, id: `j-${id}`, projectId: id }, async () => undefined);
    expect(queue.size).toEqual({ running: 1, queued: 3 });
    queue.setConcurrency(3);
    expect(queue.size).toEqual({ running: 3, queued: 1 });
    queue.setConcurrency(0);
    released.resolve();
    await expect.poll(() => queue.size).toEqual({ running: 0, queued: 0 });
  });
});

describe('a waiting job', () => {
  it('lets another job run', async () => {
    for (const id of ['p2', 'p3']) await database.stores.projects.create({ ...PROJECT, id });
    const next = (id: string) =>
      queue.submit({ ...JOB, id: `j-${id}`, projectId: id }, async () => undefined);
    isWaiting = true;
    await submit();
    await next('p2');
    await expect.poll(() => queue.size).toEqual({ running: 2, queued: 0 });
    isWaiting = false;
    await next('p3');
    await expect.poll(() => queue.size).toEqual({ running: 3, queued: 0 }); // both wait before it
    released.resolve();
    await expect.poll(() => queue.size).toEqual({ running: 0, queued: 0 });
  });

  it('reports the CA’s last problem if it times out', async () => {
    const problem = { type: 'urn:ietf:params:acme:error:dns', detail: 'NXDOMAIN looking up A' };
    await submit();
    const journal = database.journal({ now: () => new Date('2026-01-01T00:00:00Z') });
    const of = { kind: 'job.step', message: 'not yet', jobId: JOB.id, projectId: JOB.projectId };
    await journal.emit({ ...of, data: { step: 'validation', more: { problem } } });
    await journal.emit({ ...of, data: { step: 'validation', more: null } });
    await expect(queue.wait(JOB.id, 1)).rejects.toMatchObject({
      code: 'ACME_TIMEOUT',
      message: expect.stringContaining('NXDOMAIN looking up A'),
      details: { problem },
    });
    released.resolve();
  });
});

describe('a paused queue', () => {
  it('accepts no job, and is not paused while a job runs or is being written', async () => {
    await database.stores.projects.create({ ...PROJECT, id: 'p2' });
    const writing = submit();
    expect(queue.hold()).toBeNull(); // nothing is queued yet
    await writing;
    expect(queue.hold()).toBeNull();
    released.resolve();
    await expect.poll(() => queue.size).toEqual({ running: 0, queued: 0 });
    const release = queue.hold();
    expect(queue.hold()).toBeNull();
    const again = () => queue.submit({ ...JOB, id: 'j-again', projectId: 'p2' }, async () => undefined);
    await expect(again()).rejects.toMatchObject({ code: 'RESTORE_UNDER_WAY' });
    expect(await database.stores.jobs.get('j-again')).toBeNull();
    release?.();
    await again();
    await expect.poll(async () => database.stores.jobs.get('j-again')).not.toBeNull();
  });
});

describe('stopping', () => {
  it('wakes waiting jobs at once, and leaves them to be resumed', async () => {
    await submit();
    const waiting = queue.wait(JOB.id, 3_600_000);
    await expect.poll(() => seen).not.toBeNull();
    const stopped = queue.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'SHUTTING_DOWN', details: { jobId: JOB.id } });
    released.reject(new Error('stopped'));
    await stopped;
    expect((await database.stores.jobs.get(JOB.id))?.state).toBe('running');
    expect(await database.stores.jobs.unfinished()).toHaveLength(1);
  });

  it('accepts no more jobs, and answers callers with an error', async () => {
    await queue.stop();
    await expect(submit()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(await database.stores.jobs.unfinished()).toEqual([]);
  });
});

describe('waiting for a job', () => {
  it('ends after the timeout, the job continues, and no timer is left', async () => {
    await submit();
    await expect.poll(() => seen).not.toBeNull();
    const before = getEventListeners(seen ?? new EventTarget(), 'abort').length;
    for (let n = 0; n < 5; n += 1) {
      await expect(queue.wait(JOB.id, 1)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
    }
    expect(getEventListeners(seen ?? new EventTarget(), 'abort')).toHaveLength(before);
    const stopped = queue.stop();
    released.reject(new Error('stopped'));
    await stopped;
  });
});

describe('a job whose end cannot be written', () => {
  const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
  const writable = (on: boolean) => setWritable(database.db, on);
  const queueOf = (more: Pick<JobQueueDeps, 'run' | 'failed'>) =>
    createJobQueue({
      stores: database.stores,
      journal: database.journal(clock),
      clock,
      log: QUIET,
      concurrency: 1,
      places: createPlaces(),
      writeAgainMs: 5,
      ended: async () => undefined,
      ...more,
    });

  it('retries until it can be', async () => {
    const { stores } = database;
    let tries = 0;
    const full = queueOf({
      async run({ id }) {
        tries += 1;
        if (tries < 3) throw new Error('the disk is full');
        await stores.transaction((tx) => tx.jobs.update(id, { state: 'succeeded' }));
      },
      async failed() {
        throw new Error('the disk is full'); // not even its failure can be written
      },
    });
    await full.submit(JOB, async () => undefined);
    expect((await full.wait(JOB.id, 25_000)).state).toBe('succeeded');
    expect(tries).toBe(3);
  });

  it('is attributed to the database by waiting callers, not to the CA, and only as long as that is so', async () => {
    let tries = 0;
    const full = queueOf({
      async run(_, signal) {
        tries += 1;
        if (tries === 1) await writable(false);
        if (tries > 2) await released.promise; // a slow CA
        signal.throwIfAborted();
        throw new CertdeskError('ACME_UNAVAILABLE');
      },
      failed: async () => undefined,
    });
    await full.submit(JOB, async () => undefined);
    await expect.poll(() => tries).toBe(3);
    await expect(full.wait(JOB.id, 20)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringMatching(/The data folder is read-only.*\/api\/v1\/jobs\/j1$/),
      details: { jobId: JOB.id },
    });
    await writable(true);
    released.resolve();
    expect(await full.wait(JOB.id, 25_000)).toMatchObject({
      state: 'failed',
      error: { code: 'ACME_UNAVAILABLE' },
    });
  });

  it('is attributed to the CA again once the next attempt waits for it', async () => {
    let tries = 0;
    const full = queueOf({
      async run(_, signal) {
        tries += 1;
        if (tries > 2) await released.promise;
        signal.throwIfAborted();
        throw new CertdeskError('ACME_UNAVAILABLE');
      },
      async failed() {
        if (tries < 3) throw new CertdeskError('STORAGE_FAILED');
      },
    });
    await full.submit(JOB, async () => undefined);
    await expect.poll(() => tries).toBe(3);
    await expect(full.wait(JOB.id, 20)).rejects.toMatchObject({ code: 'ACME_TIMEOUT' });
    released.resolve();
    expect((await full.wait(JOB.id, 25_000)).state).toBe('failed');
  });
});

it('a job that has ended is reported at once, even if its secrets cannot be deleted', async () => {
  const { stores } = database;
  const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
  const locked = createJobQueue({
    stores,
    journal: database.journal(clock),
    clock,
    log: QUIET,
    concurrency: 1,
    places: createPlaces(),
    writeAgainMs: 3_600_000, // no caller waits for that
    run: ({ id }) => stores.transaction((tx) => tx.jobs.update(id, { state: 'succeeded' })),
    failed: async () => undefined,
    async ended() {
      throw new Error('the keychain is locked');
    },
  });
  await locked.submit(JOB, async () => undefined);
  expect((await locked.wait(JOB.id, 3_600_000)).state).toBe('succeeded');
});
