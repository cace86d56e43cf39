// A recipe stored by an earlier Certdesk is read as an issuance spec (migration 0020).
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { issuanceSpec } from '../../src/main/storage/migrations/0020-issuance-spec.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';
import { SPEC } from '../support/engine/records.ts';

const OBTAIN = { kind: 'obtain', recipe: SPEC, autoRenew: true, dryRun: false };
const REVOKE = { kind: 'revoke', certificateId: 'c1', reason: 'superseded' };

it('renames the columns and the keys of inputs of jobs, and leaves the rest', () => {
  const sqlite = new Sqlite(':memory:');
  for (const { sql } of MIGRATIONS.slice(0, MIGRATIONS.indexOf(issuanceSpec))) sqlite.exec(sql);
  sqlite.pragma('foreign_keys = OFF');
  const insert = sqlite.prepare(
    "INSERT INTO jobs (id, project_id, state, input, created_at) VALUES (?, 'p', 'succeeded', ?, '2026-01-01T00:00:00Z')",
  );
  insert.run('1', JSON.stringify(OBTAIN));
  insert.run('2', JSON.stringify({ ...REVOKE, replacement: { recipe: SPEC, autoRenew: false } }));
  insert.run('3', JSON.stringify(REVOKE));
  sqlite.exec(issuanceSpec.sql);
  const rows = sqlite.prepare<[], { input: string }>('SELECT input FROM jobs ORDER BY id').all();
  expect(rows.map(({ input }) => JSON.parse(input))).toEqual([
    { kind: 'obtain', spec: SPEC, autoRenew: true, dryRun: false },
    { ...REVOKE, replacement: { spec: SPEC, autoRenew: false } },
    REVOKE,
  ]);
  const columns = (table: string) =>
    sqlite.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(table);
  for (const table of ['certificates', 'orders']) {
    const names = columns(table).map(({ name }) => name);
    expect(names).toContain('spec');
    expect(names).not.toContain('recipe');
  }
  // Triggers that keep `listing` name the column too.
  const stale = sqlite.prepare("SELECT name FROM sqlite_master WHERE sql LIKE '%recipe%'").all();
  expect(stale).toEqual([]);
  sqlite.close();
});
