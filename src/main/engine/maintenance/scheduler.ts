// Looks once a minute for what is due (sweep.ts), sooner where something falls due within that minute, and while more is
// due than may run side by side. Each look leaves a heartbeat in the database, so that a missed one shows; the first one after a sleep or a stop catches up.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Swept } from './sweep.ts';

export interface SchedulerDeps {
  readonly stores: Pick<Stores, 'settings'>;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1: the moments of looks are spread by it. */
  random(): number;
  sweep(signal: AbortSignal): Promise<Swept>;
  /** When the first of those that are not due by now will be; null where none will. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
}

export interface Scheduler {
  start(): void;
  /** One look, now; resolves with how many renewals were begun. */
  sweep(): Promise<number>;
  /** Something may fall due sooner than was known when the next look was planned. */
  planAgain(): void;
  /** Ends a look that is under way. */
  stop(): void;
  /** When the next look is due; null while it is stopped. */
  nextAt(): Timestamp | null;
}

/** What the last look has left in the settings. */
export interface Heartbeat {
  readonly at: Timestamp;
  /** Renewals that it began. */
  readonly begun: number;
  /** How long it took. */
  readonly ms: number;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
}

const HEARTBEAT = 'last-sweep';

/** Of this run or one before; null before the first. */
export async function readHeartbeat({ settings }: Pick<Stores, 'settings'>): Promise<Heartbeat | null> {
  return (await settings.get(HEARTBEAT)) as Heartbeat | null;
}

const EVERY_MS = 60_000;
/** While more is due than may run side by side; no look comes sooner. */
const SOON_MS = 5_000;
/** Times are whole seconds, and timers may be a little early. */
const SURELY_MS = 100;
/** Looks later than that were slept through. */
const ASLEEP_MS = 5 * EVERY_MS;

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { stores, clock, log, random } = deps;
  let first: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping: AbortController | null = null;
  let sweeping: Promise<number> | null = null;
  let due: Timestamp | null = null;
  let more = false;

  async function sweepAndTell(signal: AbortSignal): Promise<number> {
    const now = clock.now();
    const started = performance.now();
    await noticeGap(now);
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

  async function noticeGap(now: Date): Promise<void> {
    const last = await readHeartbeat({ settings: stores.settings });
    const gap = last === null ? 0 : now.getTime() - Date.parse(last.at);
    if (gap > ASLEEP_MS) {
      log.warn({ minutes: Math.round(gap / 60_000) }, 'Renewal checks were missed; catching up');
    }
  }

  /** One sweep at a time; a failed one is logged and the next one comes in a minute. */
  function guarded(): Promise<number> {
    const { signal } = stopping ?? new AbortController();
    sweeping ??= sweepAndTell(signal)
      .catch((error: unknown) => {
        log.error({ err: error }, 'The renewal check could not be recorded; retrying in a minute');
        return 0;
      })
      .finally(() => {
        sweeping = null;
      });
    return sweeping;
  }

  /** Spread by a tenth, so that many installations do not ask their CA at the same second. */
  async function plan(): Promise<void> {
    const wait = (more ? SOON_MS : EVERY_MS) * (0.95 + random() / 10);
    lookIn(Math.min(wait, await untilNextDue()));
  }

  function lookIn(ms: number): void {
    if (stopping === null || stopping.signal.aborted) return;
    clearTimeout(timer);
    due = toTimestamp(new Date(clock.now().getTime() + ms));
    timer = setTimeout(() => void guarded().finally(plan), ms);
    timer.unref();
  }

  async function untilNextDue(): Promise<number> {
    const now = clock.now();
    // Where it cannot be read the usual look comes, and will say so.
    const next = await deps.nextDue(toTimestamp(now)).catch(() => null);
    if (next === null) return EVERY_MS;
    return Math.max(SOON_MS, Date.parse(next) - now.getTime() + SURELY_MS);
  }

  async function planSooner(): Promise<void> {
    const wait = await untilNextDue();
    // A look that is under way plans the next one.
    if (sweeping !== null || due === null || wait >= EVERY_MS) return;
    if (clock.now().getTime() + wait < Date.parse(due)) lookIn(wait);
  }

  return {
    start() {
      if (stopping !== null) return;
      stopping = new AbortController();
      due = toTimestamp(new Date(clock.now().getTime() + EVERY_MS));
      // Whoever starts is told first that it is started: with many certificates a look takes its time.
      first = setImmediate(() => void guarded().finally(plan));
    },
    sweep: guarded,
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
