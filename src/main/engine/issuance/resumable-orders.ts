// Orders of failed jobs that the CA may still go on with (RFC 8555 section 7.1.6): kept with their key for a day, so that
// the next job for the same certificate goes on with one in place of a second order, and what the CA has issued in the
// meantime is fetched and not forgotten.
import type { Timestamp } from '../../../shared/time.ts';
import type { IssuanceSpec, JobRecord, OrderAsCreated, OrderRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { specOf } from '../jobs/job-input.ts';
import { isAnswerTo } from '../pki/inspect/request.ts';
import { exactSet } from '../rate-limits/usage.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** CAs keep orders for hours to days (Let's Encrypt: 8 hours to 7 days). */
const KEEP_MS = DAY_MS;
/** One that was finalized is followed until the CA says that it expires; for so long where it does not say when. */
const FOLLOW_MS = 7 * DAY_MS;
/** No CA lets an order stand for longer; a later date is a mistake. */
const LONGEST_FOLLOW_MS = 30 * DAY_MS;

/** Failures that say nothing against the order: nobody has heard the CA's word on it, or the CA was not asked yet. */
const OUTSIDE = [
  'ACME_UNAVAILABLE',
  'ACME_TIMEOUT',
  'ACME_RATE_LIMITED',
  'STORAGE_FAILED',
  'SECRET_STORE_UNAVAILABLE',
];

/**
 * Whether a job that has failed so leaves an order that a later one resumes. One that was finalized can still bring its
 * certificate, whatever the job has failed with.
 */
export function isResumable(
  order: Pick<OrderRecord, 'url' | 'updatedAt' | 'finalizedAt' | 'asCreated'>,
  code: string | undefined,
  now: Date,
): boolean {
  if (order.url === null || code === undefined) return false;
  if (order.finalizedAt !== null) return now.getTime() < followUntil(order.finalizedAt, order.asCreated);
  if (now.getTime() - Date.parse(order.updatedAt) > KEEP_MS) return false;
  return OUTSIDE.includes(code) || code.startsWith('DNS_');
}

/** Ms. At least a day: a certificate that was issued may be fetched later than the order itself would last. */
function followUntil(finalizedAt: Timestamp, asCreated: OrderAsCreated | null): number {
  const from = Date.parse(finalizedAt);
  const expires = Date.parse(asCreated?.expires ?? '');
  if (Number.isNaN(expires)) return from + FOLLOW_MS;
  return Math.min(Math.max(expires, from + DAY_MS), from + LONGEST_FOLLOW_MS);
}

/** Nothing of it stands in DNS or is served any longer. */
export function isCleaned({ challenges }: Pick<OrderRecord, 'challenges'>): boolean {
  return challenges.every(({ state }) => state === 'cleaned');
}

export interface AdoptDeps {
  readonly stores: Stores;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Gives the job the kept order of an earlier one for the very same certificate, where there is one. */
export async function adoptKeptOrder(
  { stores, vault, clock }: AdoptDeps,
  job: JobRecord,
  { spec, directoryUrl }: { readonly spec: IssuanceSpec; readonly directoryUrl: string },
): Promise<void> {
  const own = await stores.orders.get(job.id);
  if (own?.directoryUrl === directoryUrl && own.url !== null) return;
  for (const { order, spec: former } of await keptOrders(stores, job, clock.now())) {
    if (order.directoryUrl !== directoryUrl || order.jobId === job.id) continue;
    const isFinalized = order.finalizedAt !== null;
    if (!isFinalized && !isCleaned(order)) continue;
    if (!isSameCertificate(former, spec, isFinalized)) continue;
    const { keySealed } = order;
    // Sealed keys are bound to the row that holds them.
    const resealed =
      keySealed && (await vault.seal(await vault.open(keySealed, `order:${order.jobId}`), `order:${job.id}`));
    await stores.transaction(async (tx) => {
      await abandonOrder(tx, order.jobId);
      await tx.orders.put({
        ...order,
        jobId: job.id,
        keySealed: resealed,
        challenges: own?.challenges ?? [],
      });
    });
    return;
  }
}

/**
 * How the certificate of an order was to be obtained that was finalized for a successor of these names and this key, at
 * whichever CA: it is followed before anybody is asked for another one. Null where there is none.
 */
export async function finalizedFor(
  { stores, clock }: Pick<AdoptDeps, 'stores' | 'clock'>,
  job: JobRecord,
  spec: IssuanceSpec,
): Promise<IssuanceSpec | null> {
  const kept = await keptOrders(stores, job, clock.now());
  const found = kept.find(
    (each) =>
      each.order.finalizedAt !== null &&
      each.spec.staging === spec.staging && // what a rehearsal brings is not wanted
      exactSet(each.spec.names) === exactSet(spec.names) &&
      JSON.stringify(each.spec.key) === JSON.stringify(spec.key),
  );
  return found?.spec ?? null;
}

interface KeptOrder {
  readonly order: OrderRecord;
  readonly spec: IssuanceSpec;
}

/** The orders of the job and of failed ones of its project that may be resumed. */
async function keptOrders(
  stores: Stores,
  { id, projectId }: JobRecord,
  now: Date,
): Promise<readonly KeptOrder[]> {
  const kept: KeptOrder[] = [];
  for (const order of await stores.orders.all()) {
    const job = await stores.jobs.get(order.jobId);
    if (job?.projectId !== projectId) continue;
    const spec = order.spec ?? specOf(job.input);
    const canResume =
      order.jobId === id
        ? order.url !== null
        : job.state === 'failed' && isResumable(order, job.error?.code, now);
    if (spec !== null && canResume) kept.push({ order, spec });
  }
  return kept;
}

/**
 * Whatever the way of the proof: that is of the job, not of the order. An order that was finalized is the same whoever's
 * account made it, and whichever of its chains is wanted.
 */
function isSameCertificate(a: IssuanceSpec, b: IssuanceSpec, isFinalized: boolean): boolean {
  const essence = ({ names, key, profile, email, preferredChain }: IssuanceSpec) =>
    JSON.stringify([
      exactSet(names),
      key,
      profile ?? null,
      ...(isFinalized ? [] : [email, preferredChain ?? null]),
    ]);
  return essence(a) === essence(b);
}

/** What becomes of the order of a job that has failed. @param tx Of the transaction that says so. */
export async function keepOrForget(
  tx: Stores,
  { id, projectId }: JobRecord,
  { code, now }: { readonly code: string; readonly now: Date },
): Promise<void> {
  const order = await tx.orders.get(id);
  if (order === null) return;
  const active = await tx.certificates.active(projectId);
  // In use already: only the end of the job could not be written.
  if (active !== null && order.csr !== null && isAnswerTo(active.chain, order.csr))
    await abandonOrder(tx, id);
  else if (!isResumable(order, code, now)) await forgetIfCleaned(tx, id);
}

export async function forgetIfCleaned(tx: Stores, jobId: string): Promise<void> {
  const order = await tx.orders.get(jobId);
  if (order !== null && isCleaned(order)) await tx.orders.delete(jobId);
}

/**
 * What earlier jobs of the project left at the CA is not wanted any more: a new certificate is there, or the key of one
 * has leaked, and then one that was made before is not to be relied on either.
 * @param since Only orders from before; all where left out.
 */
export async function forgetKeptOrders(tx: Stores, projectId: string, since?: Timestamp): Promise<void> {
  for (const { jobId, updatedAt } of await tx.orders.all()) {
    const job = await tx.jobs.get(jobId);
    if (job?.projectId !== projectId || job.state !== 'failed') continue;
    if (since === undefined || updatedAt < since) await abandonOrder(tx, jobId);
  }
}

/**
 * No later job goes on with the order: it has brought what it was for, and would bring the same certificate once more,
 * or its key is not to be used. Where clean-up is still to be done, only that is kept of it.
 */
export async function abandonOrder(tx: Stores, jobId: string): Promise<void> {
  const order = await tx.orders.get(jobId);
  if (order === null) return;
  if (isCleaned(order)) await tx.orders.delete(jobId);
  else await tx.orders.put({ ...order, url: null, keySealed: null, csr: null, finalizedAt: null });
}
