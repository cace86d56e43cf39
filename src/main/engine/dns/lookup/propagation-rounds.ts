// Repeats rounds of queries for a TXT record until two rounds in a row are right or the time is over.
import type { Json } from '../../core/model.ts';
import { REAL_TIMING, type Timing } from '../../core/timing.ts';
import type { Answer, PollTarget } from './propagation-poll.ts';
import type { DnsResolver } from './resolver.ts';
import type { LookupContext } from './zone.ts';

export interface AwaitedRecord {
  /** The name of the record, after following CNAMEs. */
  readonly name: string;
  /** The name that the CA queries; equal to `name` without a CNAME. */
  readonly challenge: string;
  /** Its zone in DNS; null if DNS does not show it, and then resolvers are queried instead of name servers. */
  readonly zone: string | null;
  /** All of these values must be there; others may be there as well. */
  readonly values: readonly string[];
}

export interface PropagationSettings {
  /** Seconds after which to give up. */
  readonly timeout: number;
  /** The longest interval between polls, in seconds; the first intervals are shorter. */
  readonly interval: number;
  /**
   * Default: `authoritative`. `resolvers` queries only resolvers, for networks that allow DNS queries only to their own
   * resolver, and for hidden primaries.
   */
  readonly ask?: 'authoritative' | 'resolvers';
  /** Public resolvers (IP addresses, with or without :PORT) for the final check if no resolver is configured. Default: none. */
  readonly publicResolvers?: readonly string[];
}

export interface PropagationOptions extends LookupContext {
  readonly resolver: DnsResolver;
  readonly settings: PropagationSettings;
  /**
   * The shortest time to wait for a resolver's older answer to expire, in milliseconds; 10,000 by default. Its TTL may make
   * the wait longer.
   */
  readonly staleResolverMs?: number;
  /** How long to wait for public resolvers that do not cache older values, in milliseconds; 5,000 by default. */
  readonly publicResolverMs?: number;
  /** Real time by default. */
  readonly timing?: Timing;
}

const FIRST_DELAY_MS = 100;
const DELAY_GROWTH = 1.5;
/** The pause before the confirming round, in which another machine behind the same address may answer. */
const CONFIRM_DELAY_MS = 100;
const CONFIRMATIONS = 2;

export interface Round {
  readonly right: boolean;
  /** Skip the confirming round. */
  readonly sure?: boolean;
  readonly answers: readonly Answer[];
  /** Milliseconds until a cached answer expires; nothing can change before. */
  readonly idleMs?: number;
}

/**
 * Polls with growing intervals until two rounds in a row are right or the deadline has passed.
 * @param deadline Milliseconds of `timing.now()`; called after each round, which may have moved it.
 * @returns the answers of the last round
 */
export async function repeat(
  deadline: () => number,
  { settings, signal, timing = REAL_TIMING }: PropagationOptions,
  round: () => Promise<Round>,
): Promise<Round> {
  let delay = FIRST_DELAY_MS;
  let right = 0;
  while (true) {
    const result = await round();
    right = result.right ? right + 1 : 0;
    if (right >= CONFIRMATIONS || result.sure === true) return result;
    const pause = result.right ? CONFIRM_DELAY_MS : Math.max(delay, result.idleMs ?? 0);
    // Confirm a right round even if the deadline has just passed.
    if (!result.right && timing.now() + pause > deadline()) return result;
    if (!result.right) delay = Math.min(delay * DELAY_GROWTH, settings.interval * 1000);
    await timing.pause(pause, signal);
  }
}

/** Whether each host gives right answers on all addresses that answer, and answers on at least one. */
export function allRight(answers: readonly Answer[]): boolean {
  const hosts = Map.groupBy(answers, ({ host }) => host);
  const right = (own: readonly Answer[]) =>
    own.some(({ state }) => state === 'right') &&
    own.every(({ state }) => state === 'right' || state === 'silent');
  return hosts.size > 0 && [...hosts.values()].every(right);
}

/** Whether every server answers, even if the record is missing or old. */
export function isStale(answers: readonly Answer[]): boolean {
  return answers.every(({ state }) => state === 'right' || state === 'missing' || state === 'other');
}

/** Reports a round as progress of the job. */
export function reportPoll(
  record: AwaitedRecord,
  answers: readonly Answer[],
  options: PropagationOptions,
): void {
  const right = answers.filter(({ state }) => state === 'right').length;
  const what = TARGET_NAMES[answers[0]?.kind ?? 'authoritative'];
  options.report(
    'dns-propagation',
    `${right} of ${answers.length} ${what} return the TXT record ${record.name}`,
    {
      name: record.name,
      zone: record.zone,
      expected: record.values,
      servers: answers.map(toJson),
    },
  );
}

const TARGET_NAMES: Readonly<Record<PollTarget['kind'], string>> = {
  authoritative: 'name server addresses',
  resolver: 'resolvers',
  public: 'public resolvers',
};

/** An answer as data of a step event. */
export function toJson({ host, server, state, answer, values }: Answer): Json {
  return { host, server, state, answer, values };
}
