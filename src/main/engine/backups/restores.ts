// Restoring a backup from within: all is made ready beside what is there, then Certdesk ends and begins again with it.
// Until the last step nothing has changed, and from it on nothing can go back (docs/adr/0009-restore-from-within.md).
import type { CheckBackup, RestoreBegun } from '../../../shared/backup.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Actor, SessionRecord } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { type BackupPort, requireWholePath, type StagedBackup } from './backups.ts';
import { inscribeRestore, noteOfRestore } from './restore-marker.ts';

export interface Restores {
  /**
   * Resolves when it is decided; Certdesk starts again right after. @param by Who asks: a window's session goes on.
   * @throws JOBS_UNDER_WAY, RESTORE_UNDER_WAY, INVALID_REQUEST, what BackupPort.stage throws; nothing is changed then.
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
  /** Ends this Certdesk and begins a new one on the same data folder; returns at once. */
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
    const note = noteOfRestore(by, clock.now(), session);
    let kept = false;
    const staged = await backups.stage({
      ...asked,
      now: note.now,
      inscribe: async (restored, { createdAt }, aside) => {
        kept = await inscribeRestore(restored, note, { createdAt, aside });
      },
    });
    await decide(staged);
    log.info({ backup: staged.createdAt, aside: staged.aside }, 'Restoring a backup: Certdesk restarts');
    restart();
    const { createdAt, aside } = staged;
    return { id: note.id, createdAt, aside, signedIn: kept || (by.kind === 'window' && session === null) };
  }

  /** Null for the desktop's window, which needs none, and for an API token. */
  async function sessionOf({ kind, id }: Actor): Promise<SessionRecord | null> {
    if (kind !== 'window') return null;
    const sessions = await stores.sessions.list(toTimestamp(clock.now()));
    return sessions.find((session) => session.id === id) ?? null;
  }

  /** No job begins between the look and the end: what it did at a CA or in DNS would be known to nobody. */
  async function decide(staged: StagedBackup): Promise<void> {
    const release = queue.hold();
    try {
      if (release === null) throw underWayOf(queue.size);
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
      requireWholePath(asked.file);
      if (underWay) throw new CertdeskError('RESTORE_UNDER_WAY');
      const { running, queued } = queue.size;
      if (running + queued > 0) throw underWayOf(queue.size);
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

function underWayOf({ running, queued }: JobQueue['size']): CertdeskError {
  const jobs = running + queued;
  const what = jobs === 1 ? '1 job is running' : `${Math.max(jobs, 1)} jobs are running`;
  return new CertdeskError(
    'JOBS_UNDER_WAY',
    `${what}, and a restore would lose what happens at the CA and in DNS. Wait until no job is running, or pause renewals in the settings, then try again`,
    { running, queued },
  );
}
