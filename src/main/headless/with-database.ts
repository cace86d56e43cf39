// For commands that work on the database itself: they may run beside a server, or without one.
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
   * Puts a change into the audit trail, as one of the command line.
   * @param operation As the router names it. @param summary What it does, in a few words.
   */
  record<T>(operation: string, summary: string, change: () => Promise<T>): Promise<T>;
  readonly audit: AuditTrail;
  readonly stores: Stores;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
}

/**
 * @param fresh What is done where the folder holds no data yet: a token may be made before the first start.
 * @throws INVALID_REQUEST where there is none and none is to be made, STORAGE_FAILED, DATABASE_TOO_NEW, what `work`
 * throws.
 */
export async function withEngineParts(
  folder: string,
  work: (parts: EngineParts) => Promise<void>,
  fresh: 'refuse' | 'make' = 'refuse',
): Promise<void> {
  if (existsSync(folder)) requirePrivateFolder(folder); // before anything in it is read
  await finishPendingRestore(folder);
  if (!existsSync(databasePath(folder))) {
    if (fresh === 'refuse') throw noData(folder);
    process.stderr.write(`certdesk: ${folder} held no data of Certdesk: it is made new\n`);
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

/** The secret store that this data folder uses. @throws INVALID_REQUEST where Certdesk was never started on it. */
export async function openSecrets(stores: Stores, folder: string): Promise<SecretStore> {
  const [kind, id] = await Promise.all([
    stores.settings.get('secret-store'),
    stores.settings.get('installation-id'),
  ]);
  if ((kind !== 'keychain' && kind !== 'sealed-file') || typeof id !== 'string') {
    throw new CertdeskError('INVALID_REQUEST', `Certdesk was never started on ${folder}`);
  }
  return (await openSecretStore({ mode: kind, folder, installationId: id, remembered: kind })).store;
}

/** One that was cut off at its end: without it the folder would seem to hold no data. */
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
  const message = `The folder ${folder} holds no data of Certdesk. Name the right one with --data-dir, or start Certdesk first`;
  return new CertdeskError('INVALID_REQUEST', message);
}

/** Who sits at the command line is whom the system has signed in. */
export function commandLine(): Actor {
  return { kind: 'command-line', id: null, name: userName(), address: null };
}

/** A user without an entry in the system's list has no name (a container that runs under a bare number). */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
