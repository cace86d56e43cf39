// Decides which native notifications the user gets, with which text, and how often at most. Pure; the database records
// which were shown (engine/settings/desktop-state.ts).
import type { Job, JobEvent } from '../../shared/job.ts';
import { asksForRecord } from '../../shared/manual-record.ts';

export interface Notice {
  readonly kind: 'renewed' | 'failed' | 'expires' | 'revoked' | 'records' | 'not_served' | 'dns_records';
  /** Notices with the same key are shown only once within `forMs`. */
  readonly key: string;
  readonly forMs: number;
  readonly title: string;
  readonly body: string;
  /** Whether to show it without a sound. */
  readonly silent: boolean;
  /** The page that a click opens, as a route of the GUI. */
  readonly page: string;
}

const DAY_MS = 86_400_000;

/** The page of a project. */
const projectPage = (projectId: string): string => `/projects/${projectId}`;

const NOTICED: readonly string[] = [
  'job.succeeded',
  'job.failed',
  'certificate.revoked',
  'endpoint.problem',
  'caa-lock.broken',
  'persist-record.broken',
];

/** Whether an event can lead to a notice. Most job steps do not. */
export function isNoticed(event: Pick<JobEvent, 'kind' | 'data'>): boolean {
  return NOTICED.includes(event.kind) || asksForRecord(event);
}

export interface Happened {
  readonly event: JobEvent;
  /** The job of the event; null if it has none. */
  readonly job: Pick<Job, 'kind' | 'dryRun' | 'automatic'> | null;
  /** The display name of the project. */
  readonly name: string;
  /** Whether the window has the focus, so the user sees the result of a job there. */
  readonly watched: boolean;
}

/** @returns null if the event needs no notice */
export function noticeOf({ event, job, name, watched }: Happened): Notice | null {
  const { projectId } = event;
  if (projectId === null) return null;
  const { jobId } = event;
  const page = projectPage(projectId);
  const about = { page, forMs: DAY_MS };
  const jobPage = jobId === null ? page : `${page}/jobs/${jobId}`;
  if (event.kind === 'endpoint.problem')
    return {
      ...about,
      page: `/endpoints/${endpointOf(event)}`,
      kind: 'not_served',
      key: `not_served:${endpointOf(event)}`,
      title: `${name}: clients do not get the certificate`,
      body: shorten(event.message),
      silent: false,
    };
  if (event.kind === 'caa-lock.broken' || event.kind === 'persist-record.broken')
    return {
      ...about,
      kind: 'dns_records',
      key: `${event.kind}:${projectId}`,
      title: `${name}: a DNS record needs a change`,
      body: shorten(event.message),
      silent: false,
    };
  if (event.kind === 'certificate.revoked') {
    // A revocation that the user requested has a job, and needs no notice.
    if (event.jobId !== null) return null;
    const body =
      'The CA revoked the certificate. Clients may reject it. Open Certdesk to see the reason and how to fix it.';
    return {
      ...about,
      kind: 'revoked',
      key: `revoked:${projectId}`,
      title: `${name}: revoked by the CA`,
      body,
      silent: false,
    };
  }
  if (job === null || job.dryRun || job.kind === 'revoke') return null;
  if (asksForRecord(event)) {
    if (watched && !job.automatic) return null;
    return {
      ...about,
      page: jobPage,
      kind: 'records',
      // Once per job for all its records.
      key: `records:${event.jobId}`,
      title: `${name}: waiting for TXT records`,
      body: 'Add the records at your DNS provider. Open Certdesk to see them.',
      silent: false,
    };
  }
  if (event.kind === 'job.succeeded') {
    if (job.kind !== 'renew' || (watched && !job.automatic)) return null;
    return {
      ...about,
      kind: 'renewed',
      key: `renewed:${projectId}`,
      title: `${name}: renewed`,
      body: 'The new certificate is active.',
      silent: true,
    };
  }
  if (event.kind !== 'job.failed' || (watched && !job.automatic)) return null;
  const what = job.kind === 'renew' ? 'renewal failed' : 'certificate request failed';
  return {
    ...about,
    page: jobPage,
    kind: 'failed',
    key: `failed:${projectId}`,
    title: `${name}: ${what}`,
    body: shorten(event.message),
    silent: false,
  };
}

/**
 * A certificate without a scheduled renewal, and the part of its lifetime that remains: a third, a sixth, a twelfth.
 */
export interface Expiring {
  readonly projectId: string;
  readonly name: string;
  readonly expiresAt: string;
  readonly part: 3 | 6 | 12;
}

/** @param daysLeft Days until expiry, rounded down. */
export function noticeOfExpiry({ projectId, name, expiresAt, part }: Expiring, daysLeft: number): Notice {
  const left = daysLeft < 1 ? 'today' : daysLeft === 1 ? 'in a day' : `in ${daysLeft} days`;
  return {
    kind: 'expires',
    // One notice per remaining part of the lifetime.
    key: `expires:${projectId}:${expiresAt}:${part}`,
    forMs: 100 * DAY_MS,
    title: `${name}: expires ${left}`,
    body: 'No renewal is scheduled. Open Certdesk to see the reason and how to fix it.',
    silent: false,
    page: projectPage(projectId),
  };
}

const TITLES: Readonly<Record<Notice['kind'], (count: number) => string>> = {
  renewed: (count) => `${count} certificates renewed`,
  failed: (count) => `${count} renewals failed`,
  expires: (count) => `${count} certificates expire soon and have no scheduled renewal`,
  revoked: (count) => `${count} certificates revoked by the CA`,
  records: (count) => `${count} certificates wait for TXT records`,
  not_served: (count) => `${count} servers do not present the right certificate`,
  dns_records: (count) => `${count} certificates need a change of DNS records`,
};
/** The pages that list several of a kind. */
const LISTS: Readonly<Record<Notice['kind'], string>> = {
  renewed: '/projects',
  failed: '/projects?need=attention',
  expires: '/projects?need=attention',
  revoked: '/projects?need=attention',
  records: '/projects?need=in_progress',
  not_served: '/endpoints',
  dns_records: '/projects?need=attention',
};
const MAX_ALIKE = 3;

/** Combines notices of the same kind, so that a night's renewals do not fill the screen. */
export function gather(notices: readonly Notice[]): readonly Notice[] {
  return [...Map.groupBy(notices, ({ kind }) => kind).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined || alike.length <= MAX_ALIKE) return alike;
    const body = `${alike
      .slice(0, MAX_ALIKE)
      .map(({ title }) => title.replace(/:[^:]*$/, ''))
      .join(', ')} and ${alike.length - MAX_ALIKE} more`;
    return [{ ...first, key: '', title: TITLES[first.kind](alike.length), body, page: LISTS[first.kind] }];
  });
}

/** Several endpoints of a project may fail, each for a reason of its own. */
function endpointOf({ data, projectId }: JobEvent): string {
  const id: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'endpointId') : null;
  return typeof id === 'string' ? id : String(projectId);
}

function shorten(sentence: string): string {
  return sentence.length <= 200 ? sentence : `${sentence.slice(0, 199)}…`;
}
