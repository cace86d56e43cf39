// SIGKILL at every step of a migration from the first version; killed.spec.ts has a sample.
import { afterEach, beforeEach, it } from 'vitest';
import { type BackupData, makeBackupData } from '../support/engine/backup-data.ts';
import { expectResumedMigration, MIGRATION_STEPS } from '../support/engine/killed-process.ts';

let data: BackupData;
beforeEach(async () => {
  data = await makeBackupData();
});
afterEach(() => data?.remove());

it.each(MIGRATION_STEPS)('a migration that is killed at %s resumes, and its copy is intact', (step) =>
  expectResumedMigration(data.dataFolder, step),
);
