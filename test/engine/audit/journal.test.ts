// The audit entries of operations that report something, report nothing, fail, start jobs, or only read; and of
// Certdesk's own actions.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CERTDESK } from '../../../src/main/engine/audit/entry.ts';
import { type Act, createJournal, type Journal } from '../../../src/main/engine/audit/journal.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';

const ACTOR = { kind: 'token', id: 't1', name: 'ci', address: '192.0.2.7' } as const;
const ACT: Act = {
  actor: ACTOR,
  operation: 'projects.update',
  summary: 'Project saved without changes',
  projectId: 'p1',
  record: 'always',
};
const EVENT = { kind: 'project.updated', projectId: 'p1', message: 'Project Shop changed' };

let database: TestDatabase;
let journal: Journal;

beforeEach(() => {
  database = openTestDatabase();
  journal = database.journal({ now: () => new Date('2026-03-01T12:00:00Z') });
});
afterEach(() => database?.close());

/** The trail: actor, operation, object, result. */
async function trail() {
  const records = await database.stores.audit.after(0, 100);
  return records.map(({ actor, operation, projectId, jobId, result, message }) => ({
    actor: actor.name,
    operation,
    projectId,
    jobId,
    result,
    message,
  }));
}
const events = async () => (await database.stores.events.list({ limit: 100 })).map(({ message }) => message);

const entry = { actor: 'ci', operation: 'projects.update', projectId: 'p1', jobId: null, result: 'ok' };
const boom = new CertdeskError('PROJECT_NOT_FOUND', 'There is no project p1');

describe('an operation', () => {
  it('is recorded with the details that it reports', async () => {
    const result = await journal.perform(ACT, async () => {
      await journal.emit(EVENT);
      return 42;
    });
    expect(result).toBe(42);
    expect(await trail()).toEqual([{ ...entry, message: 'Project Shop changed' }]);
    const [record] = await database.stores.audit.after(0, 1);
    expect(record).toMatchObject({ seq: 1, at: '2026-03-01T12:00:00Z', actor: ACTOR });
  });

  it('on many projects is recorded for each of them', async () => {
    await journal.perform({ ...ACT, projectId: null }, async () => {
      for (const projectId of ['p1', 'p2']) await journal.emit({ ...EVENT, projectId });
    });
    expect((await trail()).map(({ projectId }) => projectId)).toEqual(['p1', 'p2']);
  });

  it('that reports nothing is recorded after it ends', async () => {
    await journal.perform(ACT, async () => undefined);
    expect(await trail()).toEqual([{ ...entry, message: 'Project saved without changes' }]);
  });

  it('is recorded in the transaction of its change: neither without the other', async () => {
    const work = () =>
      journal.write(async (tx, emit) => {
        await tx.settings.set('changed', true);
        await emit(EVENT);
        throw boom;
      });
    await expect(journal.perform(ACT, work)).rejects.toBe(boom);
    expect(await database.stores.settings.get('changed')).toBeNull();
    expect(await events()).toEqual([]);
    expect(await trail()).toEqual([{ ...entry, result: 'PROJECT_NOT_FOUND', message: boom.message }]);
  });

  it('changes nothing if it cannot be recorded', async () => {
    const stores = { ...database.stores, transaction: failingAudit(database) };
    const strict = createJournal(stores, { now: () => new Date() }, QUIET);
    const work = () =>
      strict.write(async (tx, emit) => {
        await tx.settings.set('changed', true);
        await emit(EVENT);
      });
    await expect(strict.perform(ACT, work)).rejects.toThrow('the trail is full');
    expect(await database.stores.settings.get('changed')).toBeNull();
    await expect(strict.perform(ACT, async () => 42)).rejects.toThrow('the trail is full');
  });

  it('that fails is recorded with its code, whether it throws or returns the error', async () => {
    await expect(journal.perform(ACT, () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(journal.perform(ACT, () => Promise.reject(new TypeError('cdk_secret')))).rejects.toThrow(
      TypeError,
    );
    expect(
      await journal.perform(
        { ...ACT, operation: 'projects.remove' }, // a repeated failure of one operation is only counted
        async () => ({ error: boom }),
        ({ error }) => error,
      ),
    ).toEqual({ error: boom });
    expect((await trail()).map(({ result }) => result)).toEqual([
      'PROJECT_NOT_FOUND',
      'INTERNAL',
      'PROJECT_NOT_FOUND',
    ]);
    expect(JSON.stringify(await trail())).not.toContain('cdk_secret');
  });

  it('that fails halfway is recorded as both success and failure', async () => {
    const work = async () => {
      await journal.emit(EVENT);
      throw boom;
    };
    await expect(journal.perform(ACT, work)).rejects.toBe(boom);
    expect((await trail()).map(({ result }) => result)).toEqual(['ok', 'PROJECT_NOT_FOUND']);
  });

  it('that starts a job is not recorded as failed when the job fails, which has its own entry', async () => {
    const work = async () => {
      await journal.emit({ ...EVENT, jobId: 'j1', message: 'obtain begun' });
      throw new CertdeskError('CHALLENGE_FAILED');
    };
    await expect(journal.perform(ACT, work)).rejects.toMatchObject({ code: 'CHALLENGE_FAILED' });
    expect(await trail()).toEqual([{ ...entry, jobId: 'j1', message: 'obtain begun' }]);
  });

  it('that is mostly a read is recorded if it reports something', async () => {
    const read: Act = { ...ACT, record: 'changes' };
    await journal.perform(read, async () => undefined);
    await expect(journal.perform(read, () => Promise.reject(boom))).rejects.toBe(boom);
    expect(await trail()).toEqual([]);
    await journal.perform(read, () => journal.emit(EVENT));
    expect((await trail()).map(({ message }) => message)).toEqual(['Project Shop changed']);
  });

  it('is not mixed up with a concurrent one', async () => {
    const run = (name: string, until?: Promise<void>) =>
      journal.perform({ ...ACT, actor: { ...ACTOR, name } }, async () => {
        await until;
        await journal.emit({ ...EVENT, message: name });
      });
    const fastIsDone = Promise.withResolvers<void>();
    await Promise.all([run('slow', fastIsDone.promise), run('fast').finally(fastIsDone.resolve)]);
    expect((await trail()).map(({ actor, message }) => [actor, message])).toEqual([
      ['fast', 'fast'],
      ['slow', 'slow'],
    ]);
  });

  it('is not blamed for background work during it or after it', async () => {
    const late = Promise.withResolvers<void>();
    let after: Promise<void> = Promise.resolve();
    await journal.perform(ACT, async () => {
      await journal.detached(() => journal.emit(EVENT));
      after = late.promise.then(() => journal.emit(EVENT));
    });
    late.resolve();
    await after;
    expect(await events()).toHaveLength(2);
    expect(await trail()).toEqual([{ ...entry, message: 'Project saved without changes' }]);
  });
});

describe('without an operation', () => {
  const audit = { operation: 'certificates.renew', result: 'ok' } as const;

  it('the journal records events that ask for it, with Certdesk as actor', async () => {
    await journal.emit(EVENT);
    await journal.emit({ ...EVENT, audit });
    expect(await trail()).toEqual([
      { ...entry, actor: 'Certdesk', operation: 'certificates.renew', message: 'Project Shop changed' },
    ]);
    expect((await database.stores.audit.after(0, 1))[0]?.actor).toEqual(CERTDESK);
  });

  it('the end of a job is attributed to who started it, even after a restart', async () => {
    await journal.perform(ACT, () => journal.emit({ ...EVENT, jobId: 'j1' }));
    await journal.perform({ ...ACT, actor: { ...ACTOR, name: 'else' } }, () =>
      journal.emit({ ...EVENT, jobId: 'j2' }),
    );
    const restarted = database.journal({ now: () => new Date('2026-03-02T12:00:00Z') });
    const failed = { operation: 'certificates.obtain', result: 'CHALLENGE_FAILED' } as const;
    await restarted.emit({ ...EVENT, jobId: 'j1', audit: failed });
    await restarted.emit({ ...EVENT, jobId: 'j3', audit });
    expect((await trail()).slice(2).map(({ actor, jobId, result }) => [actor, jobId, result])).toEqual([
      ['ci', 'j1', 'CHALLENGE_FAILED'],
      ['Certdesk', 'j3', 'ok'],
    ]);
  });

  it('listeners receive the same events as before, after the commit', async () => {
    const heard: string[] = [];
    journal.listen(({ message }) => heard.push(message));
    await journal.perform(ACT, () => journal.emit(EVENT));
    await journal.record({ ...audit, actor: CERTDESK, projectId: null, jobId: null, message: 'silent' });
    expect(heard).toEqual(['Project Shop changed']);
  });

  it('the log has the number and hash of each entry, to check the trail against', async () => {
    const lines: unknown[] = [];
    const noting = createJournal(
      database.stores,
      { now: () => new Date() },
      { ...QUIET, info: (data) => lines.push(data) },
    );
    await noting.perform(ACT, () => noting.emit(EVENT));
    await noting.perform(ACT, async () => undefined);
    const records = await database.stores.audit.after(0, 10);
    expect(lines.map((line) => (line as { audit: string }).audit)).toEqual(
      records.map(({ seq, hash }) => `${seq}:${hash}`),
    );
  });
});

/** A database whose audit trail accepts no more entries. */
function failingAudit({ stores }: TestDatabase): TestDatabase['stores']['transaction'] {
  const append = () => Promise.reject(new Error('the trail is full'));
  return (work) => stores.transaction((tx) => work({ ...tx, audit: { ...tx.audit, append } }));
}
