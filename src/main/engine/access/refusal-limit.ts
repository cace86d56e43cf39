// Limits how often a caller may be refused: an API token or session that is refused again and again has a faulty or
// hostile user.
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';

export interface RefusalLimit {
  /**
   * Counts a failed call if it was refused (401, 403).
   * @returns the error for the caller: the failure, or instead TOO_MANY_REQUESTS (details.retryAfter in seconds)
   */
  count(principalId: string, failure: CertdeskError): CertdeskError;
}

const MAX_REFUSALS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export function createRefusalLimit(clock: Clock): RefusalLimit {
  const windows = new Map<string, { readonly since: number; count: number }>();

  function windowOf(principalId: string, now: number) {
    const current = windows.get(principalId);
    if (current !== undefined && now >= current.since && now - current.since < MINUTE_MS) return current;
    for (const [id, { since }] of windows) if (now - since >= MINUTE_MS || now < since) windows.delete(id);
    const opened = { since: now, count: 0 };
    windows.set(principalId, opened);
    return opened;
  }

  return {
    count(principalId, failure) {
      const { status } = failure.entry;
      if (status !== 401 && status !== 403) return failure;
      const now = clock.now().getTime();
      const window = windowOf(principalId, now);
      window.count += 1;
      if (window.count <= MAX_REFUSALS_PER_MINUTE) return failure;
      const retryAfter = Math.ceil((window.since + MINUTE_MS - now) / 1000);
      return new CertdeskError(
        'TOO_MANY_REQUESTS',
        `More than ${MAX_REFUSALS_PER_MINUTE} calls with this token or session were refused within a minute. Wait ${retryAfter} seconds`,
        { retryAfter },
      );
    },
  };
}
