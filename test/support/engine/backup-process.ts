// A backup, a restore (of a stopped Certdesk, or in a running one) or a migration in its own process, which kills
// itself with SIGKILL at the named step. Arguments: the task, the step, and a JSON object with paths.
import { createBackup } from '../../../src/main/backup/create.ts';
import { restoreBackup } from '../../../src/main/backup/restore.ts';
import type { EnginePorts } from '../../../src/main/engine/engine.ts';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { PASSPHRASE, QUICK } from './backup-data.ts';

const [what = '', killAt = '', json = '{}'] = process.argv.slice(2);
const { dataFolder, folder, file }: Record<string, string> = JSON.parse(json);
const onStep = (step: string): void => {
  if (step === killAt) process.kill(process.pid, 'SIGKILL');
};

if (what === 'create') {
  await createBackup({
    dataFolder: String(dataFolder),
    secrets: createSealedFile({ folder: String(dataFolder) }),
    version: '1.2.3',
    createdAt: '2026-01-02T00:00:00Z',
    folder: String(folder),
    passphrase: PASSPHRASE,
    cost: QUICK,
    onStep,
  });
} else if (what === 'restore') {
  await restoreBackup({
    file: String(file),
    passphrase: PASSPHRASE,
    dataFolder: String(dataFolder),
    secretStore: 'sealed-file',
    keepAside: true,
    now: new Date('2026-01-03T00:00:00Z'),
    onStep,
  });
} else if (what === 'restore-within') {
  const around = (ports: EnginePorts): EnginePorts => ({
    ...ports,
    backups: {
      ...ports.backups,
      async stage(asked) {
        const staged = await ports.backups.stage(asked);
        onStep('staged');
        return { ...staged, commit: () => staged.commit().then(() => onStep('committed')) };
      },
    },
  });
  const { startApp } = await import('../server/app.ts'); // the other parts start faster without it
  const { app } = await startApp({ dataFolder: String(dataFolder), platform: { around } });
  await app.engine.projects.create({ name: 'Later', domain: 'later.example.com', altNames: [] });
  const by = { kind: 'window', id: 's1', name: 'Firefox', address: '127.0.0.1' } as const;
  await app.engine.restores.begin({ file: String(file), passphrase: PASSPHRASE }, by);
  await app.restartRequested;
} else {
  await openDatabase(databasePath(String(dataFolder)), onStep).close();
}
