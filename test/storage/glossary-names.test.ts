// Stored names from before the glossary are read under their new names (migration 0021).
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { glossaryNames } from '../../src/main/storage/migrations/0021-glossary-names.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';

const AT = '2026-01-01T00:00:00Z';

/** Opens a database of the version before, fills it with `fill`, and migrates it. */
function migrate(fill: (sqlite: Sqlite.Database) => void): Sqlite.Database {
  const sqlite = new Sqlite(':memory:');
  for (const { sql } of MIGRATIONS.slice(0, MIGRATIONS.indexOf(glossaryNames))) sqlite.exec(sql);
  sqlite.pragma('foreign_keys = OFF');
  fill(sqlite);
  sqlite.exec(glossaryNames.sql);
  return sqlite;
}

it('renames the setting of parallel renewals, and leaves its section otherwise as it is', () => {
  const sqlite = migrate((old) => {
    const insert = old.prepare('INSERT INTO settings (key, value) VALUES (?, ?)');
    insert.run('settings:renewals', JSON.stringify({ sideBySide: 3, keepVersionsDays: 7 }));
    insert.run('desktop:told', JSON.stringify({ 'failed:p': 1 }));
    insert.run('settings:dns', JSON.stringify({ propagationTimeout: 300 }));
  });
  const rows = sqlite
    .prepare<[], { key: string; value: string }>(
      "SELECT key, value FROM settings WHERE key LIKE 'settings:%' OR key LIKE 'desktop:%' ORDER BY key",
    )
    .all();
  expect(rows.map(({ key, value }) => [key, JSON.parse(value)])).toEqual([
    ['desktop:notified', { 'failed:p': 1 }],
    ['settings:dns', { propagationTimeout: 300 }],
    ['settings:renewals', { keepVersionsDays: 7, concurrency: 3 }],
  ]);
  sqlite.close();
});

it('leaves renewal settings alone that do not contain the setting', () => {
  const sqlite = migrate((old) =>
    old
      .prepare('INSERT INTO settings (key, value) VALUES (?, ?)')
      .run('settings:renewals', JSON.stringify({ fallbackCa: null })),
  );
  const value = sqlite.prepare("SELECT value FROM settings WHERE key = 'settings:renewals'").pluck().get();
  expect(JSON.parse(String(value))).toEqual({ fallbackCa: null });
  sqlite.close();
});

it('renames the event of a deferred renewal', () => {
  const sqlite = migrate((old) => {
    const insert = old.prepare("INSERT INTO events (at, kind, message, data) VALUES (?, ?, ?, 'null')");
    insert.run(AT, 'certificate.renewal-put-off', 'one');
    insert.run(AT, 'certificate.stored', 'two');
  });
  expect(sqlite.prepare('SELECT kind FROM events ORDER BY message').pluck().all()).toEqual([
    'certificate.renewal-deferred',
    'certificate.stored',
  ]);
  sqlite.close();
});

it('renames the kind of missed renewal checks in channels, deliveries and reported conditions', () => {
  const message = { kind: 'sweep_missed', state: 'again', title: 'Renewal checks resumed' };
  const sqlite = migrate((old) => {
    old
      .prepare(
        "INSERT INTO notification_channels (id, name, type, enabled, kinds, created_at, updated_at) VALUES ('c', 'Chat', 'webhook', 1, ?, ?, ?)",
      )
      .run(JSON.stringify(['failed', 'sweep_missed']), AT, AT);
    old
      .prepare(
        "INSERT INTO notification_deliveries (id, channel_id, kind, message, state, attempts, created_at) VALUES ('d', 'c', 'sweep_missed', ?, 'sent', 1, ?)",
      )
      .run(JSON.stringify(message), AT);
    old
      .prepare("INSERT INTO notification_states VALUES ('sweep', 'sweep_missed', 'critical', NULL, ?)")
      .run(AT);
  });
  const kinds = sqlite.prepare('SELECT kinds FROM notification_channels').pluck().get();
  expect(JSON.parse(String(kinds))).toEqual(['failed', 'renewal_check_missed']);
  const delivery = sqlite
    .prepare<[], { kind: string; message: string }>('SELECT kind, message FROM notification_deliveries')
    .get();
  expect(delivery?.kind).toBe('renewal_check_missed');
  expect(JSON.parse(delivery?.message ?? '')).toEqual({
    ...message,
    kind: 'renewal_check_missed',
    state: 'resolved',
  });
  expect(sqlite.prepare('SELECT kind, reported_at FROM notification_states').get()).toEqual({
    kind: 'renewal_check_missed',
    reported_at: AT,
  });
  sqlite.close();
});
