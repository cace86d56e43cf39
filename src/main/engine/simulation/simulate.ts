// Simulates shorter lifetimes: how often certificates would be renewed, and what that means for CAs and DNS. Pure.
import type { Simulation, SimulationFigures } from '../../../shared/simulation.ts';
import { planByLifetime } from '../certificates/renewal-plan.ts';
import type { CertificateGroup } from '../core/stores/simulation.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEKS = 26;
export const DAYS = WEEKS * 7;
const HOURS_PER_WEEK = 168;

/** A certificate group with the age at which its next versions are renewed. */
export interface Renewed {
  readonly group: CertificateGroup;
  readonly everyHours: number;
}

/**
 * @returns the age in hours at which a certificate of this lifetime is renewed, by the rule that applies without ARI;
 * the windows that CAs suggest begin at about the same age
 */
export function renewAfterHours(lifetimeHours: number): number {
  return Date.parse(planByLifetime(validFor(lifetimeHours)).renewAt) / HOUR_MS;
}

/** A validity of this length, which begins at the epoch. */
export function validFor(lifetimeHours: number): { readonly issuedAt: string; readonly expiresAt: string } {
  const issuedAt = new Date(0).toISOString();
  return { issuedAt, expiresAt: new Date(lifetimeHours * HOUR_MS).toISOString() };
}

/** @param lifetimeHours The simulated lifetime; null: each certificate keeps its own. */
export function withLifetime(
  groups: readonly CertificateGroup[],
  lifetimeHours: number | null,
): readonly Renewed[] {
  return groups.map((group) => {
    const hours = Math.min(group.lifetimeHours, lifetimeHours ?? Number.POSITIVE_INFINITY);
    return { group, everyHours: Math.max(renewAfterHours(hours), 1 / 60) };
  });
}

/** Whether a renewal needs no person. */
export function isAutomated(group: CertificateGroup): boolean {
  return group.type !== 'custom' && group.autoRenew && !isManualDns(group);
}

/** A record of dns-persist-01 that a person has created stays. */
export const isManualDns = ({ provider, challengeType }: CertificateGroup): boolean =>
  provider === 'manual' && challengeType === 'dns-01';

export const perWeek = ({ group, everyHours }: Renewed): number =>
  (group.count * HOURS_PER_WEEK) / everyHours;

export const sumOf = (of: readonly Renewed[], value: (each: Renewed) => number): number =>
  of.reduce((sum, each) => sum + value(each), 0);

/** Rounds to one decimal. */
export const round = (value: number): number => Math.round(value * 10) / 10;

export function figuresOf(renewed: readonly Renewed[], today: Date): SimulationFigures {
  const automated = renewed.filter(({ group }) => isAutomated(group));
  const byHand = renewed.filter(({ group }) => !isAutomated(group));
  const ordered = renewed.filter(({ group }) => group.type !== 'custom');
  const days = renewalsByDay(automated, today);
  return {
    renewalsPerWeek: round(sumOf(automated, perWeek)),
    ordersPerWeek: round(sumOf(ordered, perWeek)),
    byHandPerWeek: round(sumOf(byHand, perWeek)),
    dnsChangesPerDay: round(sumOf(automated, dnsChangesPerDay)),
    busiestDay: Math.round(Math.max(...days)),
    weeks: Array.from({ length: WEEKS }, (_, week) =>
      Math.round(days.slice(week * 7, week * 7 + 7).reduce((sum, day) => sum + day, 0)),
    ),
  };
}

/** Each name has its own authorization (RFC 8555 section 7.1.4), whose TXT record is added and removed. */
export function dnsChangesPerDay(each: Renewed): number {
  const { challengeType, names } = each.group;
  if (challengeType !== 'dns-01') return 0;
  return (2 * names * perWeek(each)) / 7;
}

export function dnsByProvider(today: readonly Renewed[], simulated: readonly Renewed[]): Simulation['dns'] {
  const byDns = today.filter(({ group }) => group.challengeType === 'dns-01');
  const providers = [...new Set(byDns.flatMap(({ group }) => group.provider ?? []))];
  const changes = (of: readonly Renewed[], provider: string): number =>
    round(
      sumOf(
        of.filter(({ group }) => group.provider === provider),
        dnsChangesPerDay,
      ),
    );
  return providers
    .map((provider) => ({
      provider,
      today: changes(today, provider),
      simulated: changes(simulated, provider),
    }))
    .toSorted((a, b) => b.simulated - a.simulated);
}

/**
 * Counts renewals per UTC day: the next one of each certificate as it is planned now, and the later ones at the age that
 * its new lifetime gives.
 */
export function renewalsByDay(renewed: readonly Renewed[], today: Date): readonly number[] {
  const days = new Array<number>(DAYS).fill(0);
  const start = Math.floor(today.getTime() / DAY_MS);
  for (const { group, everyHours } of renewed) {
    if (group.attemptDay === null) continue;
    const first = Math.max(0, Math.floor(Date.parse(group.attemptDay) / DAY_MS) - start);
    for (let at = first; at < DAYS; at += everyHours / 24) {
      const day = Math.floor(at);
      days[day] = (days[day] ?? 0) + group.count;
    }
  }
  return days;
}
