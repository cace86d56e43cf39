// Backups, restores and migrations that are killed: a sample. killed.exhaustive.ts has all steps.
import { MIGRATION_STEPS } from '../support/engine/killed-process.ts';
import { testKilledBackups } from '../support/kill/test-killed-backups.ts';

testKilledBackups({
  create: ['written', 'named'],
  restore: ['secrets', 'aside', 'placed'],
  migrations: [...MIGRATION_STEPS.slice(0, 2), ...MIGRATION_STEPS.slice(-1)],
});
