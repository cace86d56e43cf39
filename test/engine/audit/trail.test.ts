// The chain of the audit trail: any manual change to its rows is detected, at the changed entry.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditHead } from '../../../src/main/engine/audit/append.ts';
import { CERTDESK, entryHash, NO_ENTRY_BEFORE } from '../../../src/main/engine/audit/entry.ts';
import type { Journal } from '../../../src/main/engine/audit/journal.ts';
import { type AuditTrail, createAuditTrail } from '../../../src/main/engine/audit/trail.ts';
import type { AuditEntry } from '../../../src/shared/audit.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';

const COUNT = 8;
const ENTRY = {
  actor: { kind: 'token', id: 't1', name: 'ci', address: '192.0.2.7' },
  operation: 'certificates.revoke',
  projectId: 'p1',
  jobId: 'j1',
  result: 'ok',
  message: 'Certificate for shop.example.com revoked (superseded)',
} as const;

let database: TestDatabase;
let journal: Journal;
let trail: AuditTrail;

beforeEach(async () => {
  database = openTestDatabase();
  journal = database.journal({ now: () => new Date('2026-03-01T12:00:00Z') });
  trail = createAuditTrail(database.stores);
  for (let n = 1; n <= COUNT; n += 1) await journal.record({ ...ENTRY, message: `Entry ${n}` });
});
afterEach(() => database?.close());

/** What an attacker with the file and SQLite could do to it. */
function tamper(...statements: readonly string[]): void {
  const sqlite = new Sqlite(join(database.folder, 'certdesk.db'));
  try {
    for (const statement of statements) sqlite.exec(statement);
  } finally {
    sqlite.close();
  }
}

const brokenAt = async (expected?: AuditHead) => {
  const { ok, broken, entries } = await trail.verify(expected);
  expect(ok).toBe(broken === null);
  if (broken !== null) expect(entries).toBe(broken.seq - 1);
  return broken?.seq ?? null;
};

const reason = async () => (await trail.verify()).broken?.reason;

const all = async () => {
  const entries: AuditEntry[] = [];
  for await (const entry of trail.entries()) entries.push(entry);
  return entries;
};

const noted = async (seq: number): Promise<AuditHead> => {
  for await (const entry of trail.entries()) if (entry.seq === seq) return { seq, hash: entry.hash };
  throw new Error(`no entry ${seq}`);
};

describe('the hash of an entry', () => {
  it('equals the documented one of docs/audit-trail.md, computed independently', () => {
    // Python: sha256(json.dumps([...], ensure_ascii=False, separators=(',', ':')).encode())
    const entry = {
      seq: 1,
      at: '2026-03-01T12:00:00Z',
      actor: { kind: 'window', id: null, name: 'Zoë "x"', address: '::1' },
      operation: 'tokens.create',
      projectId: null,
      jobId: null,
      result: 'FORBIDDEN',
      message: 'a\nb',
      previous: NO_ENTRY_BEFORE,
    } as const;
    expect(entryHash(entry)).toBe('61dd450d4ccc23447f58fe8a169a97664d53d9f7a2b1c7312c72752907401240');
  });
});

describe('an untouched trail', () => {
  it('is valid, empty and with entries, and each entry holds the hash of the previous one', async () => {
    expect(await trail.verify()).toEqual({
      ok: true,
      entries: COUNT,
      head: await noted(COUNT),
      broken: null,
    });
    const entries = await all();
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(entries[0]?.previous).toBe(NO_ENTRY_BEFORE);
    for (const [index, entry] of entries.slice(1).entries())
      expect(entry.previous).toBe(entries[index]?.hash);
    const other = openTestDatabase();
    expect(await createAuditTrail(other.stores).verify()).toEqual({
      ok: true,
      entries: 0,
      head: null,
      broken: null,
    });
    await other.close();
  });

  it('is valid with any names, and long names are shortened', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 }).map((name) => `${name}\ud800\0"\\\u2028`);
    await fc.assert(
      fc.asyncProperty(text, text, async (name, message) => {
        await journal.record({ ...ENTRY, actor: { ...ENTRY.actor, name }, projectId: name, message });
        expect(await brokenAt()).toBeNull();
      }),
      { numRuns: 20 },
    );
    await journal.record({ ...ENTRY, message: '\u{1f512}'.repeat(2_000) });
    await journal.record({ ...ENTRY, message: `x${'\u{1f512}'.repeat(2_000)}` });
    expect(await brokenAt()).toBeNull();
  });

  it('holds the entry that was noted elsewhere', async () => {
    for (const seq of [1, 5, COUNT]) expect(await brokenAt(await noted(seq))).toBeNull();
  });
});

describe('verification of the trail', () => {
  const COLUMNS: readonly (readonly [string, string])[] = [
    ['at', "'2026-03-01T12:00:01Z'"],
    ['actor_kind', "'certdesk'"],
    ['actor_id', 'NULL'],
    ['actor_name', "'someone else'"],
    ['address', "'192.0.2.8'"],
    ['operation', "'certificates.renew'"],
    ['project_id', "'p2'"],
    ['job_id', 'NULL'],
    ['result', "'FORBIDDEN'"],
    ['message', "'nothing happened'"],
    ['previous', `'${'0'.repeat(63)}1'`],
    ['hash', `'${'0'.repeat(63)}1'`],
    ['seq', '1000'],
  ];

  it('detects a change in every column', () => {
    const sqlite = new Sqlite(join(database.folder, 'certdesk.db'));
    const columns = sqlite.prepare("SELECT name FROM pragma_table_info('audit')").pluck().all();
    sqlite.close();
    expect(COLUMNS.map(([name]) => name).sort()).toEqual([...columns].sort());
  });

  it.each(COLUMNS.flatMap(([name, value]) => [1, 5, COUNT].map((seq) => [name, seq, value] as const)))(
    'detects that %s of entry %i changed',
    async (name, seq, value) => {
      tamper(`UPDATE audit SET ${name} = ${value} WHERE seq = ${seq}`);
      expect(await brokenAt()).toBe(seq);
    },
  );

  it('detects a change with a recomputed hash at the next entry', async () => {
    const entries = await all();
    const fifth = entries[4];
    if (fifth === undefined) throw new Error('there are 8');
    const { actor, address, hash: _, ...rest } = fifth;
    const hash = entryHash({ ...rest, actor: { ...actor, address }, message: 'nothing happened' });
    tamper(`UPDATE audit SET message = 'nothing happened', hash = '${hash}' WHERE seq = 5`);
    expect(await brokenAt()).toBe(6);
  });

  it.each([1, 4, COUNT - 1])('detects that entry %i was deleted', async (seq) => {
    tamper(`DELETE FROM audit WHERE seq = ${seq}`);
    expect(await brokenAt()).toBe(seq);
    expect(await reason()).toBe(`it is missing: the next existing entry has number ${seq + 1}`);
  });

  it('detects that an entry was deleted and the others renumbered', async () => {
    tamper('DELETE FROM audit WHERE seq = 4');
    for (let seq = 5; seq <= COUNT; seq += 1) tamper(`UPDATE audit SET seq = ${seq - 1} WHERE seq = ${seq}`);
    expect(await brokenAt()).toBe(4);
  });

  it('detects that the last entry, the last three, or all were deleted', async () => {
    tamper(`DELETE FROM audit WHERE seq = ${COUNT}`);
    expect(await brokenAt()).toBe(COUNT);
    expect(await reason()).toBe('it is missing: according to the record of its end, the trail has 8 entries');
    tamper(`DELETE FROM audit WHERE seq > ${COUNT - 3}`);
    expect(await brokenAt()).toBe(COUNT - 2);
    tamper('DELETE FROM audit');
    expect(await brokenAt()).toBe(1);
  });

  it('detects that the last entry was deleted before new ones followed', async () => {
    tamper(`DELETE FROM audit WHERE seq = ${COUNT}`);
    await journal.record(ENTRY);
    await journal.record(ENTRY);
    expect(await brokenAt()).toBe(COUNT);
    expect(await reason()).toBe('it is missing: the next existing entry has number 9');
  });

  it('detects two swapped entries, with or without their numbers', async () => {
    tamper('UPDATE audit SET seq = -seq WHERE seq IN (3, 4)', 'UPDATE audit SET seq = 7 + seq WHERE seq < 0');
    expect(await brokenAt()).toBe(3);
  });

  it('detects an entry inserted in between, before, or at the end', async () => {
    const copy = (from: number, seq: number) =>
      `INSERT INTO audit SELECT ${seq}, at, actor_kind, actor_id, actor_name, address, operation, project_id, job_id,
        result, message, previous, hash FROM audit WHERE seq = ${from}`;
    tamper(copy(2, 0));
    expect(await brokenAt()).toBe(1);
    tamper('DELETE FROM audit WHERE seq = 0', copy(COUNT, COUNT + 1));
    expect(await brokenAt()).toBe(COUNT + 1);
  });

  it('detects a valid entry appended without the record of the trail’s end', async () => {
    const head = await noted(COUNT);
    const entry = {
      ...ENTRY,
      actor: CERTDESK,
      at: '2026-03-01T12:00:00Z',
      seq: COUNT + 1,
      previous: head.hash,
    };
    await database.stores.audit.append({ ...entry, hash: entryHash(entry) });
    const verdict = await trail.verify();
    expect(verdict.ok).toBe(false);
    expect(verdict.broken?.reason).toMatch(/record of its end/);
    await journal.record(ENTRY);
    expect(await brokenAt()).toBe(COUNT + 2);
  });

  it('detects that the record of the trail’s end was changed, shortened with the trail, or deleted', async () => {
    tamper(
      `UPDATE settings SET value = json_set(value, '$.hash', '${'a'.repeat(64)}') WHERE key = 'audit-head'`,
    );
    expect((await trail.verify()).ok).toBe(false);
    tamper("DELETE FROM settings WHERE key = 'audit-head'");
    expect((await trail.verify()).ok).toBe(false);
    await journal.record(ENTRY);
    expect(await brokenAt()).toBe(COUNT + 1);
  });

  it('detects a consistently shortened trail only with an entry that was noted elsewhere', async () => {
    const last = await noted(COUNT);
    const kept = JSON.stringify(await noted(COUNT - 2));
    tamper(
      `DELETE FROM audit WHERE seq > ${COUNT - 2}`,
      `UPDATE settings SET value = '${kept}' WHERE key = 'audit-head'`,
    );
    expect(await brokenAt()).toBeNull();
    expect(await brokenAt(last)).toBe(COUNT - 1);
    await journal.record(ENTRY);
    await journal.record(ENTRY);
    expect(await brokenAt(last)).toBe(COUNT);
  });
});

describe('the list of entries', () => {
  const seqs = async (query: Partial<Parameters<AuditTrail['list']>[0]>) =>
    (await trail.list({ limit: 50, ...query })).entries.map(({ seq }) => seq);

  it('is paged newest first, without gap or repetition while entries are added', async () => {
    const first = await trail.list({ limit: 3 });
    await journal.record(ENTRY);
    const second = await trail.list({ limit: 3, cursor: first.nextCursor ?? '' });
    const third = await trail.list({ limit: 3, cursor: second.nextCursor ?? '' });
    expect([first, second, third].flatMap(({ entries }) => entries.map(({ seq }) => seq))).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1,
    ]);
    expect(third.nextCursor).toBeNull();
    expect((await trail.list({ limit: 9 })).nextCursor).toBeNull();
    await expect(trail.list({ limit: 3, cursor: "1'" })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('is filtered by project, actor, operation, result and time', async () => {
    await journal.record({ ...ENTRY, projectId: 'p2', actor: CERTDESK, operation: 'certificates.renew' });
    await journal.record({ ...ENTRY, projectId: null, operation: 'certificatesX', result: 'FORBIDDEN' });
    expect(await seqs({ project: 'p2' })).toEqual([9]);
    expect(await seqs({ actor: 'certdesk' })).toEqual([9]);
    expect(await seqs({ actor: 'Certdesk' })).toEqual([9]);
    expect((await seqs({ actor: 't1' })).length).toBe(COUNT + 1);
    expect((await seqs({ actor: 'ci', project: 'p1' })).length).toBe(COUNT);
    expect(await seqs({ operation: 'certificates.renew' })).toEqual([9]);
    expect((await seqs({ operation: 'certificates' })).length).toBe(COUNT + 1);
    expect(await seqs({ result: 'failed' })).toEqual([10]);
    expect(await seqs({ result: 'FORBIDDEN' })).toEqual([10]);
    expect((await seqs({ result: 'ok' })).length).toBe(COUNT + 1);
    expect((await seqs({ from: '2026-03-01T12:00:00Z', to: '2026-03-01T12:00:01Z' })).length).toBe(COUNT + 2);
    expect(await seqs({ from: '2026-03-01T12:00:01Z' })).toEqual([]);
    expect(await seqs({ to: '2026-03-01T12:00:00Z' })).toEqual([]);
  });
});
