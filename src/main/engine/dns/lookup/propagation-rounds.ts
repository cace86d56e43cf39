// The wait for a TXT record, round by round: what is awaited, how long and how often, and when a round is right.
import type { Json } from '../../core/model.ts';
import { REAL_TIMING, type Timing } from '../../core/timing.ts';
import type { Answer, PollTarget } from './propagation-poll.ts';
import type { DnsResolver } from './resolver.ts';
import type { LookupContext } from './zone.ts';

export interface AwaitedRecord {
  /** The name that holds the record, CNAMEs followed. */
  readonly name: string;
  /** The name that the CA asks for; the same without a CNAME. */
  readonly challenge: string;
  /** Its zone in DNS; null where DNS does not say: then the resolvers are asked in place of name servers. */
  readonly zone: string | null;
  /** All of them must be there, beside whatever else is. */
  readonly values: readonly string[];
}

export interface PropagationSettings {
  /** Seconds until it is given up. */
  readonly timeout: number;
  /** Seconds between two polls, at most: the first ones come faster. */
  readonly interval: number;
  /**
   * `authoritative` unless told otherwise. `resolvers` asks the resolvers only: for networks that let nothing but
   * their own resolver do DNS, and for hidden primaries.
   */
  readonly ask?: 'authoritative' | 'resolvers';
  /** IP addresses, with or without :PORT, that have the last word where no resolver is configured; none where left out. */
  readonly publicResolvers?: readonly string[];
}

export interface PropagationOptions extends LookupContext {
  readonly resolver: DnsResolver;
  readonly settings: PropagationSettings;
  /**
   * Milliseconds that a resolver's older answer is waited for at least, 10 000 where left out: it is waited for as long
   * as its TTL says.
   */
  readonly staleResolverMs?: number;
  /** Milliseconds that public resolvers are waited for, unless they keep older values, 5 000 where left out. */
  readonly publicResolverMs?: number;
  /** Real time by default. */
  readonly pace?: Timing;
}

const FIRST_DELAY_MS = 100;
const DELAY_GROWTH = 1.5;
/** Between the first all-right poll and the one that confirms it: another machine behind the address may answer. */
const CONFIRM_DELAY_MS = 100;
const CONFIRMATIONS = 2;

export interface Round {
  readonly right: boolean;
  /** No second round is needed. */
  readonly sure?: boolean;
  readonly answers: readonly Answer[];
  /** Milliseconds in which nothing can change, for a cached answer that has not expired. */
  readonly idleMs?: number;
}

/**
 * Polls, at first quickly, until two rounds in a row are right or the deadline is past; resolves with the last one.
 * @param deadline By `pace`, in milliseconds; asked after each round, which may have moved it.
 */
export async function repeat(
  deadline: () => number,
  { settings, signal, pace = REAL_TIMING }: PropagationOptions,
  round: () => Promise<Round>,
): Promise<Round> {
  let delay = FIRST_DELAY_MS;
  let right = 0;
  while (true) {
    const result = await round();
    right = result.right ? right + 1 : 0;
    if (right >= CONFIRMATIONS || result.sure === true) return result;
    const pause = result.right ? CONFIRM_DELAY_MS : Math.max(delay, result.idleMs ?? 0);
    // A right round is confirmed even where the time is just over.
    if (!result.right && pace.now() + pause > deadline()) return result;
    if (!result.right) delay = Math.min(delay * DELAY_GROWTH, settings.interval * 1000);
    await pace.pause(pause, signal);
  }
}

/** Each host answers right on every address that answers, and answers on one at least. */
export function allRight(answers: readonly Answer[]): boolean {
  const hosts = Map.groupBy(answers, ({ host }) => host);
  const right = (own: readonly Answer[]) =>
    own.some(({ state }) => state === 'right') &&
    own.every(({ state }) => state === 'right' || state === 'silent');
  return hosts.size > 0 && [...hosts.values()].every(right);
}

/** Nobody fails; some only have no answer, or an old one. */
export function isStale(answers: readonly Answer[]): boolean {
  return answers.every(({ state }) => state === 'right' || state === 'missing' || state === 'other');
}

export function reportPoll(
  record: AwaitedRecord,
  answers: readonly Answer[],
  options: PropagationOptions,
): void {
  const right = answers.filter(({ state }) => state === 'right').length;
  const what = WORDS[answers[0]?.kind ?? 'authoritative'];
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

const WORDS: Readonly<Record<PollTarget['kind'], string>> = {
  authoritative: 'name server addresses',
  resolver: 'resolvers',
  public: 'public resolvers',
};

export function toJson({ host, server, state, answer, values }: Answer): Json {
  return { host, server, state, answer, values };
}
