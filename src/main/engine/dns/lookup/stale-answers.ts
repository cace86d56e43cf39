// How long older answers in the caches of resolvers are waited for: as long as their TTL says.
import type { Answer } from './propagation-poll.ts';

/** No older answer is waited for longer than this, whatever its TTL says. */
const MAX_WAIT_MS = 60 * 60_000;
/** Between two questions while nothing can have expired: another cache may stand behind the same address. */
const MAX_IDLE_MS = 30_000;
/** TTLs are whole seconds, rounded down. */
const ROUNDING_MS = 1000;

export interface StaleAnswers {
  /**
   * Takes note of a round.
   * @param now In milliseconds.
   * @returns the milliseconds until the next of its older values expires, 30 s at most; 0 where it has none.
   */
  see(answers: readonly Answer[], now: number): number;
  /** When all older answers that were seen will have expired, in milliseconds; 0 where none was seen. */
  expiry(): number;
  /** The longest TTL of an older value, in seconds. */
  readonly seconds: number;
}

/**
 * @param latestMissing Until when a cached "there is no such record" is waited for at most: it may be the truth, on the
 *   other side of a split DNS.
 */
export function createStaleAnswers(latestMissing: number): StaleAnswers {
  let [other, missing] = [0, 0];
  let firstSeen: number | null = null;
  const longest = (answers: readonly Answer[], state: Answer['state']): number =>
    Math.max(0, ...answers.filter((answer) => answer.state === state).map(({ ttl }) => ttl));
  // From when the first one was seen: one whose TTL never counts down would be waited for without an end.
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
