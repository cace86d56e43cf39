// A power cut in the middle of a commit: SQLite's write-ahead log, cut anywhere within its last transaction, opens, is
// intact, and has all of that transaction or nothing. CERTDESK_SOAK=1 cuts at every byte.
import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { CERTIFICATE, PROJECT } from '../support/engine/records.ts';

const FRAME_HEADER = 24;

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-power-'));
  database = openDatabase(join(folder, 'live.sqlite'));
});
afterEach(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

/** The content of a copy whose log ends after `length` bytes. */
function opened(length: number): { readonly projects: readonly string[]; readonly certificates: number } {
  copyFileSync(at('live.sqlite'), at('cut.sqlite'));
  copyFileSync(at('live.sqlite-wal'), at('cut.sqlite-wal'));
  truncateSync(at('cut.sqlite-wal'), length);
  const sqlite = new Sqlite(at('cut.sqlite'));
  try {
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(sqlite.pragma('foreign_key_check')).toEqual([]);
    const projects = sqlite.prepare('select id from projects order by id').pluck().all() as string[];
    const certificates = sqlite.prepare('select count(*) from certificates').pluck().get() as number;
    return { projects, certificates };
  } finally {
    sqlite.close();
  }
}

/** Every byte in a soak; otherwise the edges of each frame and some bytes between, the same ones in each run. */
function* cuts(from: number, to: number, frame: number): Generator<number> {
  const step = process.env.CERTDESK_SOAK === '1' ? 1 : 97;
  for (let length = from; length <= to; length += 1) {
    const within = (length - from) % frame;
    const edge = within <= 2 || within >= frame - 1 || Math.abs(within - FRAME_HEADER) <= 1;
    if (edge || length === to || (length - from) % step === 0) yield length;
  }
}

it('a log cut anywhere in its last transaction has all of it or nothing', async () => {
  const stores = createStores(database.db);
  await stores.projects.create({ ...PROJECT, id: 'before' });
  const first = statSync(at('live.sqlite-wal')).size;
  await stores.transaction(async (tx) => {
    await tx.projects.create({ ...PROJECT, id: 'last' });
    await tx.certificates.activate({ ...CERTIFICATE, id: 'c', projectId: 'last' });
  });
  const last = statSync(at('live.sqlite-wal')).size;
  const frame = readFileSync(at('live.sqlite-wal')).readUInt32BE(8) + FRAME_HEADER; // its page size
  expect((last - first) % frame).toBe(0);
  expect(last - first).toBeGreaterThan(frame);

  let tried = 0;
  for (const length of cuts(first, last, frame)) {
    const whole = length === last;
    expect({ length, ...opened(length) }).toEqual({
      length,
      projects: whole ? ['before', 'last'] : ['before'],
      certificates: whole ? 1 : 0,
    });
    tried += 1;
  }
  console.info(`${tried} cuts over ${last - first} bytes`);
  expect(tried).toBeGreaterThan(100);
}, 600_000);
