// The order of an issuance (RFC 8555 section 7.4): the one that stands at the CA, or a new one.
import type { OpenAccount } from './acme/accounts.ts';
import type { AcmeOrder, AcmeSession, NewOrder } from './acme/contract.ts';
import { type AnswerDetails, isRefusal } from './acme/problem.ts';
import { profileToOrder } from './acme/profiles.ts';
import type { CaUsage } from './ca-usage.ts';
import { CertdeskError } from './errors.ts';
import type { Recipe } from './model.ts';
import type { OrderKeeper } from './order-keeper.ts';

/** What an order replaces (RFC 9773 section 5). */
export interface ReplacedCertificate {
  readonly certId: string;
  /** Whether it is the time that the CA suggests for it: only then does the order count for none of its limits. */
  readonly inWindow: boolean;
}

export interface OrderTask {
  readonly recipe: Recipe;
  readonly directoryUrl: string;
  /** Null where the CA is not to be told. */
  readonly replaces: ReplacedCertificate | null;
  /** Whether it renews exactly the names of a certificate of this CA: then it is no new order of its account. */
  readonly sameNames: boolean;
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
    const what = { ...at, request, exempt: task.sameNames };
    return (replaces === null ? null : await replacing(deps, { ...what, replaces })) ?? newOrder(deps, what);
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
  readonly request: NewOrder;
}

/**
 * Something is written before it is made: where nothing can be (a full disk) nothing is ordered, or the job would order
 * again each time that it is gone on with.
 * @param exempt From the limit on orders: one that replaces another in the suggested window, and one for the names of
 * an earlier one (Let's Encrypt's page on limits; Boulder's validateReplacementOrder). Others are counted.
 */
async function newOrder(
  { usage }: { readonly usage: CaUsage },
  { session, keeper, directoryUrl, accountId, request, exempt }: At & { readonly exempt: boolean },
): Promise<AcmeOrder> {
  if (exempt) await keeper.save({ accountId, url: null });
  else await keeper.write((tx) => usage.ordered(tx, { directoryUrl, accountId }));
  return session.createOrder(request);
}

/**
 * Null where the CA refuses it for what it is to replace, or fails at it: then the order is made without, which may take
 * part of its limits, but brings the certificate (RFC 9773 section 5). Pebble finds one in 256 of its own not again.
 */
async function replacing(
  deps: { readonly usage: CaUsage },
  { replaces, ...at }: At & { readonly replaces: ReplacedCertificate; readonly exempt: boolean },
): Promise<AcmeOrder | null> {
  const { certId, inWindow } = replaces;
  const request = { ...at.request, replaces: certId };
  try {
    const order = await newOrder(deps, { ...at, request, exempt: inWindow || at.exempt });
    return { ...order, replaces: certId };
  } catch (error) {
    if (REPLACEMENT_REFUSED.some((type) => isRefusal(error, type))) return null;
    throw error;
  }
}

const REPLACEMENT_REFUSED = ['alreadyReplaced', 'malformed', 'unauthorized', 'serverInternal'];

/** A CA forgets orders that have expired: then a new one is made. Any other failure is a failure. */
function orderGone(error: unknown): null {
  const refused = error instanceof CertdeskError && error.code === 'ACME_REJECTED' ? error.details : null;
  // The answer's own status: that of the problem document may be left out (RFC 7807 section 3.1).
  const status = (refused as AnswerDetails | null)?.status;
  if (status !== undefined && GONE.includes(status)) return null;
  throw error;
}

const GONE = [401, 403, 404, 410];
