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

/** What one address of a name server says. */
export interface AuthorityReply {
  /** `ns1.example.com (192.0.2.1)` */
  readonly server: string;
  readonly reply: DnsReply;
}

/**
 * Queries every address of every server at once, without recursion. Leaves out what does not answer, is not authoritative, or
 * may not be asked: a lame server says nothing about the zone.
 */
export async function askEveryAuthority(
  resolver: DnsResolver,
  servers: readonly NameServer[],
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<readonly AuthorityReply[]> {
  const targets = servers.flatMap(({ host, addresses }) => addresses.map((address) => ({ host, address })));
  const replies = await Promise.all(
    targets.map(async ({ host, address }) => {
      const server = resolver.authority(address);
      if (!resolver.mayAsk(server)) return [];
      const reply = await resolver.ask(server, question, { recursive: false, signal });
      const isAnswer =
        !reply.silent && reply.authoritative && (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN');
      return isAnswer ? [{ server: `${host} (${address})`, reply }] : [];
    }),
  );
  return replies.flat();
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
