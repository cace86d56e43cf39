// Records a restore in the restored database before that replaces the current one: who restored which backup, and the
// session of the caller, so that its page continues to work. Because it is in the same database, the record exists
// exactly if the restore took effect.
import { randomUUID } from 'node:crypto';
import { type LastRestore, LastRestoreSchema } from '../../../shared/backup.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { appendEntry } from '../audit/append.ts';
import type { Actor, SessionRecord } from '../core/model.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

const RESTORE = 'backups.restore';
const LAST_RESTORE = 'last-restore';

export interface RestoreMarker {
  readonly id: string;
  readonly now: Date;
  readonly by: Actor;
  /** Continues if the restored settings let sessions outlive a restart. */
  readonly session: SessionRecord | null;
}

/**
 * Creates the record of a restore.
 * @param session Null if no user is to stay signed in.
 */
export function createRestoreMarker(
  by: Actor,
  now: Date,
  session: SessionRecord | null = null,
): RestoreMarker {
  return { id: randomUUID(), now, by, session };
}

/** Returns the last restore, or null if the data was never restored. */
export async function readLastRestore(settings: SettingStore): Promise<LastRestore | null> {
  return LastRestoreSchema.nullable()
    .catch(null)
    .parse(await settings.get(LAST_RESTORE));
}

/**
 * Writes the record into the restored database.
 * @param stores Stores of a transaction on the restored database.
 * @param aside The folder to which the previous data is moved.
 * @returns whether the session continues
 */
export async function writeRestoreMarker(
  stores: Stores,
  { id, now, by, session }: RestoreMarker,
  { createdAt, aside }: { readonly createdAt: Timestamp; readonly aside: string | null },
): Promise<boolean> {
  const at = toTimestamp(now);
  const message = `Restored the backup of ${createdAt}`;
  const last: LastRestore = { id, at, createdAt, by: by.name, aside };
  await stores.settings.set(LAST_RESTORE, last);
  // The hosts may have newer certificates than the backup: a person confirms each deployment (docs/deployments.md).
  await stores.deployments.pauseAll('restore', at);
  await appendEntry(
    stores,
    { actor: by, operation: RESTORE, projectId: null, jobId: null, result: 'ok', message },
    at,
  );
  const event = { kind: 'backup.restored', projectId: null, jobId: null, data: null, message, at };
  await stores.events.append(event);
  const { signOutOnRestart } = await readSettings(stores.settings, 'sessions');
  if (session === null || signOutOnRestart) return false;
  await stores.sessions.create(session);
  return true;
}
