// The order of an issuance (RFC 8555 section 7.4): the one that stands at the CA, or a new one.
import type { Timestamp } from '../../../shared/time.ts';
import type { OpenAccount } from '../acme/accounts.ts';
import type { AcmeOrder, AcmeSession, NewOrder } from '../acme/contract.ts';
import { type AnswerDetails, describeProblem, isRefusal } from '../acme/problem.ts';
import { profileToOrder } from '../acme/profiles.ts';
import { isUnknownResource, tolerateReplicaLag } from '../acme/replica-lag.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec, OrderAsCreated } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Timing } from '../core/timing.ts';
import type { CaUsage } from '../rate-limits/usage.ts';
import type { OrderState } from './order-state.ts';

/** What an order replaces (RFC 9773 section 5). */
export interface ReplacedCertificate {
  readonly certId: string;
  /** Whether it is the time that the CA suggests for it: only then does the order count for none of its limits. */
  readonly inWindow: boolean;
}

export interface OrderTask {
  readonly spec: IssuanceSpec;
  readonly directoryUrl: string;
  /** Null where the CA is not to be told. */
  readonly replaces: ReplacedCertificate | null;
  /** Whether it renews exactly the names of a certificate of this CA: then it is no new order of its account. */
  readonly sameNames: boolean;
}

interface Where {
  readonly orderState: OrderState;
  readonly account: OpenAccount;
  readonly signal: AbortSignal;
  /** Not the first time in this job: then the order is its own, and what the CA says of it is its result. */
  readonly isRepeated?: boolean;
  /** The CA knows nothing of the account: then it knows nothing of its orders either. */
  readonly hasLostAccount?: boolean;
}

/**
 * Where the order stands at the CA; a new one where there is none that can be gone on with. Its `replaces` is what has
 * come of the task's: absent where the CA has refused it, and where an order that was made without is gone on with.
 */
export async function ensureOrder(
  deps: { readonly usage: CaUsage; readonly pace: Timing; readonly clock: Clock },
  task: OrderTask,
  where: Where,
): Promise<AcmeOrder> {
  const {
    orderState,
    account: { session, account },
  } = where;
  const known = await standingOrder(deps, where);
  if (known !== null && (known.status !== 'invalid' || where.isRepeated === true)) {
    orderState.reportStep('order', `Resuming the order (${known.status})`);
    return known;
  }
  if (known !== null) {
    const said = known.error === undefined ? null : describeProblem(known.error);
    orderState.reportStep('order', `The CA gave up the previous order${said === null ? '' : `: ${said}`}`);
    orderState.release();
  }
  const { names } = task.spec;
  const at = { session, orderState, directoryUrl: task.directoryUrl, accountId: account.id };
  const make = async (profile: string | null): Promise<AcmeOrder> => {
    const request = { names, ...(profile === null ? {} : { profile }) };
    const { replaces } = task;
    const what = { ...at, request, exempt: task.sameNames };
    return (replaces === null ? null : await replacing(deps, { ...what, replaces })) ?? newOrder(deps, what);
  };
  const profile = profileToOrder(task.spec, await session.directory());
  let order = await make(profile).catch((error: unknown) => {
    const only = task.spec.profileUse === 'preferred' && profile !== null;
    if (!only || !isRefusal(error, 'invalidProfile')) throw error;
    return make(null);
  });
  orderState.reportStep('order', `Order for ${names.join(', ')}`);
  if (order.status === 'pending' && order.authorizations.length === 0) {
    const { pace } = deps;
    order = {
      ...order,
      ...(await tolerateReplicaLag(session, { pace, signal: where.signal }).getOrder(order.url)),
    };
  }
  const { url, authorizations, finalize = null, expires = null } = order;
  await orderState.save({ accountId: account.id, url, asCreated: { authorizations, finalize, expires } });
  return order;
}

/** For so long a CA that says "no such order" may have it all the same, or have it again. */
const FORGETTING_MS = 60 * 60_000;
/** Machines of the CA that have not heard of the order yet have by then. */
const NEW_ORDER_MS = 60_000;

/** The order that this job has, or has taken over; null where there is none, or the CA has forgotten it. */
async function standingOrder(
  { pace, clock }: { readonly pace: Timing; readonly clock: Clock },
  { orderState, account: { session, account }, signal, hasLostAccount = false }: Where,
): Promise<AcmeOrder | null> {
  const { accountId, url, finalizedAt, updatedAt, asCreated } = orderState.order;
  if (accountId !== account.id || url === null) return null;
  const age = (since: Timestamp) => clock.now().getTime() - Date.parse(since);
  const isNew = !hasLostAccount && age(finalizedAt ?? updatedAt) < NEW_ORDER_MS;
  const asking = isNew ? tolerateReplicaLag(session, { pace, signal }) : session;
  const order = await asking.getOrder(url).catch((error: unknown) => {
    if (finalizedAt === null || hasLostAccount) return orderGone(error);
    if (age(finalizedAt) > FORGETTING_MS && isUnknownResource(error)) return null;
    signal.throwIfAborted();
    if (!(error instanceof CertdeskError) || ABOUT_ACCOUNT.some((type) => isRefusal(error, type)))
      throw error;
    return unreadable(url); // it is followed all the same, and asked for until it can be read
  });
  if (order === null) orderState.release();
  return order === null ? null : completeOrder(order, asCreated);
}

const ABOUT_ACCOUNT = ['accountDoesNotExist', 'unauthorized'];

function unreadable(url: string): AcmeOrder {
  return { url, status: 'processing', identifiers: [], authorizations: [], retryAfterMs: null };
}

/** With what the CA said only when the order was created: django-ca, for one, leaves out `finalize` later. */
function completeOrder(order: AcmeOrder, asCreated: OrderAsCreated | null): AcmeOrder {
  const finalize = order.finalize ?? asCreated?.finalize ?? null;
  const authorizations = order.authorizations.length > 0 ? order.authorizations : asCreated?.authorizations;
  return { ...order, authorizations: authorizations ?? [], ...(finalize === null ? {} : { finalize }) };
}

/** The session for the rest of an issuance: patient with replicas, and its orders have what only creation told. */
export function sessionForOrder(
  session: AcmeSession,
  {
    orderState,
    ...waiting
  }: { readonly orderState: OrderState; readonly pace: Timing; readonly signal: AbortSignal },
): AcmeSession {
  const patient = tolerateReplicaLag(session, waiting);
  const complete = (order: AcmeOrder) => completeOrder(order, orderState.order.asCreated);
  return {
    ...patient,
    getOrder: async (url) => complete(await patient.getOrder(url)),
    finalizeOrder: async (order, csr) => complete(await patient.finalizeOrder(order, csr)),
  };
}

interface At {
  readonly session: AcmeSession;
  readonly orderState: OrderState;
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
  { session, orderState, directoryUrl, accountId, request, exempt }: At & { readonly exempt: boolean },
): Promise<AcmeOrder> {
  if (exempt) await orderState.save({ accountId, url: null });
  else await orderState.write((tx) => usage.ordered(tx, { directoryUrl, accountId }));
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
    if (isAboutReplacement(error)) return null;
    throw error;
  }
}

/** Any refusal may be: CAs name different types. Rate limits and failures of the CA would only be repeated. */
function isAboutReplacement(error: unknown): boolean {
  if (isRefusal(error, 'serverInternal')) return true;
  if (!(error instanceof CertdeskError) || error.code === 'ACME_RATE_LIMITED') return false;
  const status = (error.details as AnswerDetails | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}

/**
 * A CA forgets orders that have expired: then a new one is made. Any other failure is a failure.
 */
function orderGone(error: unknown): null {
  const refused = error instanceof CertdeskError && error.code === 'ACME_REJECTED' ? error.details : null;
  // The answer's own status: that of the problem document may be left out (RFC 7807 section 3.1).
  const status = (refused as AnswerDetails | null)?.status;
  if (status !== undefined && GONE.includes(status)) return null;
  throw error;
}

/** Some CAs say so by the first two. */
const GONE = [401, 403, 404, 410];
