// Restores a backup while Certdesk runs: prepares it next to the current data, then restarts Certdesk with it. Until
// the last step nothing has changed; after it there is no way back (docs/adr/0009-restore-from-within.md).
import type { CheckBackup, RestoreBegun } from '../../../shared/backup.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Actor, SessionRecord } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { type BackupPort, requireAbsolutePath, type StagedBackup } from './backups.ts';
import { createRestoreMarker, writeRestoreMarker } from './restore-marker.ts';

export interface Restores {
  /**
   * Starts a restore. When it resolves, the restore is final and Certdesk restarts.
   * @param by The caller. The session of a browser continues after the restart.
   * @throws JOBS_UNDER_WAY, RESTORE_UNDER_WAY, INVALID_REQUEST, and the errors of BackupPort.stage; then nothing has
   * changed
   */
  begin(asked: CheckBackup, by: Actor): Promise<RestoreBegun>;
}

export interface RestoresDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly backups: BackupPort;
  readonly queue: Pick<JobQueue, 'hold' | 'size'>;
  /** Restarts Certdesk on the same data folder; returns immediately. */
  restart(): void;
}

export function createRestores({
  stores,
  journal,
  clock,
  log,
  backups,
  queue,
  restart,
}: RestoresDeps): Restores {
  let underWay = false;

  async function begin(asked: CheckBackup, by: Actor): Promise<RestoreBegun> {
    const session = await sessionOf(by);
    const note = createRestoreMarker(by, clock.now(), session);
    let keepsSession = false;
    const staged = await backups.stage({
      ...asked,
      now: note.now,
      writeMarker: async (restored, { createdAt }, aside) => {
        keepsSession = await writeRestoreMarker(restored, note, { createdAt, aside });
      },
    });
    await commit(staged);
    log.info({ backup: staged.createdAt, aside: staged.aside }, 'Restoring a backup: Certdesk restarts');
    restart();
    const { createdAt, aside } = staged;
    return {
      id: note.id,
      createdAt,
      aside,
      signedIn: keepsSession || (by.kind === 'window' && session === null),
    };
  }

  /** Null for the desktop app's window, which needs no session, and for an API token. */
  async function sessionOf({ kind, id }: Actor): Promise<SessionRecord | null> {
    if (kind !== 'window') return null;
    const sessions = await stores.sessions.list(toTimestamp(clock.now()));
    return sessions.find((session) => session.id === id) ?? null;
  }

  /**
   * Commits the restore while no job can start. The restored database would not know what such a job did at a CA or
   * in DNS.
   */
  async function commit(staged: StagedBackup): Promise<void> {
    const release = queue.hold();
    try {
      if (release === null) throw jobsRunning(queue.size);
      const message = `Restoring the backup of ${staged.createdAt}`;
      await journal.emit({ kind: 'backup.restoring', message });
      await staged.commit();
    } catch (error) {
      release?.();
      await staged
        .drop()
        .catch((second: unknown) =>
          log.warn({ err: second }, 'The prepared restore stays until the next start'),
        );
      throw error;
    }
  }

  return {
    async begin(asked, by) {
      requireAbsolutePath(asked.file);
      if (underWay) throw new CertdeskError('RESTORE_UNDER_WAY');
      const { running, queued } = queue.size;
      if (running + queued > 0) throw jobsRunning(queue.size);
      underWay = true;
      try {
        return await begin(asked, by);
      } catch (error) {
        underWay = false;
        throw error;
      }
    },
  };
}

function jobsRunning({ running, queued }: JobQueue['size']): CertdeskError {
  const jobs = running + queued;
  const subject = jobs === 1 ? '1 job is running' : `${Math.max(jobs, 1)} jobs are running`;
  return new CertdeskError(
    'JOBS_UNDER_WAY',
    `${subject}, and a restore would lose what happens at the CA and in DNS. Wait until no job is running, or pause renewals in the settings, then try again`,
    { running, queued },
  );
}
