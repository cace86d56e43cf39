// Remembers revocation lists for an hour: the certificates of many endpoints name the same ones.

import type { Clock } from '../core/ports.ts';
import type { CrlDeps } from '../revocation/look-up-crls.ts';

interface Entry {
  readonly until: number;
  readonly crl: Promise<Buffer>;
  /** Of the check that started the download. */
  readonly signal: AbortSignal;
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

  function startDownload(url: string, signal: AbortSignal): Entry {
    const crl = crls.fetchCrl(url, signal);
    const entry: Entry = { until: clock.now().getTime() + KEEP_MS, crl, signal, bytes: LEAST_BYTES };
    entries.set(url, entry);
    crl.then(
      (found) => {
        entry.bytes = Math.max(found.length, LEAST_BYTES);
      },
      () => {
        if (signal.aborted && entries.get(url) === entry) entries.delete(url);
      },
    );
    return entry;
  }

  return {
    async fetchCrl(url, signal) {
      for (;;) {
        dropOld(clock.now().getTime());
        const entry = entries.get(url) ?? startDownload(url, signal);
        try {
          return await entry.crl;
        } catch (error) {
          // Another check started this download and was cancelled, which says nothing about the list.
          if (signal.aborted || !entry.signal.aborted) throw error;
        }
      }
    },
    lookUpCrl(input, signal) {
      const parsed = parsing.then(() => crls.lookUpCrl(input, signal));
      parsing = parsed.catch(() => undefined);
      return parsed;
    },
  };
}
