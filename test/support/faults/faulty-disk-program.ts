// The program on a faulty disk (faulty-disk.ts): makes one change to the sealed file of secrets, or to the database,
// and prints its result and the state afterwards. `node faulty-disk-program.ts secrets FOLDER VALUE` sets the secret
// `a`; `database FOLDER ID` stores the project ID, then the project ID-again; `secrets-read FOLDER` reads the secret
// `a`, and tries to set `b` to `new`; `database-read FOLDER` reads the project `before`.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toCertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createSealedFile } from '../../../src/main/secrets/sealed-file.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { PROJECT } from '../engine/records.ts';
import { FAULT_OFF, FAULT_ON } from './faulty-disk.ts';

const [what = '', folder = '', given = ''] = process.argv.slice(2);

async function faulty(work: () => Promise<unknown>): Promise<{ code: string; message: string } | null> {
  const mark = (name: string) => closeSync(openSync(join(folder, name), 'w'));
  mark(FAULT_ON);
  try {
    await work();
    return null;
  } catch (cause) {
    const { code, message } = toCertdeskError(cause);
    return { code, message };
  } finally {
    mark(FAULT_OFF);
  }
}

async function secrets(): Promise<object> {
  const store = createSealedFile({ folder });
  const error = await faulty(() => store.set('a', given));
  return { error, a: await store.get('a') };
}

async function database(): Promise<object> {
  const opened = openDatabase(databasePath(folder));
  const stores = createStores(opened.db);
  const put = (id: string) => stores.transaction((tx) => tx.projects.create({ ...PROJECT, id }));
  const error = await faulty(() => put(given));
  const there = async (id: string) => (await stores.projects.get(id)) !== null;
  const after = await there(given);
  const again = await put(`${given}-again`).then(
    () => null,
    (cause: unknown) => toCertdeskError(cause).message,
  );
  const said = { error, after, again, before: await there('before') };
  await opened.close();
  return said;
}

async function readSecrets(): Promise<object> {
  const store = createSealedFile({ folder });
  let read: unknown;
  const error = await faulty(async () => {
    read = await store.get('a');
  });
  const write = await faulty(() => store.set('b', 'new'));
  return { error, read, write, a: await store.get('a'), b: await store.get('b') };
}

async function readDatabase(): Promise<object> {
  const opened = openDatabase(databasePath(folder));
  const { projects } = createStores(opened.db);
  let read: unknown;
  const error = await faulty(async () => {
    read = (await projects.get('before'))?.id ?? null;
  });
  const said = { error, read, after: (await projects.get('before'))?.id };
  await opened.close();
  return said;
}

const WORK = { secrets, database, 'secrets-read': readSecrets, 'database-read': readDatabase };
process.stdout.write(JSON.stringify(await WORK[what as keyof typeof WORK]()));
