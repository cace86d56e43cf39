// Gathers who serves the zone of a name, and whether each of them does: delegation, lame and silent servers.
import { askAuthorities, type NameServer, nameServersOf } from '../dns/lookup/name-servers.ts';
import { type DnsReply, type DnsSilence, describeReply } from '../dns/lookup/query.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { findZone } from '../dns/lookup/zone.ts';
import type { DelegationFacts, ServerFacts } from './facts.ts';

/** @param zone Null if no name has an SOA record. */
export async function gatherDelegation(
  resolver: DnsResolver,
  zone: string | null,
  signal: AbortSignal,
): Promise<DelegationFacts> {
  if (zone === null) return { zone, servers: [], parent: null, child: [] };
  const [own, parent] = await Promise.all([
    nameServersOf(resolver, zone, signal),
    delegationOf(resolver, zone, signal).catch(() => null),
  ]);
  signal.throwIfAborted();
  const listed = new Set(own.map(({ host }) => host));
  const more = await Promise.all(
    (parent ?? []).filter((host) => !listed.has(host)).map((host) => addressesOf(resolver, host, signal)),
  );
  const servers = await Promise.all(
    [...own, ...more].map((server) => askServer(resolver, zone, server, signal)),
  );
  return { zone, servers, parent, child: [...listed] };
}

/** The NS hosts in the parent's referral; null if there is none. */
async function delegationOf(
  resolver: DnsResolver,
  zone: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const above = zone.slice(zone.indexOf('.') + 1);
  if (!zone.includes('.')) return null;
  const parent = await findZone(resolver, above, signal);
  const servers = await nameServersOf(resolver, parent, signal);
  const reply = await askAuthorities(resolver, servers.slice(0, 3), { name: zone, type: 'NS' }, signal);
  if (reply === null || reply.authoritative) return null;
  const hosts = [...reply.authorities, ...reply.answers]
    .filter(({ type, name }) => type === 'NS' && name === zone)
    .map(({ value }) => value);
  return hosts.length === 0 ? null : [...new Set(hosts)].sort();
}

async function addressesOf(resolver: DnsResolver, host: string, signal: AbortSignal): Promise<NameServer> {
  const replies = await Promise.all(
    (['A', 'AAAA'] as const).map((type) => resolver.resolve({ name: host, type }, signal).catch(() => null)),
  );
  signal.throwIfAborted();
  const addresses = replies.flatMap((reply) =>
    (reply?.answers ?? []).filter(({ type }) => type === 'A' || type === 'AAAA').map(({ value }) => value),
  );
  return { host, addresses: [...new Set(addresses)] };
}

async function askServer(
  resolver: DnsResolver,
  zone: string,
  { host, addresses }: NameServer,
  signal: AbortSignal,
): Promise<ServerFacts> {
  const asked = addresses.map(async (address) => {
    const server = resolver.authority(address);
    if (!resolver.mayAsk(server))
      return { address, state: 'not-asked', answer: 'a private address' } as const;
    const reply = await resolver.ask(server, { name: zone, type: 'SOA' }, { recursive: false, signal });
    return { address, ...judge(reply, zone) };
  });
  return { host, addresses: await Promise.all(asked) };
}

function judge(
  reply: DnsReply | DnsSilence,
  zone: string,
): Omit<ServerFacts['addresses'][number], 'address'> {
  const answer = describeReply(reply);
  if (reply.silent) return { state: answer.startsWith('no route') ? 'not-asked' : 'silent', answer };
  const hasZone = reply.answers.some(({ type, name }) => type === 'SOA' && name === zone);
  if (reply.rcode === 'NOERROR' && reply.authoritative && hasZone) return { state: 'ok', answer };
  return { state: 'lame', answer: reply.rcode === 'NOERROR' ? 'an answer without authority' : answer };
}
