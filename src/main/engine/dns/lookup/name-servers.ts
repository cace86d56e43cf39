// Finds the authoritative name servers of a zone with all their addresses, and queries them.
import type { DnsQuestion, DnsReply } from './query.ts';
import type { DnsResolver } from './resolver.ts';

export interface NameServer {
  /** Lower case, no trailing dot. */
  readonly host: string;
  /** IPv4 first; empty if the host has no address or the lookup failed. */
  readonly addresses: readonly string[];
}

/**
 * Looks up the servers in the zone's NS records; empty if the resolver returns none (split horizon).
 * @throws DNS_LOOKUP_FAILED if the lookup of the NS records fails
 */
export async function nameServersOf(
  resolver: DnsResolver,
  zone: string,
  signal: AbortSignal,
): Promise<readonly NameServer[]> {
  const reply = await resolver.resolve({ name: zone, type: 'NS' }, signal);
  const hosts = reply.answers.filter(({ type, name }) => type === 'NS' && name === zone);
  return Promise.all(
    [...new Set(hosts.map(({ value }) => value))].sort().map(async (host) => ({
      host,
      addresses: (
        await Promise.all(
          (['A', 'AAAA'] as const).map((type) => addressesOf(resolver, { name: host, type }, signal)),
        )
      ).flat(),
    })),
  );
}

/** Queries the servers in turn, without recursion, until one answers NOERROR or NXDOMAIN; null if none does. */
export async function askAuthorities(
  resolver: DnsResolver,
  servers: readonly NameServer[],
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<DnsReply | null> {
  for (const address of servers.flatMap((server) => server.addresses)) {
    const reply = await resolver.ask(resolver.authority(address), question, { recursive: false, signal });
    if (!reply.silent && (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN')) return reply;
  }
  return null;
}

async function addressesOf(
  resolver: DnsResolver,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const reply = await resolver.resolve(question, signal);
    return reply.answers.filter(({ type }) => type === question.type).map(({ value }) => value);
  } catch {
    // If the lookup fails, the host has no addresses; the other hosts still count.
    signal.throwIfAborted();
    return [];
  }
}
