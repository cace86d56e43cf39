// Compares simulated renewals with the rate limits that CAs publish. Pure.
import { getDomain } from 'tldts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import type { SimulationLimit } from '../../../shared/simulation.ts';
import type { CaLimit, CertificateAuthority } from '../acme/directories.ts';
import { registeredDomain, withoutWildcard } from '../rate-limits/usage.ts';
import { DAYS, isAutomated, perWeek, type Renewed, renewalsByDay, round, sumOf } from './simulate.ts';

export interface LimitsInput {
  readonly renewed: readonly Renewed[];
  readonly today: Date;
  readonly authorities: readonly CertificateAuthority[];
  /** CA -> the domain of each of its certificates. */
  readonly domains: ReadonlyMap<string, readonly string[]>;
}

/**
 * Limits that a CA publishes, each with its highest expected use. Limits on failures are omitted: they do not depend on
 * the lifetime.
 */
export function limitsOf({ renewed, today, authorities, domains }: LimitsInput): readonly SimulationLimit[] {
  return authorities.flatMap(({ id, limits }) => {
    const own = renewed.filter(({ group }) => group.ca === id && !group.staging && group.type !== 'custom');
    if (own.length === 0) return [];
    return limits.flatMap((limit): SimulationLimit[] => {
      const of = { ca: id, name: limit.name, count: limit.count, hours: limit.hours };
      if (limit.kind === 'failed-authorization') return [];
      if (limit.kind === 'exact-set') return [{ ...of, ...busiestSet(own, limit), exempt: false }];
      if (limit.kind === 'registered-domain')
        return [{ ...of, ...busiestDomain(own, limit, domains.get(id) ?? []), exempt: true }];
      const peak = round(peakWithin(own, limit, today));
      return [{ ...of, subject: null, peak, subjects: peak > limit.count ? 1 : 0, exempt: true }];
    });
  });
}

/** The busiest window of the limit's length, if the renewals of a day are spread evenly over it. */
function peakWithin(own: readonly Renewed[], { hours }: CaLimit, today: Date): number {
  const days = renewalsByDay(
    own.filter(({ group }) => isAutomated(group)),
    today,
  );
  if (hours <= 24) return (Math.max(...days) * hours) / 24;
  const length = Math.ceil(hours / 24);
  let peak = 0;
  for (let from = 0; from + length <= DAYS; from += 1)
    peak = Math.max(
      peak,
      days.slice(from, from + length).reduce((sum, day) => sum + day, 0),
    );
  return peak;
}

/** Certificates count by the registered domain of their first name. */
function busiestDomain(
  own: readonly Renewed[],
  { count, hours }: CaLimit,
  domains: readonly string[],
): Pick<SimulationLimit, 'subject' | 'peak' | 'subjects'> {
  const total = sumOf(own, ({ group }) => group.count);
  const each = (sumOf(own, perWeek) / Math.max(1, total)) * (hours / 168);
  const counts = countByRegisteredDomain(domains);
  const [subject, most] = [...counts].reduce<readonly [string | null, number]>(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    [null, 0],
  );
  const subjects = [...counts.values()].filter((certificates) => certificates * each > count).length;
  return { subject, peak: round(most * each), subjects };
}

function busiestSet(
  own: readonly Renewed[],
  { count, hours }: CaLimit,
): Pick<SimulationLimit, 'subject' | 'peak' | 'subjects'> {
  const above = own.filter(({ everyHours }) => hours / everyHours > count);
  const peak = Math.max(...own.map(({ everyHours }) => hours / everyHours));
  return { subject: null, peak: round(peak), subjects: sumOf(above, ({ group }) => group.count) };
}

/** Siblings share a registered domain, so the public suffix list is searched once for each parent. */
export function countByRegisteredDomain(domains: readonly string[]): ReadonlyMap<string, number> {
  const ofParent = new Map<string, string | null>();
  const counts = new Map<string, number>();
  for (const domain of domains) {
    const name = withoutWildcard(domain);
    if (isIpAddress(name)) {
      const network = registeredDomain(name);
      counts.set(network, (counts.get(network) ?? 0) + 1);
      continue;
    }
    const parent = name.slice(name.indexOf('.') + 1);
    let registered = ofParent.get(parent);
    if (registered === undefined) {
      registered = getDomain(parent, { allowPrivateDomains: true });
      ofParent.set(parent, registered);
    }
    const subject = registered ?? registeredDomain(name);
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return counts;
}
