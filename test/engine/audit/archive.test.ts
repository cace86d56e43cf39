// Old entries move to a file and leave a valid chain; repeated failures are counted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveOldEntries } from '../../../src/main/engine/audit/archive.ts';
import { CERTDESK, entryHash } from '../../../src/main/engine/audit/entry.ts';
import type { Journal } from '../../../src/main/engine/audit/journal.ts';
import { createRepeatedFailures } from '../../../src/main/engine/audit/repeated-failures.ts';
import { type AuditTrail, createAuditTrail } from '../../../src/main/engine/audit/trail.ts';
import { readSettings } from '../../../src/main/engine/settings/settings.ts';
import { createAuditArchive } from '../../../src/main/storage/audit-archive.ts';
import type { AuditEntry } from '../../../src/shared/audit.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';

const DAY_MS = 86_400_000;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const ENTRY = {
  actor: { kind: 'token', id: 't1', name: 'ci', address: '192.0.2.7' },
  operation: 'certificates.upload',
  projectId: 'p1',
  jobId: null,
  result: 'FORBIDDEN',
  message: 'This token lacks the scope projects:write',
} as const;

let database: TestDatabase;
let journal: Journal;
let trail: AuditTrail;
let now: Date;
const clock = { now: () => now };

beforeEach(async () => {
  database = openTestDatabase();
  now = new Date('2026-01-01T00:00:00Z');
  journal = database.journal(clock);
  trail = createAuditTrail(database.stores);
});
afterEach(() => database?.close());

const archive = (auditArchive = createAuditArchive(database.folder)) =>
  archiveOldEntries({
    stores: database.stores,
    journal,
    clock,
    log,
    auditArchive,
    auditKeepDays: async () => (await readSettings(database.stores.settings, 'audit')).keepDays,
  });

/** One entry per day. */
async function live(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await journal.record({ ...ENTRY, result: 'ok', message: `Day ${now.toISOString()}` });
    now = new Date(now.getTime() + DAY_MS);
  }
}

function exported(name: string): readonly AuditEntry[] {
  const text = readFileSync(join(database.folder, 'audit-archive', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the retention of the audit trail', () => {
  it('exports entries over two years old before it deletes them, and the rest is a valid chain', async () => {
    await live(100);
    const noted = (await trail.verify()).head;
    now = new Date(Date.parse('2026-01-01T00:00:00Z') + (730 + 60) * DAY_MS);
    await archive();
    const file = exported('audit-from-0000000001.jsonl');
    expect(file.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    for (const { actor, address, ...entry } of file)
      expect(entryHash({ ...entry, actor: { ...actor, address } })).toBe(entry.hash);
    expect(await trail.verify()).toMatchObject({ ok: true, entries: 41, head: { seq: 101 } });
    expect(await trail.verify(noted ?? undefined)).toMatchObject({ ok: true });
    const { entries } = await trail.list({ limit: 500 });
    expect(entries).toHaveLength(41);
    expect(entries[0]).toMatchObject({ operation: 'audit.archive', actor: { kind: 'certdesk' } });
    expect(entries[0]?.message).toContain(`Entries up to 60:${file.at(-1)?.hash} (60 from before `);
    await archive(); // not before another month of entries is old
    expect((await trail.list({ limit: 500 })).entries).toHaveLength(41);
  });

  it('keeps all entries if the export fails, or the setting says so', async () => {
    await live(40);
    now = new Date(now.getTime() + 1000 * DAY_MS);
    const failing = { write: () => Promise.reject(new Error('the disk is full')) };
    await expect(archive(failing)).rejects.toThrow('the disk is full');
    expect(await trail.verify()).toMatchObject({ ok: true, entries: 40 });
    await database.stores.settings.set('settings:audit', { keepDays: null });
    await archive();
    expect(await trail.verify()).toMatchObject({ ok: true, entries: 40 });
  });

  it('treats entries that somebody deleted as exported', async () => {
    await live(10);
    const [, , third] = await database.stores.audit.after(0, 3);
    const sqlite = new Sqlite(join(database.folder, 'certdesk.db'));
    sqlite.exec('DELETE FROM audit WHERE seq <= 3');
    sqlite.close();
    expect(await trail.verify()).toMatchObject({ ok: false, broken: { seq: 1 } });
    await database.stores.settings.set('audit-base', { seq: 3, hash: third?.hash ?? '' });
    expect(await trail.verify()).toMatchObject({ ok: false, broken: { seq: 3 } });
  });

  it('says of an archived entry that it was exported', async () => {
    await live(50);
    const [first] = await database.stores.audit.after(0, 1);
    now = new Date(now.getTime() + 740 * DAY_MS);
    await archive();
    const verdict = await trail.verify({ seq: 1, hash: first?.hash ?? '' });
    expect(verdict.broken?.reason).toMatch(/was exported/);
  });
});

describe('repeated failures', () => {
  it('create one entry at once, and one with their number at the end of the minute', async () => {
    const repeated = createRepeatedFailures({ record: journal.record, log, windowMs: 1_000_000 });
    for (let at = 0; at < 500; at += 1) await repeated.note({ ...ENTRY, projectId: `p${at}` });
    await repeated.note({ ...ENTRY, result: 'PROJECT_NOT_FOUND' });
    expect(await database.stores.audit.lastSeq()).toBe(2);
    await repeated.flush();
    const { entries } = await trail.list({ limit: 10 });
    expect(entries.map(({ result }) => result)).toEqual(['FORBIDDEN', 'PROJECT_NOT_FOUND', 'FORBIDDEN']);
    expect(entries[0]?.message).toMatch(/^499 more failures like this within a minute; the last one: This/);
    await repeated.flush();
    expect(await database.stores.audit.lastSeq()).toBe(3);
  });

  it('are recorded automatically when the minute is over', async () => {
    const repeated = createRepeatedFailures({ record: journal.record, log, windowMs: 1 });
    for (let at = 0; at < 3; at += 1) await repeated.note({ ...ENTRY, actor: CERTDESK });
    await expect.poll(() => database.stores.audit.lastSeq()).toBeGreaterThanOrEqual(2);
  });
});
