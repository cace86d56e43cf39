// A process that writes to the audit trail of a data folder: `node audit-writer.ts FOLDER NAME COUNT`. It reports that
// it is ready, and starts on a message.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';

const [, , folder = '', name = '', count = '0'] = process.argv;
const database = openDatabase(databasePath(folder));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const journal = createJournal(createStores(database.db), { now: () => new Date() }, quiet);
const actor = { kind: 'command-line', id: null, name, address: null } as const;
const what = { actor, operation: 'x', projectId: null, jobId: null, result: 'ok' } as const;
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let n = 1; n <= Number(count); n += 1) {
  await journal.record({ ...what, message: `${name} ${n}` }); // reads the end of the trail, then writes
  await pause(1); // one that writes without a break blocks the other
}
await database.close();
process.stdin.destroy();
