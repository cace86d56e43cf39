// Detects jumps of the clock: the machine slept, or the clock was set. Pure.

export interface Moment {
  /** Date.now() */
  readonly wall: number;
  /** performance.now(): monotonic while the machine is awake. */
  readonly steady: number;
}

/** Smaller differences are clock drift, or delays of a busy machine. In milliseconds. */
const JUMP_MS = 30_000;

export function hasJumped(before: Moment, now: Moment): boolean {
  return Math.abs(now.wall - before.wall - (now.steady - before.steady)) > JUMP_MS;
}
