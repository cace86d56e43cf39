// What a restore writes into the restored database before that is in place: who has restored what, for the audit trail
// and whoever looks; and the session of who asked, so that the page goes on. Being in one file with all the rest, it is
// there exactly where the restore is done.
import { randomUUID } from 'node:crypto';
import { type LastRestore, LastRestoreSchema } from '../../../shared/backup.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { appendEntry } from '../audit/append.ts';
import type { Actor, SessionRecord } from '../core/model.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

export const RESTORE = 'backups.restore';
const LAST_RESTORE = 'last-restore';

export interface RestoreNote {
  readonly id: string;
  readonly now: Date;
  readonly by: Actor;
  /** Goes on where the restored settings let sessions outlive a restart. */
  readonly session: SessionRecord | null;
}

/** @param session Null where nobody is to stay signed in. */
export function noteOfRestore(by: Actor, now: Date, session: SessionRecord | null = null): RestoreNote {
  return { id: randomUUID(), now, by, session };
}

/** Null where what is here never came by a restore. */
export async function readLastRestore(settings: SettingStore): Promise<LastRestore | null> {
  return LastRestoreSchema.nullable()
    .catch(null)
    .parse(await settings.get(LAST_RESTORE));
}

/**
 * @param stores Of a transaction on the restored database. @param aside Where what was there before goes.
 * @returns whether the session goes on.
 */
export async function inscribeRestore(
  stores: Stores,
  { id, now, by, session }: RestoreNote,
  { createdAt, aside }: { readonly createdAt: Timestamp; readonly aside: string | null },
): Promise<boolean> {
  const at = toTimestamp(now);
  const message = `Restored the backup of ${createdAt}`;
  const last: LastRestore = { id, at, createdAt, by: by.name, aside };
  await stores.settings.set(LAST_RESTORE, last);
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
