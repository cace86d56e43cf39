// Finds where a challenge's TXT record must be created: follows CNAMEs, as the CA does (RFC 8555 section 8.4), and finds
// the zone by its SOA record.
//
// A recursive resolver must not be asked for the challenge's name before the record exists: it would cache the negative
// answer, and the CA or our own final check might get it. So the parent is looked up with recursion, and the name itself
// only at the authoritative servers.
import { CertdeskError } from '../../core/errors.ts';
import type { Json } from '../../core/model.ts';
import { askAuthorities, type NameServer, nameServersOf } from './name-servers.ts';
import type { DnsQuestion, DnsReply } from './query.ts';
import type { DnsResolver } from './resolver.ts';
import { type Ask, isWildcardAlias } from './wildcard-alias.ts';

export interface RecordPlace {
  /** The name of the record: the challenge's own name, or the target of its CNAMEs. */
  readonly name: string;
  /** The names with a CNAME, starting with the challenge's own; empty without a CNAME. */
  readonly aliases: readonly string[];
  /** The zone of this name in DNS; null if DNS does not show it (see `problem`). */
  readonly zone: string | null;
  /** Its NS hosts. */
  readonly nameServers: readonly string[];
  readonly problem: CertdeskError | null;
}

export interface LookupContext {
  readonly signal: AbortSignal;
  report(step: string, message: string, data?: Json): void;
}

const MAX_CNAMES = 16;
/** Limits the delegations to follow, because a faulty server may return them endlessly. */
const MAX_REFERRALS = 16;

interface Authority {
  readonly zone: string;
  readonly servers: readonly NameServer[];
}

/**
 * @param name The challenge's name, lower case, no trailing dot: `_acme-challenge.www.example.com`.
 * @throws DNS_LOOKUP_FAILED for a CNAME loop, more than 16 CNAMEs, or an invalid name
 */
export async function locateRecord(
  resolver: DnsResolver,
  name: string,
  context: LookupContext,
): Promise<RecordPlace> {
  const aliases: string[] = [];
  let current = name;
  if (name.length > 253) {
    const message = `${name} is longer than DNS allows (253 characters): DNS-01 cannot validate this name.`;
    throw new CertdeskError('DNS_LOOKUP_FAILED', message, { name });
  }
  while (true) {
    const found = await findPlace(resolver, current, context);
    if (found.cname === '') throw rootAlias(current);
    if (found.cname === null) return { name: current, aliases, ...found.place };
    aliases.push(current);
    assertNoLoop(aliases, found.cname);
    context.report('challenge', `${current} is a CNAME to ${found.cname}`, {
      name: current,
      cname: found.cname,
    });
    current = found.cname;
  }
}

/**
 * Finds the longest suffix of the name that has an SOA record.
 * @throws DNS_LOOKUP_FAILED if a lookup fails other than with NXDOMAIN, or no suffix has an SOA record
 */
export async function findZone(resolver: DnsResolver, name: string, signal: AbortSignal): Promise<string> {
  const labels = name.split('.');
  for (let start = 0; start < labels.length; start += 1) {
    const suffix = labels.slice(start).join('.');
    const reply = await resolver.resolve({ name: suffix, type: 'SOA' }, signal);
    // The answer for a CNAME may contain the SOA of its target's zone, so compare the owner name.
    if (reply.answers.some((record) => record.type === 'SOA' && record.name === suffix)) return suffix;
  }
  throw new CertdeskError(
    'DNS_LOOKUP_FAILED',
    `DNS has no zone for ${name}: neither it nor a name above it has an SOA record. Check the domain's delegation.`,
    { name, type: 'SOA' },
  );
}

/** Whether `name` equals `zone` or is below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

interface Place {
  readonly cname: string | null;
  readonly place: Pick<RecordPlace, 'zone' | 'nameServers' | 'problem'>;
}

async function findPlace(resolver: DnsResolver, name: string, context: LookupContext): Promise<Place> {
  try {
    const parent = name.slice(name.indexOf('.') + 1);
    const zone = await findZone(resolver, parent, context.signal);
    return await followDelegations(resolver, name, { start: zone, context });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof CertdeskError)) throw error;
    // Split horizon, or a resolver without internet access: the account's list of zones may still contain the zone.
    const cname = await cnameByRecursion(resolver, name, context).catch(() => null);
    context.signal.throwIfAborted();
    return { cname, place: { zone: null, nameServers: [], problem: error } };
  }
}

/** Follows delegations from a zone above the name down to the zone of the name, by querying the authoritative servers. */
async function followDelegations(
  resolver: DnsResolver,
  name: string,
  { start, context }: { readonly start: string; readonly context: LookupContext },
): Promise<Place> {
  const { signal } = context;
  let authority: Authority = { zone: start, servers: await nameServersOf(resolver, start, signal) };
  for (let step = 0; step <= MAX_REFERRALS; step += 1) {
    const place = {
      zone: authority.zone,
      nameServers: authority.servers.map(({ host }) => host),
      problem: null,
    };
    const reply = await askAuthorities(resolver, authority.servers, { name, type: 'CNAME' }, signal);
    if (reply === null) {
      context.report(
        'challenge',
        `No name server of ${authority.zone} answers; asking the resolver instead`,
        {
          zone: authority.zone,
          nameServers: place.nameServers,
        },
      );
      return { cname: await cnameByRecursion(resolver, name, context), place };
    }
    const ask: Ask = (question) => askAuthorities(resolver, authority.servers, question, signal);
    const cname = await ownAlias(reply, name, { ask, context });
    const deeper = cname === null ? zoneBelow(reply, name, authority.zone) : null;
    if (deeper === null) return { cname, place };
    authority = { zone: deeper, servers: await nameServersOf(resolver, deeper, signal) };
  }
  throw new CertdeskError('DNS_LOOKUP_FAILED', `The delegation of ${name} does not end.`, { name });
}

/** The delegated zone in an answer: from a referral's NS records (RFC 1034 section 4.3.2) or a negative answer's SOA (RFC 2308). */
function zoneBelow(reply: DnsReply, name: string, zone: string): string | null {
  const owner = reply.authorities.find(
    (record) =>
      (record.type === 'SOA' || (record.type === 'NS' && !reply.authoritative)) &&
      record.name !== zone &&
      isWithin(record.name, zone) &&
      isWithin(name, record.name),
  );
  return owner?.name ?? null;
}

function cnameIn(reply: DnsReply, name: string): string | null {
  return reply.answers.find((record) => record.type === 'CNAME' && record.name === name)?.value ?? null;
}

/**
 * The CNAME of the name itself. For a challenge's name, a wildcard's CNAME does not count: the TXT record is created at the
 * name itself, and then the wildcard no longer answers for it.
 */
async function ownAlias(
  reply: DnsReply,
  name: string,
  { ask, context }: { readonly ask: Ask; readonly context: LookupContext },
): Promise<string | null> {
  const cname = cnameIn(reply, name);
  // For other names, a wildcard's CNAME may be intended.
  if (cname === null || !name.startsWith('_acme-challenge.')) return cname;
  if (!(await isWildcardAlias(name, cname, ask))) return cname;
  context.report('challenge', `${name} has no CNAME of its own: a wildcard record points to ${cname}`, {
    name,
    wildcardTarget: cname,
  });
  return null;
}

async function cnameByRecursion(
  resolver: DnsResolver,
  name: string,
  context: LookupContext,
): Promise<string | null> {
  const ask = (question: DnsQuestion): Promise<DnsReply> => resolver.resolve(question, context.signal);
  return ownAlias(await ask({ name, type: 'CNAME' }), name, { ask, context });
}

function rootAlias(name: string): CertdeskError {
  const message = `${name} is a CNAME to the root of DNS ("."), where no record can be written. Point it at a name in a zone of yours, or remove it.`;
  return new CertdeskError('DNS_LOOKUP_FAILED', message, { name });
}

function assertNoLoop(aliases: readonly string[], next: string): void {
  const chain = [...aliases, next];
  const loop = aliases.includes(next);
  if (!loop && aliases.length <= MAX_CNAMES) return;
  throw new CertdeskError(
    'DNS_LOOKUP_FAILED',
    loop
      ? `The CNAME of ${aliases[0]} forms a loop (${chain.join(' -> ')}). Fix it at the DNS provider.`
      : `${aliases[0]} has a chain of more than ${MAX_CNAMES} CNAMEs. Point it directly to its target.`,
    { chain },
  );
}
