// Backups, restores and migrations that are killed at every step.
import { MIGRATION_STEPS } from '../support/engine/killed-process.ts';
import { testKilledBackups } from '../support/kill/test-killed-backups.ts';

testKilledBackups({
  create: ['snapshot', 'secrets', 'written', 'verified', 'named', 'noted'],
  restore: ['unpacked', 'migrated', 'secrets', 'ready', 'aside', 'placing', 'placed'],
  migrations: MIGRATION_STEPS,
});
