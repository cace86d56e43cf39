// The order of an issuance (RFC 8555 section 7.4): the one that stands at the CA, or a new one.
import type { OpenAccount } from './acme/accounts.ts';
import type { AcmeOrder, AcmeSession, NewOrder } from './acme/contract.ts';
import { type AnswerDetails, isRefusal } from './acme/problem.ts';
import { profileToOrder } from './acme/profiles.ts';
import type { CaUsage } from './ca-usage.ts';
import { CertdeskError } from './errors.ts';
import type { Recipe } from './model.ts';
import type { OrderKeeper } from './order-keeper.ts';

export interface OrderTask {
  readonly recipe: Recipe;
  readonly directoryUrl: string;
  /** The certID (RFC 9773) of the certificate that this order replaces; null where the CA is not to be told. */
  readonly replaces: string | null;
}

/**
 * Where the order stands at the CA; a new one where there is none that can be gone on with. Its `replaces` is what has
 * come of the task's: absent where the CA has refused it, and where an order that was made without is gone on with.
 */
export async function ensureOrder(
  deps: { readonly usage: CaUsage },
  task: OrderTask,
  { keeper, account: { session, account } }: { readonly keeper: OrderKeeper; readonly account: OpenAccount },
): Promise<AcmeOrder> {
  const url = keeper.order.accountId === account.id ? keeper.order.url : null;
  const known = url === null ? null : await session.getOrder(url).catch(orderGone);
  if (known !== null && known.status !== 'invalid') {
    keeper.tell('order', `The order is gone on with: it is ${known.status}`);
    return known;
  }
  const { names } = task.recipe;
  const at = { session, keeper, directoryUrl: task.directoryUrl, accountId: account.id };
  const make = async (profile: string | null): Promise<AcmeOrder> => {
    const request = { names, ...(profile === null ? {} : { profile }) };
    const { replaces } = task;
    const replacement = replaces === null ? null : await replacing(at, { ...request, replaces });
    return replacement ?? countedOrder(deps, at, request);
  };
  const profile = profileToOrder(task.recipe, await session.directory());
  const order = await make(profile).catch((error: unknown) => {
    const only = task.recipe.profileUse === 'preferred' && profile !== null;
    if (!only || !isRefusal(error, 'invalidProfile')) throw error;
    return make(null);
  });
  keeper.tell('order', `Order for ${names.join(', ')}`);
  await keeper.save({ accountId: account.id, url: order.url });
  return order;
}

interface At {
  readonly session: AcmeSession;
  readonly keeper: OrderKeeper;
  readonly directoryUrl: string;
  readonly accountId: string;
}

/** Counted before the CA can count it. One that replaces another counts for no limit (Let's Encrypt's page on them). */
async function countedOrder(
  { usage }: { readonly usage: CaUsage },
  { session, keeper, ...at }: At,
  request: NewOrder,
): Promise<AcmeOrder> {
  await keeper.write((tx) => usage.ordered(tx, at));
  return session.createOrder(request);
}

/**
 * Null where the CA refuses it for what it is to replace: then the order is made without (RFC 9773 section 5). It is not
 * counted, so that it is meant to be made is what is written first: where nothing can be written (a full disk) nothing
 * is ordered, or the job would order again each time that it is gone on with.
 */
async function replacing(
  { session, keeper, accountId }: At,
  request: NewOrder & { readonly replaces: string },
): Promise<AcmeOrder | null> {
  await keeper.save({ accountId, url: null });
  try {
    return { ...(await session.createOrder(request)), replaces: request.replaces };
  } catch (error) {
    if (isRefusal(error, 'alreadyReplaced') || isRefusal(error, 'malformed')) return null;
    throw error;
  }
}

/** A CA forgets orders that have expired: then a new one is made. Any other failure is a failure. */
function orderGone(error: unknown): null {
  const refused = error instanceof CertdeskError && error.code === 'ACME_REJECTED' ? error.details : null;
  // The answer's own status: that of the problem document may be left out (RFC 7807 section 3.1).
  const status = (refused as AnswerDetails | null)?.status;
  if (status !== undefined && GONE.includes(status)) return null;
  throw error;
}

const GONE = [401, 403, 404, 410];
