// Decides when a failed delivery is retried. Pure.

/** Minutes; the last interval repeats. */
const INTERVALS = [1, 5, 15, 30, 60, 120, 240];
/** Each interval varies by up to a fifth, so that messages that failed together are not retried together. */
const JITTER = 0.2;
/** Deliveries end after a day: by then the message is outdated. */
export const GIVE_UP_MS = 86_400_000;

export interface Failed {
  /** Number of attempts, including the last one. */
  readonly attempts: number;
  readonly createdAt: Date;
  readonly now: Date;
  /** The receiver's Retry-After; no attempt comes earlier. */
  readonly retryAfterMs: number | null;
}

/**
 * Returns the time of the next attempt, or null to give up.
 * @param random From 0 to 1.
 */
export function nextAttempt({ attempts, createdAt, now, retryAfterMs }: Failed, random: number): Date | null {
  const end = createdAt.getTime() + GIVE_UP_MS;
  if (now.getTime() >= end) return null;
  const minutes = INTERVALS[Math.min(attempts, INTERVALS.length) - 1] ?? 1;
  const wait = minutes * 60_000 * (1 + JITTER * (2 * random - 1));
  const retryAfter = retryAfterMs ?? 0;
  // The last attempt is at the end of the day, unless the receiver asks to wait for longer.
  if (now.getTime() + retryAfter > end) return null;
  return new Date(Math.min(Math.max(now.getTime() + wait, now.getTime() + retryAfter), end));
}
