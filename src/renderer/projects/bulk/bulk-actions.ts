// The bulk actions: which projects are eligible, and what runs for each.
import type { ErrorBody } from '../../../shared/errors.ts';
import { type Api, failureOf } from '../../api.ts';
import type { Live } from '../../live.ts';
import { bulk as bulkTexts } from '../../messages/bulk.ts';
import { messages } from '../../messages.ts';
import { checkTags } from '../../tags/check-tags.ts';
import type { ProjectRowData } from '../use-project-list.ts';

export const BULK_ACTIONS = ['renew', 'reissue', 'deploy', 'export', 'tags', 'remove'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Returns why a project is not eligible; null if it is. */
export function reasonAgainst(action: BulkAction, project: ProjectRowData): string | null {
  const { certificate, deployed } = project;
  const { reasons } = bulkTexts;
  if (action === 'tags') return null;
  if (certificate === null) return reasons.none;
  if (action === 'export' || action === 'remove') return null;
  if (action === 'deploy') {
    if (deployed === null) return reasons.noDeployment;
    if (deployed.state === 'paused') return reasons.paused;
    return certificate.status === 'revoked' || certificate.status === 'expired'
      ? reasons.notDeployable[certificate.status]
      : null;
  }
  if (certificate.type === 'custom') return reasons.custom;
  return action === 'renew' && certificate.status === 'revoked' ? reasons.revoked : null;
}

/** Tags to add to projects and to remove from them. */
export interface TagChange {
  readonly add: string[];
  readonly remove: string[];
}

/** Returns why the change cannot be made; null if it can. */
export function reasonAgainstTags({ add, remove }: TagChange): string | null {
  return checkTags([...add, ...remove]);
}

/**
 * Whether the user typed the count that confirms a destructive bulk action; digits may be grouped.
 * @param count Number of eligible projects.
 */
export function isConfirmed(action: BulkAction, count: number, typed: string): boolean {
  return action !== 'remove' || typed.replace(/[\s.,'’]/g, '') === String(count);
}

/** A failed job, with the server's error. */
class JobFailed extends Error {
  readonly body: ErrorBody | null;

  constructor(body: ErrorBody | null) {
    super(body?.error ?? '');
    this.body = body;
  }
}

/** Returns a sentence for the list of results. */
export function sentenceOf(error: unknown): string {
  const body = error instanceof JobFailed ? error.body : failureOf(error).body;
  return body?.error ?? messages.failure.unreachable;
}

export interface BulkDeps {
  readonly api: Api;
  readonly live: Live;
}

/** Starts a job and waits until it ends. @throws JobFailed, or the server's error */
export async function renewOne({ api, live }: BulkDeps, id: string): Promise<void> {
  await jobOf(api, live, await api.certificates.renew.mutate({ id }));
}

/**
 * Starts all deployments of the project that are not paused. Their runs may wait for a window, so it does not wait for
 * their end. @returns a sentence for the list of results
 */
export async function deployOne({ api }: BulkDeps, id: string): Promise<string> {
  const { projects } = await api.deployments.deployMany.mutate({ body: { projects: [id] } });
  const failed = projects.find(({ error }) => error !== null)?.error;
  if (failed !== undefined && failed !== null) throw new JobFailed(failed);
  return bulkTexts.started(projects.reduce((sum, { runs }) => sum + runs, 0));
}

/** Uses the project's current names, which the row may not show yet, and the CA, key and method of the last request. */
export async function reissueOne({ api, live }: BulkDeps, { id }: ProjectRowData): Promise<void> {
  const [details, { altNames }] = await Promise.all([
    api.certificates.details.query({ id }),
    api.projects.get.query({ id }),
  ]);
  const spec = details?.spec ?? null;
  if (details === null || spec === null) throw new JobFailed(null);
  const { challengeType, dnsProvider, dnsCredential, keyType, keySize, profile, profileUse, preferredChain } =
    spec;
  const { email } = spec;
  const dns =
    dnsCredential !== null
      ? { dnsCredentialId: dnsCredential.id }
      : dnsProvider === null
        ? {}
        : { dnsProvider: dnsProvider.id };
  const answer = await api.certificates.obtain.mutate({
    id,
    body: {
      challengeType,
      ...dns,
      altNames,
      keyType,
      keySize: sizeOf(keySize),
      ca: spec.ca.id,
      staging: spec.staging,
      autoRenew: details.autoRenew,
      ...(profile === null ? {} : { profile }),
      ...(profileUse === undefined ? {} : { profileUse }),
      ...(preferredChain === null ? {} : { preferredChain }),
      ...(email === null ? {} : { email }),
    },
  });
  await jobOf(api, live, answer);
}

function sizeOf(size: number): 256 | 384 | 2048 | 4096 {
  return ([256, 384, 4096] as const).find((known) => known === size) ?? 2048;
}

/** Events trigger a status request; polling covers a lost connection. */
const POLL_MS = 3_000;

async function jobOf(api: Api, live: Live, answer: object): Promise<void> {
  const id = 'job' in answer ? (answer.job as { readonly id: string }).id : null;
  if (id === null) return;
  const checkJobs = async (): Promise<boolean> => {
    const { state, error } = await api.jobs.get.query({ jobId: id });
    if (state === 'failed') throw new JobFailed(error);
    return state === 'succeeded';
  };
  for (;;) {
    const moved = nextEvent(live, id); // subscribe first, so that no event between is missed
    try {
      if (await checkJobs()) return;
      await moved.promise;
    } finally {
      moved.cancel();
    }
  }
}

function nextEvent(live: Live, jobId: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, POLL_MS);
  const off = live.onEvent((event) => {
    if (event.jobId === jobId && event.kind !== 'job.step') resolve();
  });
  const cancel = (): void => {
    clearTimeout(timer);
    off();
  };
  return { promise, cancel };
}
