// A reported problem of a deployment is read as that of its rollout (migration 0035).
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { rolloutMessages } from '../../src/main/storage/migrations/0035-rollout-messages.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';

const AT = '2026-01-01T00:00:00Z';

it('names the version of the failed run, and forgets a problem without a failed run', () => {
  const sqlite = new Sqlite(':memory:');
  for (const { sql } of MIGRATIONS.slice(0, MIGRATIONS.indexOf(rolloutMessages))) sqlite.exec(sql);
  sqlite.pragma('foreign_keys = OFF');
  const run = sqlite.prepare(
    `INSERT INTO deployment_runs (id, deployment_id, project_id, host_id, version_id, fingerprint, state, trigger, force, steps, reload_owed, attempts, unsettled, created_at)
     VALUES (?, 'd1', 'p1', 'h1', ?, 'AA', ?, 'activated', 0, '[]', 0, 1, 0, ?)`,
  );
  run.run('r1', 'c1', 'failed', '2026-01-01T00:00:00Z');
  run.run('r2', 'c2', 'rolled-back', '2026-01-02T00:00:00Z');
  run.run('r3', 'c3', 'pending', '2026-01-03T00:00:00Z');
  const state = sqlite.prepare(
    `INSERT INTO notification_states (key, kind, severity, project_id, reported_at) VALUES (?, 'deploy_failed', 'warning', ?, '${AT}')`,
  );
  state.run('deployment:d1:deploy_failed', 'p1');
  state.run('deployment:d1:not_served', 'p1');
  state.run('deployment:d9:deploy_failed', 'p9');
  state.run('failed:p1', 'p1');
  sqlite.exec(rolloutMessages.sql);
  const keys = sqlite.prepare('SELECT key FROM notification_states ORDER BY key').pluck().all();
  expect(keys).toEqual(['failed:p1', 'rollout:p1:c2']);
  sqlite.close();
});
