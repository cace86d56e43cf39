// How often a caller may be refused: an API token or session that is refused without end has a faulty or hostile user.
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';

export interface RefusalLimit {
  /**
   * Counts a failed call where it was refused (401, 403).
   * @returns what the caller is to hear: the failure, or TOO_MANY_REQUESTS (details.retryAfter in seconds) in its place
   */
  count(principalId: string, failure: CertdeskError): CertdeskError;
}

const REFUSALS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

export function createRefusalLimit(clock: Clock): RefusalLimit {
  const windows = new Map<string, { readonly since: number; count: number }>();

  function windowOf(principalId: string, now: number) {
    const current = windows.get(principalId);
    if (current !== undefined && now >= current.since && now - current.since < MINUTE_MS) return current;
    for (const [id, { since }] of windows) if (now - since >= MINUTE_MS || now < since) windows.delete(id);
    const fresh = { since: now, count: 0 };
    windows.set(principalId, fresh);
    return fresh;
  }

  return {
    count(principalId, failure) {
      const { status } = failure.entry;
      if (status !== 401 && status !== 403) return failure;
      const now = clock.now().getTime();
      const window = windowOf(principalId, now);
      window.count += 1;
      if (window.count <= REFUSALS_A_MINUTE) return failure;
      const retryAfter = Math.ceil((window.since + MINUTE_MS - now) / 1000);
      return new CertdeskError(
        'TOO_MANY_REQUESTS',
        `More than ${REFUSALS_A_MINUTE} calls with this token or session were refused within a minute. Wait ${retryAfter} seconds`,
        { retryAfter },
      );
    },
  };
}
