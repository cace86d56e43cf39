// Tracks older answers in the caches of resolvers, to wait until their TTL expires.
import type { Answer } from './propagation-poll.ts';

/** The longest wait for an older answer, even if its TTL is longer. */
const MAX_WAIT_MS = 60 * 60_000;
/** The interval of queries while nothing can have expired. Another cache may be behind the same address. */
const MAX_IDLE_MS = 30_000;
/** Servers round TTLs down to whole seconds. */
const ROUNDING_MS = 1000;

export interface StaleAnswers {
  /**
   * Records the answers of a round.
   * @param now Milliseconds.
   * @returns milliseconds until the next older value expires, at most 30 s; 0 if there is none
   */
  see(answers: readonly Answer[], now: number): number;
  /** When all older answers seen so far will have expired, in milliseconds; 0 if there were none. */
  expiry(): number;
  /** The longest TTL of an older value, in seconds. */
  readonly seconds: number;
}

/**
 * @param latestMissing The latest time to wait for a cached negative answer, which may be correct on the other side of a
 *   split-horizon DNS.
 */
export function createStaleAnswers(latestMissing: number): StaleAnswers {
  let [other, missing] = [0, 0];
  let firstSeen: number | null = null;
  const longest = (answers: readonly Answer[], state: Answer['state']): number =>
    Math.max(0, ...answers.filter((answer) => answer.state === state).map(({ ttl }) => ttl));
  // Counted from the first sighting, because an answer whose TTL never counts down would never expire.
  const end = (seconds: number): number =>
    seconds === 0 ? 0 : (firstSeen ?? 0) + Math.min(seconds * 1000 + 2 * ROUNDING_MS, MAX_WAIT_MS);
  return {
    see(answers, now) {
      other = Math.max(other, longest(answers, 'other'));
      missing = Math.max(missing, longest(answers, 'missing'));
      if (other > 0 || missing > 0) firstSeen ??= now;
      const left = answers.flatMap(({ state, ttl }) => (state === 'other' && ttl > 0 ? [ttl] : []));
      return left.length === 0 ? 0 : Math.min(Math.min(...left) * 1000 + ROUNDING_MS, MAX_IDLE_MS);
    },
    expiry: () => Math.max(end(other), Math.min(end(missing), latestMissing)),
    get seconds() {
      return other;
    },
  };
}
