// Orders of failed jobs that the CA may still go on with (RFC 8555 section 7.1.6): kept with their key for a day, so that
// the next job for the same certificate goes on with one in place of a second order, and what the CA has issued in the
// meantime is fetched and not forgotten.
import { exactSet } from './ca-usage.ts';
import { isAnswerTo } from './inspect/request.ts';
import type { JobRecord, OrderRecord, Recipe } from './model.ts';
import type { Clock, Vault } from './ports.ts';
import { recipeOf } from './recipes.ts';
import type { Stores } from './stores.ts';

/** CAs keep orders for hours to days (Let's Encrypt: 8 hours to 7 days). One that is stuck is not waited for longer. */
const KEEP_MS = 24 * 60 * 60 * 1_000;

/** Failures that say nothing against the order: nobody has heard the CA's word on it, or the CA was not asked yet. */
const OUTSIDE = [
  'ACME_UNAVAILABLE',
  'ACME_TIMEOUT',
  'ACME_RATE_LIMITED',
  'STORAGE_FAILED',
  'SECRET_STORE_UNAVAILABLE',
];

/** Whether a job that has failed so leaves an order that a later one may go on with. */
export function mayGoOn(
  order: Pick<OrderRecord, 'url' | 'updatedAt'>,
  code: string | undefined,
  now: Date,
): boolean {
  if (order.url === null || code === undefined) return false;
  if (now.getTime() - Date.parse(order.updatedAt) > KEEP_MS) return false;
  return OUTSIDE.includes(code) || code.startsWith('DNS_');
}

/** Nothing of it stands in DNS or is served any longer. */
export function isCleaned({ challenges }: Pick<OrderRecord, 'challenges'>): boolean {
  return challenges.every(({ state }) => state === 'cleaned');
}

export interface TakeOverDeps {
  readonly stores: Stores;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Gives the job the kept order of an earlier one for the very same certificate, where there is one. */
export async function takeOverOrder(
  { stores, vault, clock }: TakeOverDeps,
  job: JobRecord,
  { recipe, directoryUrl }: { readonly recipe: Recipe; readonly directoryUrl: string },
): Promise<void> {
  const own = await stores.orders.get(job.id);
  if (own?.directoryUrl === directoryUrl) return;
  for (const order of await stores.orders.all()) {
    if (order.directoryUrl !== directoryUrl || order.jobId === job.id || !isCleaned(order)) continue;
    const former = await stores.jobs.get(order.jobId);
    if (former?.projectId !== job.projectId) continue;
    const formerRecipe = recipeOf(former.input);
    if (
      formerRecipe === null ||
      former.state !== 'failed' ||
      !mayGoOn(order, former.error?.code, clock.now())
    )
      continue;
    if (!sameCertificate(formerRecipe, recipe)) continue;
    const { keySealed } = order;
    // Sealed keys are bound to the row that holds them.
    const resealed =
      keySealed && (await vault.seal(await vault.open(keySealed, `order:${order.jobId}`), `order:${job.id}`));
    await stores.transaction(async (tx) => {
      await tx.orders.delete(order.jobId);
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

/** Whatever the way of the proof: that is of the job, not of the order. */
function sameCertificate(a: Recipe, b: Recipe): boolean {
  const essence = ({ names, key, profile, email, preferredChain }: Recipe) =>
    JSON.stringify([exactSet(names), key, profile ?? null, email, preferredChain ?? null]);
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
  else if (!mayGoOn(order, code, now)) await forgetIfCleaned(tx, id);
}

export async function forgetIfCleaned(tx: Stores, jobId: string): Promise<void> {
  const order = await tx.orders.get(jobId);
  if (order !== null && isCleaned(order)) await tx.orders.delete(jobId);
}

/**
 * What earlier jobs of the project left at the CA is not wanted any more: a new certificate is there, or the key of one
 * has leaked, and then one that was made before is not to be relied on either.
 */
export async function forgetKeptOrders(tx: Stores, projectId: string): Promise<void> {
  for (const { jobId } of await tx.orders.all()) {
    const job = await tx.jobs.get(jobId);
    if (job?.projectId === projectId && job.state === 'failed') await abandonOrder(tx, jobId);
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
  else await tx.orders.put({ ...order, url: null, keySealed: null, csr: null });
}
