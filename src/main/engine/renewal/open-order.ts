// Asks the usual CA about an order that an earlier job left there, before the fallback CA is used: a CA that failed while
// the order was validated may be able to complete it by now.
import type { Accounts } from '../acme/accounts.ts';
import { type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import type { IssuanceSpec, JobRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { findResumableOrder } from '../issuance/resumable-orders.ts';

export interface OpenOrderDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly directories: DirectoryOverrides;
}

/** An unavailable CA must not delay the fallback CA for longer. */
const ASK_WITHIN_MS = 30_000;

/**
 * Whether all names of an order of an earlier job are validated, so that the CA can issue at once. A CA that does not
 * answer cannot.
 * @throws the reason of `signal`
 */
export async function canCompleteOrder(
  deps: OpenOrderDeps,
  job: JobRecord,
  spec: IssuanceSpec,
  signal: AbortSignal,
): Promise<boolean> {
  const directoryUrl = resolveDirectory(spec.ca, spec.staging, deps.directories);
  const order = await findResumableOrder(deps, job, { spec, directoryUrl });
  if (order === null || order.url === null) return false;
  const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  try {
    const account = await deps.accounts.find(order.accountId, within);
    const status = (await account?.session.getOrder(order.url))?.status;
    return status === 'ready' || status === 'processing' || status === 'valid';
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
