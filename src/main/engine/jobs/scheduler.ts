// Looks once a minute for certificates that are due, and lines up their renewals; also clears away what has aged.
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../errors.ts';
import type { Issuance } from '../issuance.ts';
import type { Clock, Log } from '../ports.ts';
import { attemptAt } from '../renewal.ts';
import type { Stores } from '../stores.ts';

export interface SchedulerDeps {
  readonly stores: Stores;
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
}

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** A removed certificate can be brought back this long. */
const KEEP_REMOVED_DAYS = 30;
const KEEP_EVENTS_DAYS = 400;

export function createScheduler({ stores, issuance, clock, log, sweepLeftovers }: SchedulerDeps): Scheduler {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<number> | null = null;

  async function sweep(): Promise<number> {
    const now = clock.now();
    const ago = (days: number) => toTimestamp(new Date(now.getTime() - days * DAY_MS));
    await stores.certificates.purgeRemoved(ago(KEEP_REMOVED_DAYS));
    await stores.events.deleteBefore(ago(KEEP_EVENTS_DAYS));
    await sweepLeftovers();
    let begun = 0;
    for (const certificate of await stores.certificates.renewable()) {
      const at = attemptAt(certificate);
      if (at === null || at > toTimestamp(now)) continue;
      if (await renew(certificate.projectId)) begun += 1;
    }
    return begun;
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
      throw error;
    }
  }

  /** One sweep at a time; a failed one is logged and the next one comes in a minute. */
  function guarded(): Promise<number> {
    sweeping ??= sweep()
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
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
