// Incidents: CAs that request early renewal of many certificates at once.
import type { IncidentState } from '../../shared/incident.ts';
import { formatCount, formatNumber } from '../format.ts';

const certificates = (n: number): string => formatCount(n, 'certificate', 'certificates');

export const incidents = {
  title: 'Incidents',
  description: 'CAs that moved the renewal of many certificates to an earlier time (ARI).',
  back: 'All incidents',
  none: 'No incidents',
  noneText:
    'If a CA must revoke many certificates, it first requests their early renewal. Certdesk renews them and shows the progress here.',
  open: 'Open',
  columns: { ca: 'CA', started: 'Started', ended: 'Ended', total: 'Certificates', progress: 'Renewed' },
  progress: (done: number, total: number) => `${formatNumber(done)} of ${formatNumber(total)}`,
  sentence: (ca: string, total: number) =>
    `${ca} has moved the renewal of ${formatCount(total, 'certificate', 'certificates')} to an earlier time.`,
  done: (renewed: number) => `${certificates(renewed)} ${renewed === 1 ? 'was' : 'were'} renewed.`,
  why: 'Reason given by the CA',
  noReason: 'The CA gave no reason',
  progressTitle: 'Progress',
  list: 'Certificates',
  states: {
    waiting: 'Renewal scheduled',
    failing: 'Renewal failed, will be retried',
    by_hand: 'Needs attention',
    renewed: 'Renewed',
    removed: 'Removed',
  } satisfies Record<IncidentState, string>,
  certificate: { domain: 'Certificate', state: 'State', before: 'Planned before', now: 'Planned now' },
  first: (shown: number, total: number) => `The first ${formatNumber(shown)} of ${formatNumber(total)}`,
  drill: {
    run: 'Run drill',
    title: 'Drill: early renewal of every certificate',
    text: 'A dry run: the windows move in memory only, and nothing is renewed or sent.',
    facts: {
      moved: 'Notified by ARI',
      unnoticed: 'Not notified: the CA offers no ARI, or has not answered yet',
      automatic: 'Renewed automatically',
      byHand: 'Need attention',
      parallel: 'Renewals in parallel',
      message: 'Notification, sent once',
    },
    of: (n: number, total: number) => `${formatNumber(n)} of ${formatNumber(total)}`,
    quiet: 'Too few certificates for an incident: each is renewed without a notification.',
  },
} as const;
