// The actions on many projects: who can take part, and what is done to one.
import type { ErrorBody } from '../../../shared/errors.ts';
import { type Api, failureOf } from '../../api.ts';
import type { Live } from '../../live.ts';
import { messages } from '../../messages.ts';
import type { ProjectRowData } from '../use-project-list.ts';

export const BULK_ACTIONS = ['renew', 'reissue', 'export', 'remove'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Why a project cannot take part; null where it can. */
export function reasonAgainst(action: BulkAction, { certificate }: ProjectRowData): string | null {
  const { reasons } = messages.bulk;
  if (certificate === null) return reasons.none;
  if (action === 'export' || action === 'remove') return null;
  if (certificate.type === 'custom') return reasons.custom;
  return action === 'renew' && certificate.status === 'revoked' ? reasons.revoked : null;
}

/**
 * Whether the number that destructive actions on many ask for was typed; digits may be grouped.
 * @param count How many take part.
 */
export function isConfirmed(action: BulkAction, count: number, typed: string): boolean {
  return action !== 'remove' || typed.replace(/[\s.,'’]/g, '') === String(count);
}

/** A job that ended badly, with what the server says of it. */
export class JobFailed extends Error {
  readonly body: ErrorBody | null;

  constructor(body: ErrorBody | null) {
    super(body?.error ?? '');
    this.body = body;
  }
}

/** A sentence for the list of results. */
export function sentenceOf(error: unknown): string {
  const body = error instanceof JobFailed ? error.body : failureOf(error).body;
  return body?.error ?? messages.failure.unreachable;
}

export interface BulkDeps {
  readonly api: Api;
  readonly live: Live;
}

/** Begins the job and waits for its end. @throws JobFailed, or what the server refuses with. */
export async function renewOne({ api, live }: BulkDeps, id: string): Promise<void> {
  await jobOf(api, live, await api.certificates.renew.mutate({ id }));
}

/** The names of the project as they are now, which a row may not show yet; CA, key and proof as they were. */
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

/** Events say when to look; a look now and then covers a connection that was lost. */
const POLL_MS = 3_000;

async function jobOf(api: Api, live: Live, answer: object): Promise<void> {
  const id = 'job' in answer ? (answer.job as { readonly id: string }).id : null;
  if (id === null) return;
  const look = async (): Promise<boolean> => {
    const { state, error } = await api.jobs.get.query({ jobId: id });
    if (state === 'failed') throw new JobFailed(error);
    return state === 'succeeded';
  };
  for (;;) {
    const moved = nextEvent(live, id); // before the look: what happens meanwhile is not missed
    try {
      if (await look()) return;
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
