// Creates backups on request and on schedule, and lists and verifies them. The port (main/backup) knows the file
// format; the engine accesses no files.

import { isAbsolute } from 'node:path';
import type {
  Backup,
  BackupList,
  CheckBackup,
  CheckedBackup,
  VerifiedBackup,
} from '../../../shared/backup.ts';
import type { EngineState } from '../../../shared/overview.ts';
import type { Settings } from '../../../shared/settings.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { Clock, Log, SecretStore } from '../core/ports.ts';
import { BACKUP_PASSPHRASE } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';
import { readLastRestore } from './restore-marker.ts';

export interface BackupPort {
  /** The folder for backups if the settings name none. */
  readonly usualFolder: string;
  /**
   * Creates a backup. When it resolves, the complete file is on the disk.
   * @throws BACKUP_FAILED, INVALID_REQUEST, SECRET_STORE_UNAVAILABLE
   */
  create(asked: {
    readonly folder: string;
    readonly passphrase: string;
    readonly createdAt: Timestamp;
  }): Promise<Backup>;
  /** Newest first. @throws BACKUP_FAILED */
  list(folder: string): Promise<readonly Backup[]>;
  /** @throws BACKUP_NOT_FOUND, BACKUP_UNREADABLE, PASSPHRASE_WRONG, BACKUP_FAILED */
  verify(asked: {
    readonly folder: string;
    readonly name: string;
    readonly passphrase: string;
  }): Promise<VerifiedBackup>;
  /**
   * Verifies any backup file.
   * @throws as `verify`
   */
  check(asked: CheckBackup): Promise<CheckedBackup>;
  /**
   * Prepares a restore next to the current data, which stays in use. On failure, nothing of it remains.
   * @param asked.writeMarker Writes into the restored database before it replaces the current one.
   * @throws as `verify`; BACKUP_TOO_NEW, STORAGE_FAILED, SECRET_STORE_UNAVAILABLE, and what `writeMarker` throws
   */
  stage(
    asked: CheckBackup & {
      readonly now: Date;
      writeMarker(stores: Stores, backup: VerifiedBackup, aside: string | null): Promise<void>;
    },
  ): Promise<StagedBackup>;
  /**
   * Deletes the oldest intact backups beyond the number to keep.
   * @returns their names
   */
  prune(asked: {
    readonly folder: string;
    readonly keep: number;
    readonly passphrase: string;
  }): Promise<readonly string[]>;
}

export interface StagedBackup {
  /** When the backup was created. */
  readonly createdAt: Timestamp;
  /** The folder inside the data folder to which the current data is moved. */
  readonly aside: string | null;
  /**
   * Makes the restore final: once this resolves, the next start uses the restored data, whatever happens.
   * @throws BACKUP_FAILED
   */
  commit(): Promise<void>;
  /** Deletes what was prepared, if it was not committed. */
  drop(): Promise<void>;
}

export interface Backups {
  list(): Promise<BackupList>;
  /**
   * Creates a backup now.
   * @throws BACKUP_PASSPHRASE_NOT_SET, and the errors of the port
   */
  create(): Promise<Backup>;
  verify(name: string): Promise<VerifiedBackup>;
  /**
   * Reports what a backup file contains and how to restore it.
   * @throws INVALID_REQUEST, and the errors of the port
   */
  check(asked: CheckBackup): Promise<CheckedBackup>;
  /** Sets the passphrase of future backups. Existing files keep theirs. */
  setPassphrase(passphrase: string): Promise<void>;
  /** The state for the overview; null if scheduled backups are off. */
  state(): Promise<EngineState['backup']>;
  /** Creates a backup if one is due. Never rejects: failures are reported. */
  runIfDue(): Promise<void>;
}

export interface BackupsDeps {
  readonly stores: Stores;
  readonly secrets: SecretStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly backups: BackupPort;
}

const STATE = 'backup-state';

interface State {
  readonly lastAt: Timestamp | null;
  readonly lastAttemptAt: Timestamp | null;
  readonly lastError: string | null;
}

const HOUR_MS = 3_600_000;
/** Retry interval after a failure such as a full or disconnected disk. */
const RETRY_MS = HOUR_MS;
/** How much later than due a backup counts as late: a machine may sleep overnight. */
const LATE_MS = 12 * HOUR_MS;
const OPERATION = 'backups.create';

export function createBackups(deps: BackupsDeps): Backups {
  const { stores, secrets, journal, clock, log, backups } = deps;
  let running: Promise<Backup> | null = null;

  const readState = async (): Promise<State> =>
    ((await stores.settings.get(STATE)) as State | null) ?? {
      lastAt: null,
      lastAttemptAt: null,
      lastError: null,
    };
  const readTarget = async () => {
    const settings = await readSettings(stores.settings, 'backup');
    return { ...settings, folder: settings.folder ?? backups.usualFolder };
  };

  async function passphrase(): Promise<string> {
    const stored = await secrets.get(BACKUP_PASSPHRASE);
    if (stored !== null) return stored;
    throw new CertdeskError('BACKUP_PASSPHRASE_NOT_SET');
  }

  async function createBackup(): Promise<Backup> {
    const { folder, keep } = await readTarget();
    const createdAt = toTimestamp(clock.now());
    const secret = await passphrase();
    const created = await backups.create({ folder, passphrase: secret, createdAt });
    await journal.write(async (tx, emit) => {
      await tx.settings.set(STATE, { lastAt: createdAt, lastAttemptAt: createdAt, lastError: null });
      const message = `Backup ${created.name} created (${(created.bytes / 1_000_000).toFixed(1)} MB)`;
      await emit({ kind: 'backup.created', message, audit: { operation: OPERATION, result: 'ok' } });
    });
    await backups.prune({ folder, keep, passphrase: secret }).then(
      (removed) => removed.length > 0 && log.info({ removed }, 'Old backups deleted'),
      (error: unknown) =>
        log.warn({ err: error }, 'Old backups could not be deleted; retrying after the next backup'),
    );
    return created;
  }

  /** Callers during a running backup share it. A failure is stored for the overview if possible. */
  function create(): Promise<Backup> {
    running ??= createBackup()
      .catch(async (error: unknown) => {
        const lastError = toCertdeskError(error).message;
        const state = { ...(await readState()), lastAttemptAt: toTimestamp(clock.now()), lastError };
        await stores.settings
          .set(STATE, state)
          .catch((second: unknown) =>
            log.error({ err: second }, 'The failure of a backup could not be stored'),
          );
        throw error;
      })
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    create,
    async list() {
      const target = await readTarget();
      const state = await readState();
      return {
        folder: target.folder,
        passphraseSet: (await secrets.get(BACKUP_PASSPHRASE)) !== null,
        lastAt: state.lastAt,
        lastError: state.lastError,
        nextAt: dueAt(target, state, clock.now()),
        late: isLate(target, state, clock.now()),
        restored: await readLastRestore(stores.settings),
        backups: [...(await backups.list(target.folder))],
      };
    },
    async verify(name) {
      const { folder } = await readTarget();
      return backups.verify({ folder, name, passphrase: await passphrase() });
    },
    async check(asked) {
      requireAbsolutePath(asked.file);
      return backups.check(asked);
    },
    async setPassphrase(secret) {
      await secrets.set(BACKUP_PASSPHRASE, secret);
      await journal.emit({ kind: 'backup.passphrase-set', message: 'Backup passphrase changed' });
    },
    async state() {
      const target = await readTarget();
      if (target.everyHours === null) return null;
      const state = await readState();
      const { lastAt, lastError } = state;
      return {
        lastAt,
        lastError,
        nextAt: dueAt(target, state, clock.now()),
        late: isLate(target, state, clock.now()),
      };
    },
    async runIfDue() {
      try {
        const due = dueAt(await readTarget(), await readState(), clock.now());
        if (due === null || due > toTimestamp(clock.now())) return;
        await create();
      } catch (error) {
        const { code, message } = toCertdeskError(error);
        log.error({ err: error }, 'A backup failed; retrying in an hour');
        const audit = { operation: OPERATION, result: code };
        await journal
          .emit({ kind: 'backup.failed', message: `Backup failed: ${message}`, audit })
          .catch((second: unknown) =>
            log.error({ err: second }, 'The failure of a backup could not be reported'),
          );
      }
    },
  };
}

/** @throws INVALID_REQUEST */
export function requireAbsolutePath(file: string): void {
  if (isAbsolute(file) && !file.includes('\0')) return;
  throw invalid('file', 'must be an absolute path');
}

/** When the next scheduled backup is due; null if scheduled backups are off. */
function dueAt({ everyHours }: Settings['backup'], state: State, now: Date): Timestamp | null {
  if (everyHours === null) return null;
  const { lastAt, lastAttemptAt, lastError } = state;
  const after = (at: string, ms: number) => Date.parse(at) + ms;
  const regular = lastAt === null ? now.getTime() : after(lastAt, everyHours * HOUR_MS);
  const retry = lastError === null || lastAttemptAt === null ? 0 : after(lastAttemptAt, RETRY_MS);
  // If the clock once was in the future, the next backup must not wait until then.
  const latest = now.getTime() + everyHours * HOUR_MS;
  return toTimestamp(new Date(Math.min(Math.max(regular, retry), latest)));
}

function isLate({ everyHours }: Settings['backup'], { lastAt }: State, now: Date): boolean {
  if (everyHours === null || lastAt === null) return false;
  return now.getTime() - Date.parse(lastAt) > everyHours * HOUR_MS + LATE_MS;
}
