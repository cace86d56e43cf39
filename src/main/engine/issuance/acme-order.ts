// Obtains the order of an issuance (RFC 8555 section 7.4): resumes the existing one or creates a new one.
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

/** The certificate that an order replaces (RFC 9773 section 5). */
export interface ReplacedCertificate {
  readonly certId: string;
  /** Whether the time is in the window that the CA suggests; only then is the order exempt from all limits. */
  readonly inWindow: boolean;
}

export interface OrderTask {
  readonly spec: IssuanceSpec;
  readonly directoryUrl: string;
  /** Null if the order does not name a certificate that it replaces. */
  readonly replaces: ReplacedCertificate | null;
  /**
   * Whether it renews exactly the names of a certificate of this CA; then it does not count as a new order of its
   * account.
   */
  readonly sameNames: boolean;
}

interface OrderContext {
  readonly orderState: OrderState;
  readonly account: OpenAccount;
  readonly signal: AbortSignal;
  /** Not the first attempt of this job: then the order is the job's own, and its state at the CA is the result. */
  readonly isRepeated?: boolean;
  /** The CA has lost the account and thus its orders. */
  readonly hasLostAccount?: boolean;
}

/**
 * Returns the existing order in its current state at the CA, or a new one if none can be resumed. `replaces` of the
 * result is absent if the CA refused it, or if the resumed order was created without it.
 */
export async function ensureOrder(
  deps: { readonly usage: CaUsage; readonly timing: Timing; readonly clock: Clock },
  task: OrderTask,
  context: OrderContext,
): Promise<AcmeOrder> {
  const {
    orderState,
    account: { session, account },
  } = context;
  const existing = await findExistingOrder(deps, context);
  if (existing !== null && (existing.status !== 'invalid' || context.isRepeated === true)) {
    orderState.reportStep('order', `Resuming the order (${existing.status})`);
    return existing;
  }
  if (existing !== null) {
    const reason = existing.error === undefined ? null : describeProblem(existing.error);
    orderState.reportStep(
      'order',
      `The CA gave up the previous order${reason === null ? '' : `: ${reason}`}`,
    );
    orderState.release();
  }
  const { names } = task.spec;
  const at = { session, orderState, directoryUrl: task.directoryUrl, accountId: account.id };
  const create = async (profile: string | null): Promise<AcmeOrder> => {
    const request = { names, ...(profile === null ? {} : { profile }) };
    const { replaces } = task;
    const options = { ...at, request, exempt: task.sameNames };
    return (
      (replaces === null ? null : await createReplacement(deps, { ...options, replaces })) ??
      newOrder(deps, options)
    );
  };
  const profile = profileToOrder(task.spec, await session.directory());
  let order = await create(profile).catch((error: unknown) => {
    const only = task.spec.profileUse === 'preferred' && profile !== null;
    if (!only || !isRefusal(error, 'invalidProfile')) throw error;
    return create(null);
  });
  orderState.reportStep('order', `Order for ${names.join(', ')}`);
  if (order.status === 'pending' && order.authorizations.length === 0) {
    const { timing } = deps;
    order = {
      ...order,
      ...(await tolerateReplicaLag(session, { timing, signal: context.signal }).getOrder(order.url)),
    };
  }
  const { url, authorizations, finalize = null, expires = null } = order;
  await orderState.save({ accountId: account.id, url, asCreated: { authorizations, finalize, expires } });
  return order;
}

/** For this long, a CA that reports "no such order" may still have it or find it again. */
const MAY_REAPPEAR_MS = 60 * 60_000;
/** Longer than a CA needs to replicate a new order. */
const NEW_ORDER_MS = 60_000;

/** Returns the order that this job has or has adopted; null if there is none or the CA has deleted it. */
async function findExistingOrder(
  { timing, clock }: { readonly timing: Timing; readonly clock: Clock },
  { orderState, account: { session, account }, signal, hasLostAccount = false }: OrderContext,
): Promise<AcmeOrder | null> {
  const { accountId, url, finalizedAt, updatedAt, asCreated } = orderState.order;
  if (accountId !== account.id || url === null) return null;
  const age = (since: Timestamp) => clock.now().getTime() - Date.parse(since);
  const isNew = !hasLostAccount && age(finalizedAt ?? updatedAt) < NEW_ORDER_MS;
  const reader = isNew ? tolerateReplicaLag(session, { timing, signal }) : session;
  const order = await reader.getOrder(url).catch((error: unknown) => {
    if (finalizedAt === null || hasLostAccount) return nullIfDeleted(error);
    if (age(finalizedAt) > MAY_REAPPEAR_MS && isUnknownResource(error)) return null;
    signal.throwIfAborted();
    if (!(error instanceof CertdeskError) || ABOUT_ACCOUNT.some((type) => isRefusal(error, type)))
      throw error;
    return unreadable(url); // followed all the same, and polled until it can be read
  });
  if (order === null) orderState.release();
  return order === null ? null : completeOrder(order, asCreated);
}

const ABOUT_ACCOUNT = ['accountDoesNotExist', 'unauthorized'];

function unreadable(url: string): AcmeOrder {
  return { url, status: 'processing', identifiers: [], authorizations: [], retryAfterMs: null };
}

/** Adds what the CA returned only when the order was created: django-ca, for example, omits `finalize` later. */
function completeOrder(order: AcmeOrder, asCreated: OrderAsCreated | null): AcmeOrder {
  const finalize = order.finalize ?? asCreated?.finalize ?? null;
  const authorizations = order.authorizations.length > 0 ? order.authorizations : asCreated?.authorizations;
  return { ...order, authorizations: authorizations ?? [], ...(finalize === null ? {} : { finalize }) };
}

/** Returns the session for the rest of an issuance: it tolerates replica lag and completes orders. */
export function sessionForOrder(
  session: AcmeSession,
  {
    orderState,
    ...waiting
  }: { readonly orderState: OrderState; readonly timing: Timing; readonly signal: AbortSignal },
): AcmeSession {
  const tolerant = tolerateReplicaLag(session, waiting);
  const complete = (order: AcmeOrder) => completeOrder(order, orderState.order.asCreated);
  return {
    ...tolerant,
    getOrder: async (url) => complete(await tolerant.getOrder(url)),
    finalizeOrder: async (order, csr) => complete(await tolerant.finalizeOrder(order, csr)),
  };
}

interface NewOrderContext {
  readonly session: AcmeSession;
  readonly orderState: OrderState;
  readonly directoryUrl: string;
  readonly accountId: string;
  readonly request: NewOrder;
}

/**
 * Creates an order. The database is written first: if it cannot be (a full disk), nothing is ordered, because the job
 * would order again each time it resumes.
 * @param exempt Exempt from the limit on orders: an order that replaces another in the suggested window, or that has
 * the names of an earlier one (Let's Encrypt's page on rate limits; Boulder's validateReplacementOrder). Others are
 * counted.
 */
async function newOrder(
  { usage }: { readonly usage: CaUsage },
  {
    session,
    orderState,
    directoryUrl,
    accountId,
    request,
    exempt,
  }: NewOrderContext & { readonly exempt: boolean },
): Promise<AcmeOrder> {
  if (exempt) await orderState.save({ accountId, url: null });
  else await orderState.write((tx) => usage.ordered(tx, { directoryUrl, accountId }));
  return session.createOrder(request);
}

/**
 * Creates an order that names the certificate it replaces. Null if the CA refuses that or fails at it: the order is
 * then created without it, which may count against limits but still brings the certificate (RFC 9773 section 5).
 * Pebble does not recognize one in 256 of its own certificates.
 */
async function createReplacement(
  deps: { readonly usage: CaUsage },
  { replaces, ...at }: NewOrderContext & { readonly replaces: ReplacedCertificate; readonly exempt: boolean },
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

/**
 * Whether the refusal may concern the replacement. CAs use different error types for it. Rate limits and failures of
 * the CA would only occur again.
 */
function isAboutReplacement(error: unknown): boolean {
  if (isRefusal(error, 'serverInternal')) return true;
  if (!(error instanceof CertdeskError) || error.code === 'ACME_RATE_LIMITED') return false;
  const status = (error.details as AnswerDetails | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}

/** CAs delete expired orders; then a new one is created. Any other error is thrown. */
function nullIfDeleted(error: unknown): null {
  const refused = error instanceof CertdeskError && error.code === 'ACME_REJECTED' ? error.details : null;
  // The HTTP status, because the problem document may omit its own (RFC 7807 section 3.1).
  const status = (refused as AnswerDetails | null)?.status;
  if (status !== undefined && DELETED_STATUSES.includes(status)) return null;
  throw error;
}

/** Some CAs use 401 and 403 for a deleted order. */
const DELETED_STATUSES = [401, 403, 404, 410];
