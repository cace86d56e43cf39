// Keeps orders of failed jobs that the CA may still complete (RFC 8555 section 7.1.6), with their key, for a day. The
// next job for the same certificate resumes such an order instead of creating a second one, and a certificate that
// the CA has issued in the meantime is downloaded.
import type { Timestamp } from '../../../shared/time.ts';
import type { IssuanceSpec, JobRecord, OrderAsCreated, OrderRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { specOf } from '../jobs/job-input.ts';
import { isIssuedForRequest } from '../pki/inspect/request.ts';
import { exactSet } from '../rate-limits/usage.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** CAs keep orders for hours to days (Let's Encrypt: 8 hours to 7 days). */
const RESUMABLE_MS = DAY_MS;
/** A finalized order is followed until it expires at the CA; for this long if the CA gives no date. */
const FOLLOW_MS = 7 * DAY_MS;
/** No CA keeps an order for longer, so a later date is a mistake. */
const MAX_FOLLOW_MS = 30 * DAY_MS;

/** Failures that do not concern the order: the CA was not asked, or its response was lost. */
const NOT_ABOUT_ORDER = [
  'ACME_UNAVAILABLE',
  'ACME_TIMEOUT',
  'ACME_RATE_LIMITED',
  'STORAGE_FAILED',
  'SECRET_STORE_UNAVAILABLE',
];

/**
 * Whether a job that failed with this code leaves an order that a later job resumes. A finalized order may still
 * bring its certificate, whatever the error was.
 */
export function isResumable(
  order: Pick<OrderRecord, 'url' | 'updatedAt' | 'finalizedAt' | 'asCreated'>,
  code: string | undefined,
  now: Date,
): boolean {
  if (order.url === null || code === undefined) return false;
  if (order.finalizedAt !== null) return now.getTime() < followUntil(order.finalizedAt, order.asCreated);
  if (now.getTime() - Date.parse(order.updatedAt) > RESUMABLE_MS) return false;
  return NOT_ABOUT_ORDER.includes(code) || code.startsWith('DNS_');
}

/**
 * In milliseconds; at least a day, because an issued certificate can be downloaded for longer than its order is
 * valid.
 */
function followUntil(finalizedAt: Timestamp, asCreated: OrderAsCreated | null): number {
  const from = Date.parse(finalizedAt);
  const expires = Date.parse(asCreated?.expires ?? '');
  if (Number.isNaN(expires)) return from + FOLLOW_MS;
  return Math.min(Math.max(expires, from + DAY_MS), from + MAX_FOLLOW_MS);
}

/** Whether none of its challenges is still in DNS or served. */
export function isCleaned({ challenges }: Pick<OrderRecord, 'challenges'>): boolean {
  return challenges.every(({ state }) => state === 'cleaned');
}

export interface AdoptDeps {
  readonly stores: Stores;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Adopts the order of an earlier job for exactly the same certificate, if there is one. */
export async function adoptResumableOrder(
  { stores, vault, clock }: AdoptDeps,
  job: JobRecord,
  { spec, directoryUrl }: { readonly spec: IssuanceSpec; readonly directoryUrl: string },
): Promise<void> {
  const current = await stores.orders.get(job.id);
  if (current?.directoryUrl === directoryUrl && current.url !== null) return;
  const order = await findResumableOrder({ stores, clock }, job, { spec, directoryUrl });
  if (order === null) return;
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
      challenges: current?.challenges ?? [],
    });
  });
}

/** Returns the order of an earlier job that `adoptResumableOrder` would adopt; null if there is none. */
export async function findResumableOrder(
  { stores, clock }: Pick<AdoptDeps, 'stores' | 'clock'>,
  job: JobRecord,
  { spec, directoryUrl }: { readonly spec: IssuanceSpec; readonly directoryUrl: string },
): Promise<OrderRecord | null> {
  for (const { order, spec: former } of await listResumable(stores, job, clock.now())) {
    if (order.directoryUrl !== directoryUrl || order.jobId === job.id) continue;
    const isFinalized = order.finalizedAt !== null;
    if (!isFinalized && !isCleaned(order)) continue;
    if (isSameCertificate(former, spec, isFinalized)) return order;
  }
  return null;
}

/**
 * Returns the spec of an order that was finalized for the same names and key, at any CA. It is followed before a new
 * certificate is requested. Null if there is none.
 */
export async function finalizedFor(
  { stores, clock }: Pick<AdoptDeps, 'stores' | 'clock'>,
  job: JobRecord,
  spec: IssuanceSpec,
): Promise<IssuanceSpec | null> {
  const orders = await listResumable(stores, job, clock.now());
  const isOwn = ({ order }: ResumableOrder): boolean => order.jobId === job.id;
  const ownFirst = orders.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  const found = ownFirst.find(
    (each) =>
      each.order.finalizedAt !== null &&
      each.spec.staging === spec.staging && // not the certificate of a rehearsal
      exactSet(each.spec.names) === exactSet(spec.names) &&
      JSON.stringify(each.spec.key) === JSON.stringify(spec.key),
  );
  return found?.spec ?? null;
}

interface ResumableOrder {
  readonly order: OrderRecord;
  readonly spec: IssuanceSpec;
}

/** Lists the orders of the job and of failed jobs of its project that can be resumed. */
async function listResumable(
  stores: Stores,
  { id, projectId }: JobRecord,
  now: Date,
): Promise<readonly ResumableOrder[]> {
  const found: ResumableOrder[] = [];
  for (const order of await stores.orders.all()) {
    const job = await stores.jobs.get(order.jobId);
    if (job?.projectId !== projectId) continue;
    const spec = order.spec ?? specOf(job.input);
    const canResume =
      order.jobId === id
        ? order.url !== null
        : job.state === 'failed' && isResumable(order, job.error?.code, now);
    if (spec !== null && canResume) found.push({ order, spec });
  }
  return found;
}

/**
 * Ignores the challenge type, which is a property of the job, not of the order. For a finalized order, the account
 * and the preferred chain do not matter either.
 */
function isSameCertificate(a: IssuanceSpec, b: IssuanceSpec, isFinalized: boolean): boolean {
  const relevantFields = ({ names, key, profile, email, preferredChain }: IssuanceSpec) =>
    JSON.stringify([
      exactSet(names),
      key,
      profile ?? null,
      ...(isFinalized ? [] : [email, preferredChain ?? null]),
    ]);
  return relevantFields(a) === relevantFields(b);
}

/**
 * Keeps or deletes the order of a failed job.
 * @param tx The transaction that marks the job as failed.
 */
export async function keepOrForget(
  tx: Stores,
  { id, projectId }: JobRecord,
  { code, now }: { readonly code: string; readonly now: Date },
): Promise<void> {
  const order = await tx.orders.get(id);
  if (order === null) return;
  const active = await tx.certificates.active(projectId);
  // The certificate is active already; only the end of the job could not be stored.
  if (active !== null && order.csr !== null && isIssuedForRequest(active.chain, order.csr))
    await abandonOrder(tx, id);
  else if (!isResumable(order, code, now)) await forgetIfCleaned(tx, id);
}

/** Deletes the order of a job, unless challenges are left to clean up. */
export async function forgetIfCleaned(tx: Stores, jobId: string): Promise<void> {
  const order = await tx.orders.get(jobId);
  if (order !== null && isCleaned(order)) await tx.orders.delete(jobId);
}

/**
 * Abandons the orders of earlier jobs of the project: a new certificate exists, or a key has leaked and keys from
 * before must not be used.
 * @param since Only orders from before. Default: all.
 */
export async function forgetResumableOrders(tx: Stores, projectId: string, since?: Timestamp): Promise<void> {
  for (const { jobId, updatedAt } of await tx.orders.all()) {
    const job = await tx.jobs.get(jobId);
    if (job?.projectId !== projectId || job.state !== 'failed') continue;
    if (since === undefined || updatedAt < since) await abandonOrder(tx, jobId);
  }
}

/**
 * Abandons an order, so that no later job resumes it: it has brought its certificate, or its key must not be used. If
 * challenges are left to clean up, only those are kept.
 */
export async function abandonOrder(tx: Stores, jobId: string): Promise<void> {
  const order = await tx.orders.get(jobId);
  if (order === null) return;
  if (isCleaned(order)) await tx.orders.delete(jobId);
  else await tx.orders.put({ ...order, url: null, keySealed: null, csr: null, finalizedAt: null });
}
