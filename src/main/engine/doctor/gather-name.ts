// Gathers the facts of one name, all at once.
import { isIP } from 'node:net';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { findZone } from '../dns/lookup/zone.ts';
import { type ChallengeFacts, type Fact, known, type NameFacts, type PortFacts, unknown } from './facts.ts';
import { gatherChallenge } from './gather-challenge.ts';
import { gatherDelegation } from './gather-delegation.ts';
import { gatherAddresses, gatherCaa, gatherDnssec } from './gather-dns.ts';
import { gatherPort80, gatherPort443, type PortDeps } from './gather-ports.ts';

export interface NameDeps extends Omit<PortDeps, 'lookup'> {
  /** Of createDoctorResolver. */
  readonly resolver: DnsResolver;
  /** HOST:PORT of resolvers that may validate DNSSEC. */
  readonly validators: readonly string[];
  /** TXT values of challenges under way, which are not left over. */
  pendingValues(): Promise<ReadonlySet<string>>;
  readonly settle: Settle;
  readonly clock: Clock;
}

/** Turns a failure, or the end of the doctor's time, into an unknown fact. */
export type Settle = <T>(work: Promise<T>) => Promise<Fact<T>>;

/**
 * @param signal Ends the run.
 * @param end Ends when the time is over, or with `signal`.
 * @param describe Default: the error's message, which may quote a response.
 */
export function createSettle(
  signal: AbortSignal,
  end: AbortSignal,
  describe: (error: CertdeskError) => string = ({ message }) => message,
): Settle {
  return async (work) => {
    try {
      return known(await work);
    } catch (error) {
      signal.throwIfAborted();
      if (end.aborted) return unknown('no answer in time');
      if (error instanceof CertdeskError) return unknown(describe(error));
      throw error;
    }
  };
}

/** A name with more addresses has a load balancer. */
const MAX_ADDRESSES = 6;
const NO_DNS = unknown('an IP address has no DNS records');

export async function gatherName(deps: NameDeps, name: string, signal: AbortSignal): Promise<NameFacts> {
  const { settle, resolver, validators } = deps;
  const now = deps.clock.now();
  if (isIP(name) !== 0) {
    const ports = await gatherPorts(deps, name, [name], signal);
    const dns = { caa: NO_DNS, dnssec: NO_DNS, delegation: NO_DNS, challenge: NO_DNS };
    return { name, addresses: known([name]), ports, ...dns };
  }
  const base = name.replace(/^\*\./, '');
  const zone = zoneOf(resolver, base, signal);
  const addresses = settle(gatherAddresses(resolver, base, signal));
  const [own, ports, caa, dnssec, delegation, challenge] = await Promise.all([
    addresses,
    // No CA connects to the server of a wildcard.
    addresses.then((each) =>
      each.known && name === base ? gatherPorts(deps, name, each.value, signal) : [],
    ),
    settle(gatherCaa(resolver, base, signal)),
    settle(zone.then((each) => gatherDnssec(resolver, { name: base, zone: each, validators, now }, signal))),
    settle(zone.then((each) => gatherDelegation(resolver, each, signal))),
    settle(withoutPending(deps, gatherChallenge(resolver, base, signal))),
  ]);
  return { name, addresses: own, ports, caa, dnssec, delegation, challenge };
}

/** Null if no name has an SOA record. */
async function zoneOf(resolver: DnsResolver, name: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await findZone(resolver, name, signal);
  } catch (error) {
    if (error instanceof CertdeskError && error.message.startsWith('DNS has no zone')) return null;
    throw error;
  }
}

async function gatherPorts(
  deps: NameDeps,
  name: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<readonly PortFacts[]> {
  const lookup: PortDeps['lookup'] = async (host, ended) =>
    (await gatherAddresses(deps.resolver, host, ended).catch(() => []))[0] ?? null;
  const tests = addresses.slice(0, MAX_ADDRESSES).flatMap((address) => [
    gatherPort80({ ...deps, lookup }, { name, address }, signal).catch((error: unknown): PortFacts => {
      if (!signal.aborted) throw error;
      const fetched = { kind: 'timeout', reason: 'ETIMEDOUT', redirects: [] } as const;
      return { port: 80, address, fetched, expected: null };
    }),
    gatherPort443(deps, { name, address }, signal),
  ]);
  return Promise.all(tests);
}

async function withoutPending(
  { pendingValues }: Pick<NameDeps, 'pendingValues'>,
  work: Promise<ChallengeFacts>,
): Promise<ChallengeFacts> {
  const [pending, facts] = await Promise.all([pendingValues(), work]);
  return { ...facts, left: facts.left.filter((value) => !pending.has(value)) };
}
