// Looks once a minute for certificates that are due, and lines up their renewals; also clears away what has aged. Each
// look leaves a heartbeat in the database, so that a missed one shows.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { CertdeskError, toCertdeskError } from '../errors.ts';
import type { Issuance } from '../issuance.ts';
import type { Journal } from '../journal.ts';
import type { Clock, Log } from '../ports.ts';
import { attemptAt } from '../renewal.ts';
import { daysAgo, KEEP_EVENTS_DAYS, KEEP_REMOVED_DAYS } from '../retention.ts';
import type { Stores } from '../stores.ts';

export interface SchedulerDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly issuance: Issuance;
  readonly clock: Clock;
  readonly log: Log;
  /** Undoes challenges that an earlier clean-up could not. */
  sweepLeftovers(): Promise<void>;
}

export interface Scheduler {
  start(): void;
  /** One look, now; resolves with how many renewals were begun. */
  sweep(): Promise<number>;
  stop(): void;
  /** When the next look is due; null while it is stopped. */
  nextAt(): Timestamp | null;
}

/** What the last look has left in the settings. */
export interface Heartbeat {
  readonly at: Timestamp;
  /** Renewals that it began. */
  readonly begun: number;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
}

const HEARTBEAT = 'last-sweep';

/** Of this run or one before; null before the first. */
export async function readHeartbeat({ settings }: Pick<Stores, 'settings'>): Promise<Heartbeat | null> {
  return (await settings.get(HEARTBEAT)) as Heartbeat | null;
}

const EVERY_MS = 60_000;

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { stores, journal, issuance, clock, log, sweepLeftovers } = deps;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<number> | null = null;
  let due: Timestamp | null = null;

  async function sweep(): Promise<number> {
    const now = clock.now();
    await purge(daysAgo(KEEP_REMOVED_DAYS, now));
    await stores.events.deleteBefore(daysAgo(KEEP_EVENTS_DAYS, now));
    let begun = 0;
    for (const certificate of await stores.certificates.renewable()) {
      const at = attemptAt(certificate);
      if (at === null || at > toTimestamp(now)) continue;
      if (await renew(certificate.projectId)) begun += 1;
    }
    // Last: what cannot be cleared away must not hold up a renewal.
    await sweepLeftovers();
    return begun;
  }

  /** Keys go with them for good: that is a matter of the audit trail. */
  async function purge(before: Timestamp): Promise<void> {
    await journal.write(async (tx, emit) => {
      const count = await tx.certificates.purgeRemoved(before);
      if (count === 0) return;
      await emit({
        kind: 'certificate.purged',
        message: `${count} certificate versions removed before ${before} deleted with their keys`,
        audit: { operation: 'certificates.purge', result: 'ok' },
      });
    });
  }

  async function renew(projectId: string): Promise<boolean> {
    try {
      await issuance.renew(projectId, {
        by: null,
        respondAsync: true,
        idempotencyKey: null,
        automatic: true,
      });
      return true;
    } catch (error) {
      // Somebody renews, revokes or removes it at this moment: the next look will tell.
      const passing = [
        'OPERATION_IN_PROGRESS',
        'CERTIFICATE_NOT_FOUND',
        'PROJECT_NOT_FOUND',
        'SHUTTING_DOWN',
      ];
      if (error instanceof CertdeskError && passing.includes(error.code)) return false;
      // One that cannot be begun does not hold up the others.
      log.error({ projectId, err: error }, 'A renewal could not be begun; it is tried again in a minute');
      return false;
    }
  }

  async function sweepAndTell(): Promise<number> {
    const now = clock.now();
    if (timer !== undefined) due = toTimestamp(new Date(now.getTime() + EVERY_MS));
    const heartbeat = (begun: number, error: string | null) =>
      stores.settings.set(HEARTBEAT, { at: toTimestamp(now), begun, error });
    try {
      const begun = await sweep();
      await heartbeat(begun, null);
      return begun;
    } catch (error) {
      await heartbeat(0, toCertdeskError(error).message);
      throw error;
    }
  }

  /** One sweep at a time; a failed one is logged and the next one comes in a minute. */
  function guarded(): Promise<number> {
    sweeping ??= sweepAndTell()
      .catch((error: unknown) => {
        log.error({ err: error }, 'The sweep for renewals failed; it is tried again in a minute');
        return 0;
      })
      .finally(() => {
        sweeping = null;
      });
    return sweeping;
  }

  return {
    start() {
      timer ??= setInterval(guarded, EVERY_MS);
      timer.unref();
      void guarded();
    },
    sweep: guarded,
    nextAt: () => due,
    stop() {
      clearInterval(timer);
      timer = undefined;
      due = null;
    },
  };
}
