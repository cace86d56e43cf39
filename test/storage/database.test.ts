import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { migrate, refuseNewer } from '../../src/main/storage/migrate.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-db-'));
  path = join(folder, 'certdesk.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The schema as SQLite prints it. */
function schemaOf(file: string): unknown[] {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return sqlite
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
      .all();
  } finally {
    sqlite.close();
  }
}

describe('openDatabase', () => {
  it('keeps what was committed through a power cut, in a file that only its owner may read', async () => {
    const database = openDatabase(path);
    const pragma = async (name: string) => {
      const { rows } = await sql<Record<string, unknown>>`PRAGMA ${sql.raw(name)}`.execute(database.db);
      return Object.values(rows[0] ?? {})[0];
    };
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2); // FULL
    expect(await pragma('foreign_keys')).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await database.close();
  });

  it('reports a file that is not a database, and leaves it unchanged', () => {
    writeFileSync(path, 'this is not a database, but somebody may need it'.repeat(50));
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'STORAGE_FAILED' }));
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a database of a newer version in one line, and does not change it', async () => {
    await openDatabase(path).close();
    const sqlite = new Sqlite(path);
    sqlite.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    sqlite.pragma('journal_mode = DELETE');
    sqlite.close();
    const before = { bytes: readFileSync(path), files: readdirSync(folder) };
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_TOO_NEW',
        message: expect.stringMatching(/^[^\n]*newer Certdesk[^\n]*$/),
      }),
    );
    expect({ bytes: readFileSync(path), files: readdirSync(folder) }).toEqual(before);
  });
});

describe('migrations', () => {
  it('keep the authority of tokens that could change everything, and give no other token more', () => {
    openEmpty(path, 10);
    const sqlite = new Sqlite(path);
    const insert = sqlite.prepare(
      "INSERT INTO tokens (id, name, hash, scopes, project_ids, created_at) VALUES (?, ?, ?, ?, ?, '2026-01-01T00:00:00Z')",
    );
    const add = (id: string, scopes: readonly string[], projects: readonly string[] | null) =>
      insert.run(id, id, id, JSON.stringify(scopes), projects && JSON.stringify(projects));
    add('all', ['projects:write'], null);
    add('both', ['projects:read', 'projects:write'], null);
    add('reader', ['projects:read'], null);
    add('limited', ['projects:write'], ['p1']);
    migrate(sqlite);
    const scopes = sqlite.prepare('SELECT id, scopes FROM tokens ORDER BY seq').raw().all();
    sqlite.close();
    expect(scopes).toEqual([
      ['all', '["projects:write","admin"]'],
      ['both', '["projects:read","projects:write","admin"]'],
      ['reader', '["projects:read"]'],
      ['limited', '["projects:write"]'],
    ]);
  });

  it('lead from every earlier version to the schema of an empty database', () => {
    openEmpty(path, MIGRATIONS.length);
    const newest = schemaOf(path);
    for (let version = 1; version < MIGRATIONS.length; version += 1) {
      const older = join(folder, `v${version}.db`);
      openEmpty(older, version);
      const sqlite = new Sqlite(older);
      migrate(sqlite);
      sqlite.close();
      expect(schemaOf(older)).toEqual(newest);
    }
    expect(newest.length).toBeGreaterThan(8);
  });

  it('copy the database before they change it, and undo a failed migration', () => {
    openEmpty(path, MIGRATIONS.length);
    const sqlite = new Sqlite(path);
    sqlite.prepare("INSERT INTO settings VALUES ('a', '1')").run();
    const broken = [
      ...MIGRATIONS,
      { name: '9001-broken', sql: 'DELETE FROM settings; CREATE TABLE settings (x);' },
    ];
    expect(() => migrate(sqlite, broken)).toThrow(/already exists/);
    expect(sqlite.prepare('SELECT count(*) AS n FROM settings').get()).toEqual({ n: 1 });
    expect(sqlite.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    sqlite.close();
    const copy = new Sqlite(`${path}.before-9001`, { readonly: true });
    expect(copy.prepare('SELECT value FROM settings').get()).toEqual({ value: '1' });
    copy.close();
  });

  it('keep reachable addresses reachable: their approval is attributed to an earlier version', () => {
    const before = MIGRATIONS.findIndex(({ name }) => name === '0013-saved-by');
    openEmpty(path, before);
    const sqlite = new Sqlite(path);
    const channel = sqlite.prepare(
      `INSERT INTO notification_channels (id, name, type, enabled, kinds, email, webhook, created_at, updated_at)
       VALUES (?, 'x', 'x', 1, '[]', ?, ?, '', '')`,
    );
    channel.run('mail', '{"host":"127.0.0.1"}', null);
    channel.run('inside', null, '{"url":"x","allowPrivate":true}');
    channel.run('outside', null, '{"url":"x","allowPrivate":false}');
    sqlite
      .prepare("INSERT INTO accounts VALUES ('a', 'https://ca.internal/dir', NULL, NULL, x'00', '', NULL)")
      .run();
    migrate(sqlite);
    const rows = sqlite.prepare('SELECT id, webhook, saved_by FROM notification_channels').all();
    expect(rows).toEqual([
      { id: 'mail', webhook: null, saved_by: expect.stringContaining('"window"') },
      { id: 'inside', webhook: '{"url":"x"}', saved_by: expect.stringContaining('"window"') },
      { id: 'outside', webhook: '{"url":"x"}', saved_by: expect.stringContaining('"token"') },
    ]);
    const directories = sqlite.prepare("SELECT value FROM settings WHERE key = 'acme-directories'").get();
    expect(JSON.parse(String(Reflect.get(Object(directories), 'value')))).toEqual({
      'https://ca.internal/dir': { kind: 'window', id: null, name: 'an earlier version' },
    });
    sqlite.close();
  });

  it('refer to nothing newer than themselves', () => {
    openEmpty(path, MIGRATIONS.length);
    copyFileSync(path, join(folder, 'copy.db'));
    expect(() => refuseNewer(join(folder, 'copy.db'))).not.toThrow();
    expect(() => refuseNewer(join(folder, 'copy.db'), MIGRATIONS.slice(1))).toThrow(/newer Certdesk/);
  });

  function openEmpty(file: string, version: number): void {
    const sqlite = new Sqlite(file);
    migrate(sqlite, MIGRATIONS.slice(0, version));
    sqlite.close();
  }
});

describe('the lock of a data folder', () => {
  it('is held by one process, and free again when that one releases it', () => {
    const release = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' }));
    release();
    lockDataFolder(folder)();
  });
});
