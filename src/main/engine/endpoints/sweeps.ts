// Checks the endpoints whose next check is due. Each check stores when the next one comes, so a killed process loses
// nothing.
import { toTimestamp } from '../../../shared/time.ts';
import { toCertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { EndpointRecord } from '../core/model-endpoint.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { EndpointChecker } from './checker.ts';

export interface EndpointSweepDeps {
  readonly stores: Pick<Stores, 'endpoints'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly checker: EndpointChecker;
}

export interface EndpointSweeps {
  /** Checks everything that is due; joins a sweep that is running. Never rejects. */
  run(): Promise<void>;
  /** Sweeps now, or again after the running sweep. Does nothing before `start`. */
  runSoon(): void;
  /** Aborts a running sweep and waits for its end. */
  stop(): Promise<void>;
  start(): void;
}

/** Endpoints that are checked in parallel. A check mostly waits for the network. */
const CONCURRENCY = 20;
const PER_QUERY = 100;

export function createEndpointSweeps({ stores, clock, log, checker }: EndpointSweepDeps): EndpointSweeps {
  let stopping = new AbortController();
  let started = false;
  let sweeping: Promise<void> | null = null;

  /** A check that cannot store its result must not stop the others; the endpoint stays due. */
  async function check(endpoint: EndpointRecord, signal: AbortSignal): Promise<boolean> {
    try {
      await checker.check(endpoint, signal);
      return true;
    } catch (error) {
      if (!signal.aborted)
        log.error(
          { err: error, code: toCertdeskError(error).code, endpointId: endpoint.id },
          'An endpoint could not be checked',
        );
      return false;
    }
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    const now = toTimestamp(clock.now());
    while (!signal.aborted) {
      const due = await stores.endpoints.due(now, PER_QUERY);
      const done = await mapConcurrent(due, { limit: CONCURRENCY }, (each) => check(each, signal));
      // What failed stays due, and would be the next page again: it waits for the next sweep.
      if (due.length < PER_QUERY || done.some((isDone) => !isDone)) return;
    }
  }

  const run = (): Promise<void> => {
    const { signal } = stopping;
    sweeping ??= sweep(signal)
      .catch((error: unknown) => {
        if (!signal.aborted)
          log.error({ err: error }, 'Endpoints could not be checked; retrying in a minute');
      })
      .finally(() => {
        sweeping = null;
      });
    return sweeping;
  };

  function runSoon(): void {
    if (!started || stopping.signal.aborted) return;
    void (sweeping ?? Promise.resolve()).then(run);
  }

  return {
    run,
    runSoon,
    start() {
      stopping = new AbortController();
      started = true;
    },
    async stop() {
      stopping.abort();
      await sweeping;
    },
  };
}
