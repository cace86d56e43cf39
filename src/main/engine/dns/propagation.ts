// Waits until a TXT record shows everywhere that the CA may ask: on every address of every authoritative server of
// its zone, twice in a row, then on the configured resolvers. A failed validation costs one of the CA's few attempts
// an hour, so the CA is told only then.
import { setTimeout as sleep } from 'node:timers/promises';
import { CertdeskError } from '../errors.ts';
import type { Json } from '../model.ts';
import { type NameServer, nameServersOf } from './name-servers.ts';
import {
  type Answer,
  authorityTargets,
  createPoll,
  type PollTarget,
  resolverTargets,
} from './propagation-poll.ts';
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
}

export interface PropagationOptions extends LookupContext {
  readonly resolver: DnsResolver;
  readonly settings: PropagationSettings;
  /**
   * Milliseconds that a resolver's older answer is waited for, 10 000 where left out. It may keep it for as long as
   * the TTL says, which is no fault of the record.
   */
  readonly staleResolverMs?: number;
}

const FIRST_DELAY_MS = 100;
const DELAY_GROWTH = 1.5;
/** Between the first all-right poll and the one that confirms it: another machine behind the address may answer. */
const CONFIRM_DELAY_MS = 100;
const CONFIRMATIONS = 2;
const STALE_RESOLVER_MS = 10_000;

/**
 * Resolves when all values show.
 * @throws DNS_PROPAGATION_TIMEOUT with what each server answered last; DNS_LOOKUP_FAILED where the zone's name
 * servers cannot be looked up.
 */
export async function waitForPropagation(record: AwaitedRecord, options: PropagationOptions): Promise<void> {
  const deadline = performance.now() + options.settings.timeout * 1000;
  const targets = await targetsOf(record, options);
  const poll = createPoll(options.resolver, { name: record.name, type: 'TXT' }, record.values);
  const last = await repeat(deadline, options, async () => {
    const answers = await poll(targets, options.signal);
    reportPoll(record, answers, options);
    return { right: allRight(answers), answers };
  });
  if (!last.right) throw timedOut(record, last.answers, options.settings);
  if (options.resolver.configured && targets.some(({ kind }) => kind === 'authoritative')) {
    await lastWord(record, deadline, options);
  }
}

async function targetsOf(record: AwaitedRecord, options: PropagationOptions): Promise<readonly PollTarget[]> {
  const { resolver, settings, signal } = options;
  const authoritative = record.zone !== null && settings.ask !== 'resolvers';
  const servers = authoritative ? await nameServersOf(resolver, record.zone, signal) : [];
  reportAddressless(record, servers, options);
  const targets = authorityTargets(resolver, servers);
  return targets.length > 0 ? targets : resolverTargets(resolver);
}

/** A host without an address is none that the CA could ask: it is shown, and does not hold up the order. */
function reportAddressless(
  record: AwaitedRecord,
  servers: readonly NameServer[],
  options: PropagationOptions,
): void {
  const hosts = servers.filter(({ addresses }) => addresses.length === 0).map(({ host }) => host);
  if (hosts.length === 0) return;
  options.report(
    'dns-propagation',
    `No address is found for name server ${hosts.join(', ')} of ${record.zone}`,
    {
      name: record.name,
      zone: record.zone,
      nameServers: hosts,
    },
  );
}

interface Round {
  readonly right: boolean;
  readonly answers: readonly Answer[];
}

/** Polls, at first quickly, until two rounds in a row are right or the deadline is past; resolves with the last one. */
async function repeat(
  deadline: number,
  { settings, signal }: PropagationOptions,
  round: () => Promise<Round>,
): Promise<Round> {
  let delay = FIRST_DELAY_MS;
  let right = 0;
  while (true) {
    const result = await round();
    right = result.right ? right + 1 : 0;
    if (right >= CONFIRMATIONS) return result;
    const pause = result.right ? CONFIRM_DELAY_MS : delay;
    // A right round is confirmed even where the time is just over.
    if (!result.right && performance.now() + pause > deadline) return result;
    if (!result.right) delay = Math.min(delay * DELAY_GROWTH, settings.interval * 1000);
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Each host answers right on every address that answers, and answers on one at least. */
function allRight(answers: readonly Answer[]): boolean {
  const hosts = Map.groupBy(answers, ({ host }) => host);
  const right = (own: readonly Answer[]) =>
    own.some(({ state }) => state === 'right') &&
    own.every(({ state }) => state === 'right' || state === 'silent');
  return hosts.size > 0 && [...hosts.values()].every(right);
}

/**
 * The resolvers see what the CA sees: CNAMEs, delegation, DNSSEC. One that still shows an older answer from its cache
 * is waited for a while and then left alone, since the CA has a cache of its own; one that fails holds the order up.
 */
async function lastWord(record: AwaitedRecord, deadline: number, options: PropagationOptions): Promise<void> {
  const targets = resolverTargets(options.resolver);
  const poll = createPoll(options.resolver, { name: record.challenge, type: 'TXT' }, record.values);
  const patience = performance.now() + (options.staleResolverMs ?? STALE_RESOLVER_MS);
  const last = await repeat(deadline, options, async () => {
    const answers = await poll(targets, options.signal);
    reportPoll({ ...record, name: record.challenge }, answers, options);
    return { right: allRight(answers) || (isStale(answers) && performance.now() > patience), answers };
  });
  if (last.right || isStale(last.answers)) return;
  throw timedOut({ ...record, name: record.challenge }, last.answers, options.settings);
}

/** Nobody fails; some only have no answer, or an old one. */
function isStale(answers: readonly Answer[]): boolean {
  return answers.every(({ state }) => state === 'right' || state === 'missing' || state === 'other');
}

function reportPoll(record: AwaitedRecord, answers: readonly Answer[], options: PropagationOptions): void {
  const right = answers.filter(({ state }) => state === 'right').length;
  const what = answers[0]?.kind === 'resolver' ? 'resolvers' : 'name server addresses';
  options.report(
    'dns-propagation',
    `${right} of ${answers.length} ${what} show the TXT record ${record.name}`,
    {
      name: record.name,
      zone: record.zone,
      expected: record.values,
      servers: answers.map(toJson),
    },
  );
}

function toJson({ host, server, state, answer, values }: Answer): Json {
  return { host, server, state, answer, values };
}

function timedOut(
  record: AwaitedRecord,
  answers: readonly Answer[],
  settings: PropagationSettings,
): CertdeskError {
  const wrong = answers.filter(({ state }) => state !== 'right');
  const said = wrong.map(
    ({ host, server, answer }) => `${host === server ? host : `${host} (${server})`}: ${answer}`,
  );
  const unreachable = answers.length > 0 && answers.every(({ state }) => state === 'silent');
  return new CertdeskError(
    'DNS_PROPAGATION_TIMEOUT',
    `The TXT record ${record.name} did not show on every name server within ${settings.timeout} s (${said.join('; ')}). ` +
      (unreachable
        ? 'None could be reached: check that this machine may send DNS queries (port 53, UDP and TCP) to the internet.'
        : 'Check those servers at the DNS provider, or allow more time.'),
    {
      record: record.name,
      zone: record.zone,
      expected: record.values,
      waitedSeconds: settings.timeout,
      servers: answers.map(toJson),
    },
  );
}
