// Opens the data folder for commands that work on the database directly, whether or not a server is running.
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { finishRestore, isRestorePending } from '../backup/finish-restore.ts';
import { createSessions, type Sessions } from '../engine/access/sessions.ts';
import { createTokens, type Tokens } from '../engine/access/tokens.ts';
import { createJournal } from '../engine/audit/journal.ts';
import { type AuditTrail, createAuditTrail } from '../engine/audit/trail.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Actor } from '../engine/core/model.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import type { Stores } from '../engine/core/stores.ts';
import { openSecretStore } from '../secrets/open.ts';
import { databasePath, lockDataFolder, makeDataFolder } from '../storage/data-folder.ts';
import { openDatabase } from '../storage/database.ts';
import { requirePrivateFolder } from '../storage/folder-access.ts';
import { createStores } from '../storage/stores.ts';

export interface EngineParts {
  /**
   * Performs a change and records it in the audit trail, with the command line as the actor.
   * @param operation The operation's name in the router, such as `tokens.create`.
   * @param summary What happened, if the change emits no event: `Sign-in link created`.
   */
  record<T>(operation: string, summary: string, change: () => Promise<T>): Promise<T>;
  readonly audit: AuditTrail;
  readonly stores: Stores;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
}

/**
 * Runs `work` on the database of a data folder, and closes the database afterwards.
 * @param ifEmpty Whether to create the database in a folder without one: a token may be created before the first start.
 * @throws INVALID_REQUEST if the folder holds no data and `ifEmpty` is `refuse`, STORAGE_FAILED, DATABASE_TOO_NEW, and
 * whatever `work` throws.
 */
export async function withEngineParts(
  folder: string,
  work: (parts: EngineParts) => Promise<void>,
  ifEmpty: 'refuse' | 'create' = 'refuse',
): Promise<void> {
  if (existsSync(folder)) requirePrivateFolder(folder); // before anything in it is read
  await finishPendingRestore(folder);
  if (!existsSync(databasePath(folder))) {
    if (ifEmpty === 'refuse') throw noData(folder);
    process.stderr.write(`certdesk: ${folder} contains no Certdesk data; creating a new database\n`);
  }
  makeDataFolder(folder);
  const database = openDatabase(databasePath(folder));
  const clock = { now: () => new Date() };
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  try {
    const stores = createStores(database.db);
    const journal = createJournal(stores, clock, quiet);
    await work({
      stores,
      audit: createAuditTrail(stores),
      record: (operation, summary, change) =>
        journal.perform(
          { actor: commandLine(), operation, summary, projectId: null, record: 'always' },
          change,
        ),
      tokens: createTokens(stores, journal, clock),
      sessions: createSessions(stores, journal, clock),
    });
  } finally {
    await database.close();
  }
}

/** Opens the secret store of this data folder. @throws INVALID_REQUEST if Certdesk was never started on the folder. */
export async function openSecrets(stores: Stores, folder: string): Promise<SecretStore> {
  const [kind, id] = await Promise.all([
    stores.settings.get('secret-store'),
    stores.settings.get('installation-id'),
  ]);
  if ((kind !== 'keychain' && kind !== 'sealed-file') || typeof id !== 'string') {
    const message = `Certdesk has never run on the data folder ${folder}. Start it once with \`certdesk serve\`, or name another folder with --data-dir`;
    throw new CertdeskError('INVALID_REQUEST', message);
  }
  return (await openSecretStore({ mode: kind, folder, installationId: id, remembered: kind })).store;
}

/** Completes a restore that was interrupted while it moved files: until then, the folder seems to be empty. */
async function finishPendingRestore(folder: string): Promise<void> {
  if (!isRestorePending(folder)) return;
  const release = lockDataFolder(folder);
  try {
    await finishRestore(folder);
  } finally {
    release();
  }
}

function noData(folder: string): CertdeskError {
  const message = `The folder ${folder} contains no Certdesk data. Name the data folder with --data-dir, or start Certdesk first`;
  return new CertdeskError('INVALID_REQUEST', message);
}

/** @returns the user of the operating system as the actor of a change. */
export function commandLine(): Actor {
  return { kind: 'command-line', id: null, name: userName(), address: null };
}

/** A user without an entry in /etc/passwd has no name, for example in a container that runs with a numeric user ID. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
