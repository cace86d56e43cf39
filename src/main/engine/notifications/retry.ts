// When a message that was not taken is tried again. Pure.

/** Minutes; the last one goes on. */
const INTERVALS = [1, 5, 15, 30, 60, 120, 240];
/** Each is longer or shorter by up to a fifth, so that what failed together is not tried together. */
const JITTER = 0.2;
/** After a day it is given up: by then the matter has told itself, or a person has looked. */
export const GIVE_UP_MS = 86_400_000;

export interface Failed {
  /** How often it was tried, the last time included. */
  readonly attempts: number;
  readonly createdAt: Date;
  readonly now: Date;
  /** The receiver's Retry-After; no attempt comes sooner. */
  readonly retryAfterMs: number | null;
}

/** Null where it is given up. @param random 0 to 1 */
export function nextAttempt({ attempts, createdAt, now, retryAfterMs }: Failed, random: number): Date | null {
  const end = createdAt.getTime() + GIVE_UP_MS;
  if (now.getTime() >= end) return null;
  const minutes = INTERVALS[Math.min(attempts, INTERVALS.length) - 1] ?? 1;
  const wait = minutes * 60_000 * (1 + JITTER * (2 * random - 1));
  const asked = retryAfterMs ?? 0;
  // A last attempt is made when the day is over, unless the receiver wants to be left alone for longer than that.
  if (now.getTime() + asked > end) return null;
  return new Date(Math.min(Math.max(now.getTime() + wait, now.getTime() + asked), end));
}
