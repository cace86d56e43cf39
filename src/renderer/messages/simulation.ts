// The simulator of shorter lifetimes.
import type { NotAutomated } from '../../shared/simulation.ts';
import { formatCount, formatNumber } from '../format.ts';

const hours = (value: number): string =>
  value >= 48 ? formatCount(Math.round(value / 24), 'day', 'days') : formatCount(value, 'hour', 'hours');

export const simulation = {
  title: 'Simulation',
  description: 'What shorter certificate lifetimes would change here. The simulation changes nothing.',
  lifetime: 'Lifetime of new certificates',
  other: 'Other lifetime (days)',
  days: (n: number) => formatCount(n, 'day', 'days'),
  summary: (lifetime: number, renewAfter: number, left: number) =>
    `A certificate valid for ${formatCount(lifetime, 'day', 'days')} is renewed after ${hours(renewAfter)}, with ${hours(left)} remaining. Certificates with a shorter lifetime keep it.`,
  figures: {
    title: 'Work',
    name: 'Figure',
    today: 'Today',
    rows: {
      renewalsPerWeek: 'Automatic renewals a week',
      ordersPerWeek: 'Orders a week',
      byHandPerWeek: 'Manual renewals a week',
      dnsChangesPerDay: 'DNS changes a day',
      busiestDay: 'Renewals on the busiest day',
    },
  },
  chart: {
    title: 'Automatic renewals in the next 26 weeks',
    label: (today: string, then: string) => `Automatic renewals per week: ${today}; ${then}`,
    today: 'Lifetimes of today',
    simulated: (days: number) => `With ${formatCount(days, 'day', 'days')}`,
    total: (n: number) => formatCount(n, 'renewal', 'renewals'),
    week: (day: string, today: number, then: number) =>
      `Week of ${day}: ${formatNumber(today)} today, ${formatNumber(then)} simulated`,
  },
  obstacles: {
    title: 'Not fully automated',
    none: 'Certdesk renews every certificate automatically.',
    noCertificates: 'No certificates yet.',
    columns: {
      reason: 'Reason',
      count: 'Number',
      perWeek: 'Renewals a week',
      examples: 'Certificates',
    },
    reasons: {
      uploaded: 'Uploaded: Certdesk cannot request it',
      'manual-dns': 'Manual DNS: a person adds TXT records',
      'auto-renewal-off': 'Auto-renewal is off',
      'no-ari': 'Renews automatically, but the CA has no ARI and cannot request an early renewal',
    } satisfies Record<NotAutomated, string>,
    advice: {
      uploaded: 'Request a certificate from an ACME CA instead.',
      'manual-dns': 'Save a DNS credential, or use dns-persist-01 where the CA offers it.',
      'auto-renewal-off': 'Turn on auto-renewal.',
      'no-ari': 'Check after an incident of the CA whether it revoked the certificate.',
    } satisfies Record<NotAutomated, string>,
    more: (n: number) => `and ${formatNumber(n)} more`,
  },
  limits: {
    title: 'Limits of the CAs',
    none: 'No CA of these certificates publishes rate limits.',
    columns: { limit: 'Limit', peak: 'Highest use', verdict: 'Result' },
    of: (peak: number, count: number, hours: number) =>
      `${formatNumber(peak)} of ${formatNumber(count)} in ${formatCount(hours, 'hour', 'hours')}`,
    reached: 'Reached',
    exempt: 'Renewals of the same names are exempt',
    within: 'Not reached',
    subjects: (n: number) => `${formatNumber(n)} above the limit`,
  },
  dns: {
    title: 'DNS changes a day',
    columns: { provider: 'DNS provider', today: 'Today', simulated: 'Simulated' },
  },
  windows: {
    title: 'Deployment windows that are too long',
    sentence: (wait: number, limit: number) =>
      `Waits up to ${hours(wait)} for its next window, but a renewed certificate can wait for only ${hours(limit)}.`,
  },
} as const;
