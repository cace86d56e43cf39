// Runs the maintenance (sweep.ts) every minute: sooner if a certificate becomes due within that minute, or if more
// renewals are due than may run in parallel. Each run stores a heartbeat in the database, so that missed runs are
// noticed. The first run after a sleep or a stop catches up.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Swept } from './sweep.ts';

export interface SchedulerDeps {
  readonly stores: Pick<Stores, 'settings'>;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1; spreads the times of maintenance runs. */
  random(): number;
  sweep(signal: AbortSignal): Promise<Swept>;
  /** When the next certificate that is not due yet becomes due; null if none will. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
}

export interface Scheduler {
  start(): void;
  /** Runs the maintenance now and returns the number of renewals it started. */
  sweep(): Promise<number>;
  /** Plans the next run again, because a certificate may become due earlier than known before. */
  planAgain(): void;
  /** Stops the schedule and aborts a maintenance run. */
  stop(): void;
  /** When the next run is planned; null while stopped. */
  nextAt(): Timestamp | null;
}

/** The record that the last maintenance run stored in the settings. */
export interface Heartbeat {
  readonly at: Timestamp;
  /** Number of renewals that it started. */
  readonly begun: number;
  /** Duration in milliseconds. */
  readonly ms: number;
  /** Why it failed; null if it did not. */
  readonly error: string | null;
}

const HEARTBEAT = 'last-sweep';

/** Returns the last heartbeat, also of an earlier process; null before the first. */
export async function readHeartbeat({ settings }: Pick<Stores, 'settings'>): Promise<Heartbeat | null> {
  return (await settings.get(HEARTBEAT)) as Heartbeat | null;
}

const INTERVAL_MS = 60_000;
/** Interval while more renewals are due than may run in parallel, and the shortest interval of all. */
const MIN_INTERVAL_MS = 5_000;
/** Margin, because times are whole seconds and timers may fire a little early. */
const MARGIN_MS = 100;
/** A longer gap means that the machine slept or Certdesk was stopped. */
const GAP_MS = 5 * INTERVAL_MS;

/** Creates the scheduler. Nothing runs before `start`. */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { stores, clock, log, random } = deps;
  let first: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping: AbortController | null = null;
  let sweeping: Promise<number> | null = null;
  let due: Timestamp | null = null;
  let more = false;

  async function sweepAndRecord(signal: AbortSignal): Promise<number> {
    const now = clock.now();
    const started = performance.now();
    await logGap(now);
    const swept = await deps.sweep(signal).catch((error: unknown) => ({ begun: 0, more: false, error }));
    more = swept.more;
    if (swept.error !== null) {
      log.error({ err: swept.error }, 'The renewal check failed in part; retrying in a minute');
    }
    await stores.settings.set(HEARTBEAT, {
      at: toTimestamp(now),
      begun: swept.begun,
      ms: Math.round(performance.now() - started),
      error: swept.error === null ? null : toCertdeskError(swept.error).message,
    });
    return swept.begun;
  }

  async function logGap(now: Date): Promise<void> {
    const last = await readHeartbeat({ settings: stores.settings });
    const gap = last === null ? 0 : now.getTime() - Date.parse(last.at);
    if (gap > GAP_MS) {
      log.warn({ minutes: Math.round(gap / 60_000) }, 'Renewal checks were missed; catching up');
    }
  }

  /** Runs one sweep at a time. A failure is logged; the next run follows in a minute. */
  function sweepOnce(): Promise<number> {
    const { signal } = stopping ?? new AbortController();
    sweeping ??= sweepAndRecord(signal)
      .catch((error: unknown) => {
        log.error({ err: error }, 'The renewal check could not be recorded; retrying in a minute');
        return 0;
      })
      .finally(() => {
        sweeping = null;
      });
    return sweeping;
  }

  /** Spread by a tenth, so that many installations do not call their CA in the same second. */
  async function plan(): Promise<void> {
    const wait = (more ? MIN_INTERVAL_MS : INTERVAL_MS) * (0.95 + random() / 10);
    planIn(Math.min(wait, await untilNextDue()));
  }

  function planIn(ms: number): void {
    if (stopping === null || stopping.signal.aborted) return;
    clearTimeout(timer);
    due = toTimestamp(new Date(clock.now().getTime() + ms));
    timer = setTimeout(() => void sweepOnce().finally(plan), ms);
    timer.unref();
  }

  async function untilNextDue(): Promise<number> {
    const now = clock.now();
    // If it cannot be read, the regular run comes and reports the error.
    const next = await deps.nextDue(toTimestamp(now)).catch(() => null);
    if (next === null) return INTERVAL_MS;
    return Math.max(MIN_INTERVAL_MS, Date.parse(next) - now.getTime() + MARGIN_MS);
  }

  async function planSooner(): Promise<void> {
    const wait = await untilNextDue();
    // A running sweep plans the next run when it ends.
    if (sweeping !== null || due === null || wait >= INTERVAL_MS) return;
    if (clock.now().getTime() + wait < Date.parse(due)) planIn(wait);
  }

  return {
    start() {
      if (stopping !== null) return;
      stopping = new AbortController();
      due = toTimestamp(new Date(clock.now().getTime() + INTERVAL_MS));
      // start() returns first, because with many certificates a run takes a while.
      first = setImmediate(() => void sweepOnce().finally(plan));
    },
    sweep: sweepOnce,
    planAgain: () => void planSooner(),
    nextAt: () => due,
    stop() {
      clearImmediate(first);
      clearTimeout(timer);
      stopping?.abort();
      stopping = null;
      due = null;
    },
  };
}
