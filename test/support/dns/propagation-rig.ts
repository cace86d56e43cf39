// Waits for propagation in small DNS worlds, which end with each test.
import type { Answer } from 'dns-packet';
import { afterEach } from 'vitest';
import type { Json } from '../../../src/main/engine/core/model.ts';
import type { Timing } from '../../../src/main/engine/core/timing.ts';
import { waitForPropagation } from '../../../src/main/engine/dns/lookup/propagation.ts';
import type {
  AwaitedRecord,
  PropagationSettings,
} from '../../../src/main/engine/dns/lookup/propagation-rounds.ts';
import type { Respond } from './name-server.ts';
import { type DnsWorld, type DnsWorldOptions, showing, startDnsWorld } from './world.ts';

export const NAME = '_acme-challenge.example.com';
export const RECORD: AwaitedRecord = { name: NAME, challenge: NAME, zone: 'example.com', values: ['one'] };
export const right = showing('one');

interface WaitOptions {
  readonly record?: AwaitedRecord;
  readonly settings?: Partial<PropagationSettings>;
  readonly signal?: AbortSignal;
  readonly timing?: Timing;
}

export interface PropagationRig {
  /** What the current test's waits reported. */
  readonly reports: readonly { readonly message: string; readonly data: Json }[];
  startWorld(options: DnsWorldOptions): Promise<DnsWorld>;
  wait(world: DnsWorld, more?: WaitOptions): ReturnType<typeof waitForPropagation>;
  /** Aborts as soon as the wait of that number has started; resolves with its result. */
  abortInPause(
    world: DnsWorld,
    number: number,
    settings?: Partial<PropagationSettings>,
  ): Promise<{ readonly reason: Error; readonly failure: unknown }>;
}

/** Call it once at the top of a test file. */
export function usePropagation(): PropagationRig {
  const reports: { message: string; data: Json }[] = [];
  const report = (_step: string, message: string, data: Json = null) => void reports.push({ message, data });
  const worlds: DnsWorld[] = [];
  afterEach(async () => {
    reports.length = 0;
    await Promise.all(worlds.splice(0).map((world) => world.close()));
  });
  const wait: PropagationRig['wait'] = (world, more = {}) =>
    waitForPropagation(more.record ?? RECORD, {
      resolver: world.resolver,
      settings: { timeout: 0.8, interval: 0.2, ...more.settings },
      signal: more.signal ?? new AbortController().signal,
      report,
      timing: more.timing ?? world.timing,
      staleResolverMs: 400,
      publicResolverMs: 600,
    });
  return {
    reports,
    async startWorld(options) {
      const world = await startDnsWorld(options);
      worlds.push(world);
      return world;
    },
    wait,
    async abortInPause(world, number, settings = {}) {
      const abort = new AbortController();
      const reason = new Error('stop');
      let begun = 0;
      const pause: Timing['pause'] = (ms, signal) => {
        const paused = world.timing.pause(ms, signal);
        begun += 1;
        if (begun === number) {
          void world.timing.track(new Promise(() => undefined)); // no wait ends on its own any more
          abort.abort(reason);
        }
        return paused;
      };
      const timing = { now: world.timing.now, pause };
      const failure = await wait(world, { signal: abort.signal, settings, timing }).catch(
        (error: unknown) => error,
      );
      return { reason, failure };
    },
  };
}

/** Answers `before` to the first `count` queries, `after` from then on. */
export const later = (count: number, before: Respond, after: Respond): Respond => {
  let asked = 0;
  return (question) => {
    asked += 1;
    return (asked > count ? after : before)(question);
  };
};

/** A resolver that has these answers in its cache for that many seconds, and the right one from then on. */
export const cached =
  (world: DnsWorld, ttl: number, answers: readonly Answer[], authorities: readonly Answer[] = []): Respond =>
  (question) => {
    const left = Math.ceil(ttl - world.timing.now() / 1000);
    const aged = (records: readonly Answer[]) =>
      records.map((record) => ({ ...record, ttl: left }) as Answer);
    return left <= 0 ? right(question) : { answers: aged(answers), authorities: aged(authorities) };
  };
