// Gathers what is at the _acme-challenge name: a CNAME and where it leads, and TXT records that are left over.
import { CertdeskError } from '../core/errors.ts';
import { askAuthorities, nameServersOf } from '../dns/lookup/name-servers.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { locateRecord, type RecordPlace } from '../dns/lookup/zone.ts';
import type { ChallengeFacts } from './facts.ts';

/** A DNS-01 value: the SHA-256 of a key authorization in base64url (RFC 8555 section 8.4). */
const CHALLENGE_VALUE = /^[A-Za-z0-9_-]{43}$/;

/** @param name Without `*.`. */
export async function gatherChallenge(
  resolver: DnsResolver,
  name: string,
  signal: AbortSignal,
): Promise<ChallengeFacts> {
  const challenge = `_acme-challenge.${name}`;
  const place = await locateRecord(resolver, challenge, { signal, report: () => undefined }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof CertdeskError) return error;
      throw error;
    },
  );
  if (place instanceof CertdeskError)
    return { challenge, record: challenge, zone: null, broken: place.message, left: [] };
  const isAlias = place.aliases.length > 0;
  const broken = isAlias ? await whyBroken(resolver, place, signal) : null;
  const left = broken === null ? await valuesAt(resolver, place, signal) : [];
  return { challenge, record: place.name, zone: place.zone, broken, left };
}

/** The zone that was found may be above the target, such as `com`: then the domain of the target does not exist. */
async function whyBroken(
  resolver: DnsResolver,
  place: RecordPlace,
  signal: AbortSignal,
): Promise<string | null> {
  if (place.problem !== null) return place.problem.message;
  const above = place.name.slice(place.name.indexOf('.') + 1);
  if (place.zone === null || place.zone.includes('.') || above === place.zone) return null;
  const { rcode } = await resolver.resolve({ name: above, type: 'SOA' }, signal);
  return rcode === 'NXDOMAIN' ? `${above} does not exist.` : null;
}

async function valuesAt(
  resolver: DnsResolver,
  { name, zone }: RecordPlace,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (zone === null) return [];
  const servers = await nameServersOf(resolver, zone, signal);
  const reply = await askAuthorities(resolver, servers, { name, type: 'TXT' }, signal);
  return (reply?.answers ?? [])
    .filter(({ type, value }) => type === 'TXT' && CHALLENGE_VALUE.test(value))
    .map(({ value }) => value);
}
