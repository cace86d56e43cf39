// Remembers revocation lists for an hour: the certificates of many endpoints name the same ones.

import type { Clock } from '../core/ports.ts';
import type { CrlDeps } from '../revocation/look-up-crls.ts';

interface Entry {
  readonly until: number;
  readonly crl: Promise<Buffer>;
  bytes: number;
}

const KEEP_MS = 3_600_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** A list that could not be read counts too, and so limits how often it is asked for. */
const LEAST_BYTES = 4_096;

/** Lists are parsed one at a time, because the background threads refuse long queues of one owner. */
export function createCrlCache(crls: CrlDeps, clock: Clock): CrlDeps {
  const entries = new Map<string, Entry>();
  let parsing: Promise<unknown> = Promise.resolve();

  function dropOld(now: number): void {
    let total = 0;
    for (const [url, { until, bytes }] of [...entries].reverse()) {
      total += bytes;
      if (until <= now || total > MAX_BYTES) entries.delete(url);
    }
  }

  return {
    fetchCrl(url, signal) {
      const now = clock.now().getTime();
      dropOld(now);
      const known = entries.get(url);
      if (known !== undefined) return known.crl;
      const crl = crls.fetchCrl(url, signal);
      const entry: Entry = { until: now + KEEP_MS, crl, bytes: LEAST_BYTES };
      entries.set(url, entry);
      crl.then(
        (found) => {
          entry.bytes = Math.max(found.length, LEAST_BYTES);
        },
        () => {
          if (signal.aborted) entries.delete(url);
        },
      );
      return crl;
    },
    lookUpCrl(input, signal) {
      const parsed = parsing.then(() => crls.lookUpCrl(input, signal));
      parsing = parsed.catch(() => undefined);
      return parsed;
    },
  };
}
