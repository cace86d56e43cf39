// Backups: one now, one by itself in time, which there are. What a backup is made of is the port's matter
// (main/backup): the engine knows no files.

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
  /** Where backups are put when the settings name no folder. */
  readonly usualFolder: string;
  /** Whole and on the disk when it resolves. @throws BACKUP_FAILED, INVALID_REQUEST, SECRET_STORE_UNAVAILABLE */
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
  /** Of any file. @throws as `verify` */
  check(asked: CheckBackup): Promise<CheckedBackup>;
  /**
   * Makes all ready to take the place of what is there, which goes on untouched. Nothing is left of it where it fails.
   * @param asked.inscribe Writes into the restored database before it is in place.
   * @throws as `verify`; BACKUP_TOO_NEW, STORAGE_FAILED, SECRET_STORE_UNAVAILABLE, what `inscribe` throws
   */
  stage(
    asked: CheckBackup & {
      readonly now: Date;
      inscribe(stores: Stores, backup: VerifiedBackup, aside: string | null): Promise<void>;
    },
  ): Promise<StagedBackup>;
  /** Removes whole ones beyond the number to keep. @returns their names. */
  prune(asked: {
    readonly folder: string;
    readonly keep: number;
    readonly passphrase: string;
  }): Promise<readonly string[]>;
}

export interface StagedBackup {
  /** Of the backup. */
  readonly createdAt: Timestamp;
  /** The folder, below the data folder, for what is there now. */
  readonly aside: string | null;
  /** From when it resolves on, the next start begins with the restored data, whatever comes. @throws BACKUP_FAILED */
  commit(): Promise<void>;
  /** Of what was not committed. */
  drop(): Promise<void>;
}

export interface Backups {
  list(): Promise<BackupList>;
  /** One now. @throws BACKUP_PASSPHRASE_NOT_SET; what the port throws. */
  create(): Promise<Backup>;
  verify(name: string): Promise<VerifiedBackup>;
  /** What is in any file, and how it is restored. @throws INVALID_REQUEST, what the port throws */
  check(asked: CheckBackup): Promise<CheckedBackup>;
  /** From the next backup on; the ones there are keep theirs. */
  setPassphrase(passphrase: string): Promise<void>;
  /** For the overview; null where none is made by itself. */
  state(): Promise<EngineState['backup']>;
  /** Makes one where one is due. Never rejects: a failure is told. */
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
/** After a failure; a disk that is full or away is back by then, or not for long. */
const RETRY_MS = HOUR_MS;
/** How much later than due is late: a machine may sleep over night. */
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
  const readPlace = async () => {
    const settings = await readSettings(stores.settings, 'backup');
    return { ...settings, folder: settings.folder ?? backups.usualFolder };
  };

  async function passphrase(): Promise<string> {
    const kept = await secrets.get(BACKUP_PASSPHRASE);
    if (kept !== null) return kept;
    throw new CertdeskError('BACKUP_PASSPHRASE_NOT_SET');
  }

  async function make(): Promise<Backup> {
    const { folder, keep } = await readPlace();
    const createdAt = toTimestamp(clock.now());
    const secret = await passphrase();
    const made = await backups.create({ folder, passphrase: secret, createdAt });
    await journal.write(async (tx, emit) => {
      await tx.settings.set(STATE, { lastAt: createdAt, lastAttemptAt: createdAt, lastError: null });
      const message = `Backup ${made.name} created (${made.bytes} bytes)`;
      await emit({ kind: 'backup.created', message, audit: { operation: OPERATION, result: 'ok' } });
    });
    await backups.prune({ folder, keep, passphrase: secret }).then(
      (removed) => removed.length > 0 && log.info({ removed }, 'Old backups deleted'),
      (error: unknown) =>
        log.warn({ err: error }, 'Old backups could not be deleted; retrying after the next backup'),
    );
    return made;
  }

  /** Who asks while one is made gets that one. What failed is kept for the overview, where it can be. */
  function create(): Promise<Backup> {
    running ??= make()
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
      const place = await readPlace();
      const state = await readState();
      return {
        folder: place.folder,
        passphraseSet: (await secrets.get(BACKUP_PASSPHRASE)) !== null,
        lastAt: state.lastAt,
        lastError: state.lastError,
        nextAt: dueAt(place, state, clock.now()),
        late: isLate(place, state, clock.now()),
        restored: await readLastRestore(stores.settings),
        backups: [...(await backups.list(place.folder))],
      };
    },
    async verify(name) {
      const { folder } = await readPlace();
      return backups.verify({ folder, name, passphrase: await passphrase() });
    },
    async check(asked) {
      requireWholePath(asked.file);
      return backups.check(asked);
    },
    async setPassphrase(secret) {
      await secrets.set(BACKUP_PASSPHRASE, secret);
      await journal.emit({ kind: 'backup.passphrase-set', message: 'Backup passphrase changed' });
    },
    async state() {
      const place = await readPlace();
      if (place.everyHours === null) return null;
      const state = await readState();
      const { lastAt, lastError } = state;
      return {
        lastAt,
        lastError,
        nextAt: dueAt(place, state, clock.now()),
        late: isLate(place, state, clock.now()),
      };
    },
    async runIfDue() {
      try {
        const due = dueAt(await readPlace(), await readState(), clock.now());
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
export function requireWholePath(file: string): void {
  if (isAbsolute(file) && !file.includes('\0')) return;
  throw invalid('file', 'must be an absolute path');
}

/** Null where none is made by itself. */
function dueAt({ everyHours }: Settings['backup'], state: State, now: Date): Timestamp | null {
  if (everyHours === null) return null;
  const { lastAt, lastAttemptAt, lastError } = state;
  const after = (at: string, ms: number) => Date.parse(at) + ms;
  const regular = lastAt === null ? now.getTime() : after(lastAt, everyHours * HOUR_MS);
  const retry = lastError === null || lastAttemptAt === null ? 0 : after(lastAttemptAt, RETRY_MS);
  // A clock that once stood in the future must not put all backups off until then.
  const latest = now.getTime() + everyHours * HOUR_MS;
  return toTimestamp(new Date(Math.min(Math.max(regular, retry), latest)));
}

function isLate({ everyHours }: Settings['backup'], { lastAt }: State, now: Date): boolean {
  if (everyHours === null || lastAt === null) return false;
  return now.getTime() - Date.parse(lastAt) > everyHours * HOUR_MS + LATE_MS;
}
