// Gathers what each authoritative server says about the CAA records of a name. The resolver, which caches, answers for the
// zones above, and where a CNAME leads elsewhere.
import { askEveryAuthority, nameServersOf } from '../dns/lookup/name-servers.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { findZone, isWithin } from '../dns/lookup/zone.ts';
import type { ServerCaa } from './caa-lock.ts';
import { climb } from './climb.ts';
import { type CaaStep, caaAt, caaIn, relevantCaa } from './gather-dns.ts';

/**
 * @param name Without `*.`.
 * @returns one per address of the name's zone that answers for all steps; the resolver's answer if none does
 * @throws DNS_LOOKUP_FAILED, the reason of the signal
 */
export async function gatherCaaAtServers(
  resolver: DnsResolver,
  name: string,
  signal: AbortSignal,
): Promise<readonly ServerCaa[]> {
  const names = climb(name);
  const [zone, cached] = await Promise.all([
    findZone(resolver, name, signal),
    Promise.all(names.map((each) => caaAt(resolver, each, signal))),
  ]);
  const servers = await nameServersOf(resolver, zone, signal);
  const own = names.filter((each) => isWithin(each, zone));
  const replies = await Promise.all(
    own.map((each) => askEveryAuthority(resolver, servers, { name: each, type: 'CAA' }, signal)),
  );
  const addresses = new Set(replies.flatMap((each) => each.map(({ server }) => server)));
  const seen = [...addresses].flatMap((server): readonly ServerCaa[] => {
    const answers = replies.map((each) => each.find((reply) => reply.server === server)?.reply.answers);
    if (answers.includes(undefined)) return [];
    const steps = cached.map((step, at): CaaStep => {
      const said = answers[at];
      const isElsewhere = said === undefined || said.some(({ type }) => type === 'CNAME');
      return isElsewhere ? step : { records: caaIn(said) };
    });
    return [{ server, caa: relevantCaa(names, steps) }];
  });
  return seen.length > 0 ? seen : [{ server: 'the resolver', caa: relevantCaa(names, cached) }];
}
