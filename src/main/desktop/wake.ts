// Whether the clock has jumped: the machine slept, or somebody has set it. Pure.

export interface Moment {
  /** Date.now() */
  readonly wall: number;
  /** performance.now(): goes on evenly while the machine is awake. */
  readonly steady: number;
}

/** Less is the drift of clocks that are kept right, and a machine under load. */
export const JUMP_MS = 30_000;

export function hasJumped(before: Moment, now: Moment): boolean {
  return Math.abs(now.wall - before.wall - (now.steady - before.steady)) > JUMP_MS;
}
