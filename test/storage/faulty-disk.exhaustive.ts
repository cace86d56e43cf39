// Killed between two system calls of one write, and a disk that answers EIO: the sealed file of secrets and the
// database have the old value or the new, complete, and continue to work. A sample of the system calls; CERTDESK_SOAK=1
// tries each.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealedFile } from '../../src/main/secrets/sealed-file.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { PROJECT } from '../support/engine/records.ts';
import {
  type Fault,
  type FaultyDisk,
  type FaultyRun,
  makeFaultyDisk,
} from '../support/faults/faulty-disk.ts';
import { reportSoak } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

const PROGRAM = 'faulty-disk-program.ts';
const SOAK = process.env.CERTDESK_SOAK === '1';
const say = SOAK ? reportSoak : () => undefined;
const DATABASE = 'certdesk\\.db(-wal|-journal|-shm)?$';
/** Of the files of secrets, and of the folder in which they are renamed. */
const SECRETS = '(secrets\\.(sealed|key)(\\.tmp)?|/data)$';

/** All of them in a soak, otherwise one in the middle and the last. */
const places = (count: number): readonly number[] =>
  SOAK ? Array.from({ length: count }, (_, n) => n + 1) : [Math.ceil(count / 2), count];
/** What a soak tries, or a sample of it in every run. */
const tried = <T>(all: readonly T[], some: number): readonly T[] => (SOAK ? all : all.slice(0, some));

describeWith('cc', 'a failing disk', () => {
  // LD_PRELOAD belongs to the Linux loader.
  describe.runIf(process.platform === 'linux')('on Linux', () => {
    let root: string;
    let disk: FaultyDisk;
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'certdesk-fault-'));
      disk = await makeFaultyDisk();
    });
    afterAll(async () => {
      await disk?.remove();
      await rm(root, { recursive: true, force: true });
    });

    let count = 0;
    /** Its own folder, named `data`. */
    async function freshFolder(kind: 'new' | 'secrets' | 'database'): Promise<string> {
      count += 1;
      const folder = join(root, String(count), 'data');
      await mkdir(folder, { recursive: true });
      if (kind === 'secrets') {
        const store = createSealedFile({ folder });
        await store.set('a', 'old');
        await store.set('b', 'kept');
      }
      if (kind === 'database') {
        const opened = openDatabase(databasePath(folder));
        await createStores(opened.db).projects.create({ ...PROJECT, id: 'before' });
        await opened.close();
      }
      return folder;
    }
    const set = (folder: string, fault: Fault): Promise<FaultyRun> =>
      disk.run(PROGRAM, ['secrets', folder, 'new'], fault);

    const WRITES = [
      ['a change of one', 'secrets', 'old'],
      ['the first secret of a folder', 'new', null],
    ] as const;
    it.each(tried(WRITES, 1))('killed within the write of %s', async (title, kind, old) => {
      const whole = await set(await freshFolder(kind), { path: SECRETS, nth: 0, deed: 'kill-after' });
      expect(whole).toMatchObject({ ended: true, said: { error: null, a: 'new' } });
      expect(whole.calls.join('\n')).toMatch(/fsync .*secrets\.sealed\.tmp[\s\S]*rename .*secrets\.sealed\n/);
      let killed = 0;
      for (const deed of tried(['kill-after', 'kill-before'] as const, 1))
        for (const nth of places(whole.calls.length)) {
          const folder = await freshFolder(kind);
          const { ended } = await set(folder, { path: SECRETS, nth, deed });
          expect(ended, `${deed} ${whole.calls[nth - 1]}`).toBe(false);
          killed += 1;
          const store = createSealedFile({ folder });
          expect([old, 'new'], `${deed} ${whole.calls[nth - 1]}`).toContain(await store.get('a'));
          expect(await store.get('b')).toBe(kind === 'secrets' ? 'kept' : null);
          await store.set('a', 'again');
          expect(await store.get('a')).toBe('again');
        }
      say(`${title}: killed ${killed} times, at ${whole.calls.length} system calls`);
    });

    it('reports EIO within the write of a secret, and keeps the old secrets', async () => {
      const whole = await set(await freshFolder('secrets'), { path: SECRETS, nth: 0, deed: 'eio' });
      for (const nth of places(whole.calls.length)) {
        const folder = await freshFolder('secrets');
        const { said } = await set(folder, { path: SECRETS, nth, deed: 'eio' });
        const call = whole.calls[nth - 1] ?? '';
        // After the rename only the folder's own fsync is left: the new value is there, but not yet durable.
        const late = /^fsync .*\/data$/.test(call);
        expect(said, call).toMatchObject({
          error: { code: 'SECRET_STORE_UNAVAILABLE', message: expect.stringContaining('EIO') },
          a: late ? 'new' : 'old',
        });
        expect(await createSealedFile({ folder }).get('b')).toBe('kept');
      }
      say(`EIO within the write of a secret: at ${whole.calls.length} system calls`);
    });

    it('reports EIO on reading secrets, never as an empty store, and overwrites nothing', async () => {
      const read = (folder: string, nth: number) =>
        disk.run(PROGRAM, ['secrets-read', folder], { path: SECRETS, nth, deed: 'eio-ever', reads: true });
      const whole = await read(await freshFolder('secrets'), 0);
      expect(whole.said).toMatchObject({ error: null, read: 'old', write: null, b: 'new' });
      expect(whole.calls.join('\n')).toMatch(/read .*secrets\.sealed[\s\S]*read .*secrets\.key/);
      for (const nth of [1, 2]) {
        const { said } = await read(await freshFolder('secrets'), nth);
        const failed = { code: 'SECRET_STORE_UNAVAILABLE', message: expect.stringContaining('EIO') };
        expect(said, whole.calls[nth - 1]).toMatchObject({ write: failed, a: 'old', b: 'kept' });
        expect(said?.error, whole.calls[nth - 1]).toMatchObject(failed);
        expect(said?.read).toBeUndefined();
      }
    });

    it('reports EIO on reading the database, and not as a missing project', async () => {
      const read = (folder: string, nth: number) =>
        disk.run(PROGRAM, ['database-read', folder], { path: DATABASE, nth, deed: 'eio', reads: true });
      const whole = await read(await freshFolder('database'), 0);
      expect(whole.said).toEqual({ error: null, read: 'before', after: 'before' });
      expect(whole.calls.length).toBeGreaterThan(0);
      for (const nth of places(whole.calls.length)) {
        const { said } = await read(await freshFolder('database'), nth);
        expect(said, whole.calls[nth - 1]).toMatchObject({
          error: { code: 'STORAGE_FAILED', message: expect.stringMatching(/disk/) },
          after: 'before',
        });
      }
      say(`EIO where the database is read: at ${whole.calls.length} system calls`);
    });

    it.each(tried(['eio', 'eio-ever'] as const, 1))(
      '%s within a transaction leaves all of it or nothing',
      async (deed) => {
        const change = (folder: string, nth: number) =>
          disk.run(PROGRAM, ['database', folder, 'new'], { path: DATABASE, nth, deed });
        const whole = await change(await freshFolder('database'), 0);
        expect(whole.said).toMatchObject({ error: null, after: true, again: null, before: true });
        let refused = 0;
        for (const nth of places(whole.calls.length)) {
          const folder = await freshFolder('database');
          const { said } = await change(folder, nth);
          const call = whole.calls[nth - 1] ?? '';
          expect(said, call).toMatchObject({ again: null, before: true });
          if (said?.error !== null) {
            refused += 1;
            expect(said, call).toMatchObject({ error: { code: 'STORAGE_FAILED' }, after: false });
          } else expect(said.after, call).toBe(true);
          const sqlite = new Sqlite(databasePath(folder), { readonly: true });
          expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
          const ids = sqlite.prepare('select id from projects order by id').pluck().all();
          expect(ids, call).toEqual(
            said?.error === null ? ['before', 'new', 'new-again'] : ['before', 'new-again'],
          );
          sqlite.close();
        }
        expect(refused).toBeGreaterThan(0);
        say(`${deed} in a transaction: at ${whole.calls.length} system calls, ${refused} refused`);
      },
    );

    it('killed within a transaction leaves all of it or nothing', async () => {
      const change = (folder: string, nth: number, deed: Fault['deed']) =>
        disk.run(PROGRAM, ['database', folder, 'new'], { path: DATABASE, nth, deed });
      const whole = await change(await freshFolder('database'), 0, 'eio');
      for (const nth of places(whole.calls.length)) {
        const folder = await freshFolder('database');
        expect((await change(folder, nth, 'kill-after')).ended).toBe(false);
        const opened = openDatabase(databasePath(folder));
        const { projects } = createStores(opened.db);
        expect(await projects.get('before')).not.toBeNull();
        await projects.create({ ...PROJECT, id: 'again' });
        await opened.close();
      }
    });
  });
});
