// Selects the zone of a DNS account that contains a record, by comparing the account's zones with the delegation in DNS.
import { CertdeskError } from '../../core/errors.ts';
import { isWithin, type LookupContext, type RecordPlace } from '../lookup/zone.ts';
import type { DnsZone } from '../providers/provider.ts';

/**
 * Selects the account's zone for the record. The delegation in DNS decides: a parent zone (`co.uk`, or the parent of a
 * zone that is delegated elsewhere) never matches, nor does a child zone without a delegation. If DNS does not show the
 * zone (split horizon), the longest matching zone of the account is used and reported.
 * @param zones The account's zones; null if the provider cannot list them.
 * @throws DNS_ZONE_NOT_FOUND; DNS_LOOKUP_FAILED if neither DNS nor the account shows the zone
 */
export function matchZone(
  place: RecordPlace,
  zones: readonly DnsZone[] | null,
  context: LookupContext,
): DnsZone {
  if (zones === null) {
    if (place.zone !== null) return { id: place.zone, name: place.zone };
    throw place.problem ?? notFound(place, []);
  }
  const around = zones
    .filter((zone) => isWithin(place.name, zone.name))
    .sort((a, b) => b.name.length - a.name.length);
  if (place.zone !== null) {
    const exact = around.filter((zone) => zone.name === place.zone);
    const chosen = byNameServers(exact, place) ?? exact[0];
    if (chosen !== undefined) return chosen;
    throw notFound(place, around);
  }
  const longest = around[0];
  if (longest === undefined) throw notFound(place, []);
  context.report('challenge', `DNS does not show the zone of ${place.name}; using ${longest.name}`, {
    name: place.name,
    zone: longest.name,
    reason: place.problem?.message ?? null,
  });
  return longest;
}

/** If an account has a zone twice (Route 53 allows it), selects the one to which DNS delegates. */
function byNameServers(zones: readonly DnsZone[], place: RecordPlace): DnsZone | undefined {
  if (zones.length < 2) return undefined;
  return zones.find((zone) => zone.nameServers?.some((host) => place.nameServers.includes(host)));
}

function notFound(place: RecordPlace, around: readonly DnsZone[]): CertdeskError {
  const { name, zone } = place;
  const above = around.find((candidate) => zone?.endsWith(`.${candidate.name}`));
  const below = around.find((candidate) => zone !== null && candidate.name.endsWith(`.${zone}`));
  const details = {
    name,
    zone,
    nameServers: place.nameServers,
    aliases: place.aliases,
    accountZones: around.map((candidate) => candidate.name),
  };
  return new CertdeskError('DNS_ZONE_NOT_FOUND', sentence(), details);

  function sentence(): string {
    const at = place.aliases.length === 0 ? name : `${name} (the CNAME target of ${place.aliases[0]})`;
    if (zone === null)
      return `No zone of this DNS account contains ${at}. Use the account that hosts its zone.`;
    const hosts = place.nameServers.length === 0 ? 'other name servers' : place.nameServers.join(', ');
    if (above !== undefined) {
      return (
        `The DNS account has ${above.name}, but ${at} is in ${zone}, which is delegated to ${hosts} and not in the ` +
        `account. Use the account that hosts ${zone}.`
      );
    }
    if (below !== undefined) {
      return (
        `The DNS account has a zone ${below.name}, but no delegation leads to it: ${at} is answered from ${zone} ` +
        `(${hosts}). Delegate ${below.name} to the account's name servers, or use the account that hosts ${zone}.`
      );
    }
    return `The zone ${zone} of ${at} is not in this DNS account. Use the account that hosts it.`;
  }
}
