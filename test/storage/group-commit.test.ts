import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal } from '../../src/main/engine/audit/journal.ts';
import type { Stores } from '../../src/main/engine/core/stores.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createGroupCommit } from '../../src/main/storage/group-commit.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { QUIET } from '../support/engine/database.ts';

describe('concurrent transactions', () => {
  let folder: string;
  let path: string;
  let database: Database;
  let stores: Stores;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'certdesk-group-'));
    path = join(folder, 'certdesk.db');
    database = openDatabase(path);
    stores = createStores(database.db);
  });
  afterEach(async () => {
    await database?.close();
    rmSync(folder, { recursive: true });
  });

  const set = (name: string, value: number) => stores.transaction((tx) => tx.settings.set(name, value));
  const names = Array.from({ length: 10 }, (_, n) => `name-${n}`);

  it('are one commit', async () => {
    const before = commitsIn(`${path}-wal`);
    await Promise.all(names.map((name, n) => set(name, n)));
    expect(commitsIn(`${path}-wal`) - before).toBe(1);
    expect(await stores.settings.get('name-9')).toBe(9);
  });

  it('are as many commits as sequential ones', async () => {
    const before = commitsIn(`${path}-wal`);
    for (const name of names) await set(name, 1);
    expect(commitsIn(`${path}-wal`) - before).toBe(names.length);
  });

  it('run in the order in which they were asked for', async () => {
    const order: number[] = [];
    await Promise.all(
      names.map((_, n) =>
        stores.transaction(async (tx) => {
          await tx.settings.get('name-0');
          order.push(n);
        }),
      ),
    );
    expect(order).toEqual(names.map((_, n) => n));
  });

  it('are each all or nothing: one that fails affects no other', async () => {
    const failing = stores.transaction(async (tx) => {
      await tx.settings.set('half', 1);
      throw new Error('no further');
    });
    const results = await Promise.allSettled([set('before', 1), failing, set('after', 1)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(failing).rejects.toThrow('no further');
    const kept = await Promise.all(['before', 'half', 'after'].map((name) => stores.settings.get(name)));
    expect(kept).toEqual([1, null, 1]);
  });

  it('that fail alone leave nothing either', async () => {
    const failing = stores.transaction(async (tx) => {
      await tx.settings.set('half', 1);
      throw new Error('no further');
    });
    await expect(failing).rejects.toThrow('no further');
    expect(await stores.settings.get('half')).toBeNull();
    await set('next', 1);
    expect(await stores.settings.get('next')).toBe(1);
  });

  it('are each retried alone if SQLite has rolled all of them back, and later ones continue', async () => {
    const transact = createGroupCommit(database.db);
    const runs: string[] = [];
    const full = transact(async (trx) => {
      runs.push('full');
      await sql`rollback`.execute(trx);
      throw new Error('the disk is full');
    });
    const early = transact((trx) => createStores(trx).settings.set('early', 1));
    const late = transact(async (trx) => {
      runs.push('late');
      await createStores(trx).settings.set('late', 1);
    });
    const results = await Promise.allSettled([early, full, late]);
    const reasons = results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'kept'));
    expect(reasons).toEqual(['kept', 'Error: the disk is full', 'kept']);
    expect(runs).toEqual(['full', 'full', 'late']);
    const kept = await Promise.all(['early', 'late'].map((name) => stores.settings.get(name)));
    expect(kept).toEqual([1, 1]);
    await set('next', 1);
    expect(await stores.settings.get('next')).toBe(1);
  });

  it('that fit are not lost with one that is too large for the disk, and report their result once', async () => {
    const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
    const journal = createJournal(stores, clock, QUIET);
    const heard: string[] = [];
    journal.listen(({ message }) => heard.push(message));
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
    // Room for some pages: a full disk for SQLite (https://sqlite.org/pragma.html#pragma_max_page_count).
    await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 20)}`.execute(database.db);
    const small = (n: number) =>
      journal.write(async (tx, emit) => {
        await tx.settings.set(`small-${n}`, n);
        await emit({ kind: 'project.updated', message: `small ${n}` });
      });
    const first = small(1);
    const large = journal.write((tx) => tx.settings.set('large', 'x'.repeat(1_000_000)));
    const results = await Promise.allSettled([first, large, small(2)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(large).rejects.toThrow('The disk is full');
    const kept = await Promise.all(['small-1', 'large', 'small-2'].map((name) => stores.settings.get(name)));
    expect(kept).toEqual([1, null, 2]);
    expect(heard).toEqual(['small 1', 'small 2']);
  });

  it('each see the context of their caller', async () => {
    const who = new AsyncLocalStorage<number>();
    const seen = await Promise.all(
      names.map((_, n) => who.run(n, () => stores.transaction(async () => who.getStore()))),
    );
    expect(seen).toEqual(names.map((_, n) => n));
  });

  it('are not visible to another connection before they resolve', async () => {
    const other = openDatabase(path);
    const seen = createStores(other.db).settings;
    const written = set('shown', 1).then(() => seen.get('shown'));
    expect(await seen.get('shown')).toBeNull();
    expect(await written).toBe(1);
    await other.close();
  });
});

/** Frames of the log that end a commit: "the size of the database file in pages" is not 0. https://sqlite.org/fileformat2.html#walformat */
function commitsIn(log: string): number {
  const bytes = readFileSync(log);
  const pageBytes = bytes.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 + pageBytes <= bytes.length; at += 24 + pageBytes) {
    if (bytes.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
