// Performs one issuance in the order of RFC 8555 section 7.1: account, order, authorizations, challenges, finalize,
// certificate. Obtaining and renewing both use it. Everything it needs to resume is in the database before and after
// each call to the CA, and it starts by asking the CA for the state of the order, so that it resumes after any crash.
import { explainUnauthorized } from '../acme/account-deactivated.ts';
import type { Accounts, ExternalAccount, OpenAccount } from '../acme/accounts.ts';
import { createCsr } from '../acme/client.ts';
import type { AcmeOrder } from '../acme/contract.ts';
import { isPublicDirectory } from '../acme/directories.ts';
import { describeProblem, isRefusal } from '../acme/problem.ts';
import type { Journal } from '../audit/journal.ts';
import { cleanUp, prove } from '../challenges/prove.ts';
import type { ChallengeSolver } from '../challenges/solver.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec, LeafFacts } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';
import { endsAtMozillaRoot, explainUnknownRoot } from '../pki/inspect/mozilla-roots.ts';
import { generateKey } from '../pki/keys.ts';
import { verifyIssued } from '../pki/verify-certificate.ts';
import type { CaUsage } from '../rate-limits/usage.ts';
import { ensureOrder, type ReplacedCertificate, sessionForOrder } from './acme-order.ts';
import { finalizeOrder } from './finalize.ts';
import { downloadCertificate, type Following, followOrder } from './follow-order.ts';
import { createOrderState, type OrderState, type OrderStateDeps } from './order-state.ts';
import { retryIssuance } from './retry-issuance.ts';

export interface IssueTask {
  readonly jobId: string;
  readonly projectId: string;
  readonly spec: IssuanceSpec;
  readonly directoryUrl: string;
  readonly solver: ChallengeSolver;
  readonly eab: ExternalAccount | null;
  /** Null if the order does not name a certificate that it replaces. */
  readonly replaces: ReplacedCertificate | null;
  /** Whether it renews exactly the names of a certificate of this CA. */
  readonly sameNames: boolean;
  /** Whether a user waits for it; then an unavailable CA is retried until the deadline. */
  readonly interactive: boolean;
}

export interface Issued {
  readonly accountId: string;
  /** PEM, leaf first, as the CA served it. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly leaf: LeafFacts;
  /**
   * Whether the CA exempts it from all limits: the order names the certificate it replaces (ARI), in the suggested
   * window, and the CA accepted that.
   */
  readonly exempt: boolean;
}

export interface IssueDeps extends OrderStateDeps {
  readonly log: Log;
  readonly accounts: Accounts;
  /** How long one issuance may take in total, in milliseconds. */
  readonly deadlineMs: number;
  readonly usage: CaUsage;
  readonly timing: Timing;
  readonly places: Pick<Places, 'wait'>;
}

export interface IssueHow<T> {
  readonly signal: AbortSignal;
  /** Stores the certificate. Called before challenges are cleaned up. */
  keep(issued: Issued, write: Journal['write']): Promise<T>;
  /** Ends the job. Called after the challenges are cleaned up. Default: the caller ends it. */
  end?(kept: T, write: Journal['write']): Promise<void>;
}

/**
 * Obtains the certificate for a job and passes it to `keep` and then to `end`. Both write with `write`, so that the
 * steps reported so far are in the same transaction. After an error that is not an abort, the challenges are cleaned
 * up.
 * @throws the errors of the CA (ACME_*), CHALLENGE_FAILED, DNS_*, ISSUED_CERTIFICATE_REJECTED; what `keep` and `end`
 * throw; the reason of `signal`
 */
export async function issue<T>(
  deps: IssueDeps,
  task: IssueTask,
  { signal, keep, end }: IssueHow<T>,
): Promise<T> {
  const deadline = deps.timing.now() + deps.deadlineMs;
  const orderState = await createOrderState(deps, task);
  const generate = once(() => generateKey(task.spec.key));
  const key = once(() => ensureKey(task, orderState, generate));
  const cleanUpUnlessStopping = async () => {
    // When Certdesk stops, the challenges stay, because the next start resumes the order.
    if (!signal.aborted) await cleanUp(deps, task, orderState);
  };
  try {
    const issued = await retryIssuance({ ...deps, ...task, orderState, signal, deadline }, (isRepeated) =>
      obtain(deps, task, { orderState, signal, deadline, generate, key, isRepeated }),
    );
    const kept = await keep(issued, orderState.write);
    await cleanUpUnlessStopping();
    await end?.(kept, orderState.write);
    return kept;
  } catch (error) {
    // The certificate was downloaded and cannot be used, so the next job may order another one.
    if (error instanceof CertdeskError && error.code === 'ISSUED_CERTIFICATE_REJECTED') orderState.release();
    throw error;
  } finally {
    await cleanUpUnlessStopping();
    await orderState.flush().catch((error: unknown) => {
      // The result of the issuance matters more. A clean-up that is not recorded is repeated.
      deps.log.warn({ jobId: task.jobId, err: error }, 'The last steps of an issuance could not be written');
    });
  }
}

interface Attempt {
  readonly orderState: OrderState;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly isRepeated: boolean;
  /** Generates a key, once per issuance: a second one could replace the one that was finalized. */
  generate(): Promise<string>;
  /** The key of the order, generated unless it has one, and its CSR. */
  key(): Promise<KeyAndCsr>;
}

interface KeyAndCsr {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** PEM. */
  readonly csr: string;
}

/** Returns the same promise for every call; after a failure, the next call tries again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let cached: Promise<T> | null = null;
  return () => {
    cached ??= work().catch((error: unknown) => {
      cached = null;
      throw error;
    });
    return cached;
  };
}

/** Runs all steps of an issuance, or resumes at the step that the order has reached at the CA. */
async function obtain(deps: IssueDeps, task: IssueTask, attempt: Attempt): Promise<Issued> {
  const { orderState, signal, deadline, key } = attempt;
  const { timing } = deps;
  const { wait } = deps.places;

  const { account, order } = await openOrder(deps, task, attempt);
  const isSent = orderState.order.finalizedAt !== null;
  const session = sessionForOrder(account.session, { orderState, timing, signal });
  const following: Following = { session, orderState, signal, deadline, timing };

  if (order.status === 'pending' && !isSent) {
    const accountUrl = account.account.url ?? '';
    // A CSR takes a millisecond or two of this thread. `key` is awaited below, with its error.
    const meanwhile = () => void key().catch(() => undefined);
    await prove(task, { ...following, accountUrl, order, wait, meanwhile });
  }

  const { csr, privateKey } = await key();
  const finalized = await wait(() => finalizeOrFollow(deps, { order, isSent, csr, following }));

  const fetching = { ...following, account, order: finalized, privateKey };
  const certificate = await wait(() => fetchCertificate(deps, task, fetching));
  const exempt = order.replaces !== undefined && task.replaces?.inWindow === true;
  return { ...certificate, exempt };
}

async function openOrder(
  deps: IssueDeps,
  task: IssueTask,
  { orderState, signal, generate, isRepeated }: Attempt,
): Promise<{ readonly account: OpenAccount; readonly order: AcmeOrder }> {
  const account = await openAccount(deps, task, orderState, signal);
  orderState.reportStep('account', `Account ${account.account.url}`);
  if (orderState.order.keySealed === null) generate().catch(() => undefined); // on another thread meanwhile
  try {
    return { account, order: await ensureOrder(deps, task, { orderState, account, signal, isRepeated }) };
  } catch (cause) {
    const error = await explainUnauthorized(cause, account.session, account.account.url);
    if (!isRefusal(error, 'accountDoesNotExist')) throw error;
    // The CA has lost its accounts and orders (a reset of a staging CA, for example), so the same key is registered
    // again.
    const registered = await deps.accounts.register(account, task.eab);
    orderState.reportStep('account', `Registered again: ${registered.account.url}`);
    const where = { orderState, account: registered, signal, hasLostAccount: true };
    return { account: registered, order: await ensureOrder(deps, task, where) };
  }
}

interface Finalizing {
  readonly order: AcmeOrder;
  /** Whether the CSR was sent before. */
  readonly isSent: boolean;
  readonly csr: string;
  readonly following: Following;
}

async function finalizeOrFollow(
  deps: IssueDeps,
  { order, isSent, csr, following }: Finalizing,
): Promise<AcmeOrder> {
  if (!isSent && (order.status === 'pending' || order.status === 'ready'))
    return finalizeOrder(order, { ...following, csr });
  const now = await followOrder(order, following, trustReadyFrom(deps, following.orderState));
  return now.status === 'ready' ? finalizeOrder(now, { ...following, csr }) : now;
}

/** A finalized order is followed with the account that created it, even if the job now uses another one. */
async function openAccount(
  { accounts }: IssueDeps,
  task: IssueTask,
  orderState: OrderState,
  signal: AbortSignal,
): Promise<OpenAccount> {
  const { directoryUrl, eab, spec } = task;
  const { accountId, finalizedAt } = orderState.order;
  const former = finalizedAt === null ? null : await accounts.find(accountId, signal);
  return former ?? accounts.open({ directoryUrl, email: spec.email, eab }, signal);
}

/** After a crash it is unknown whether the CSR arrived. The order may then still read `ready` for a moment. */
function trustReadyFrom({ timing, clock }: IssueDeps, { order: { finalizedAt } }: OrderState): number {
  const ago = finalizedAt === null ? 0 : clock.now().getTime() - Date.parse(finalizedAt);
  return timing.now() + (ago < STALE_FOR_MS ? READY_AFTER_RESUME_MS : 0);
}

const READY_AFTER_RESUME_MS = 3_000;
/** Longer than any replica of a CA lags behind. */
const STALE_FOR_MS = 60_000;

async function ensureKey(
  task: IssueTask,
  orderState: OrderState,
  generate: () => Promise<string>,
): Promise<KeyAndCsr> {
  const existing = await orderState.openKey();
  if (existing !== null) return existing;
  const privateKey = await generate();
  const csr = await createCsr(task.spec.names, privateKey);
  await orderState.stageKey(privateKey, csr);
  return { privateKey, csr };
}

/** A smaller difference may be network delay or an imprecise clock. */
const CLOCK_SLACK_MINUTES = 10;

interface Fetch extends Following {
  readonly account: OpenAccount;
  readonly order: AcmeOrder;
  readonly privateKey: string;
}

async function fetchCertificate(
  { clock }: IssueDeps,
  task: IssueTask,
  fetch: Fetch,
): Promise<Omit<Issued, 'exempt'>> {
  const { orderState, account, order, privateKey } = fetch;
  if (order.status !== 'valid' || order.certificate === undefined) {
    orderState.release();
    const reason = order.error === undefined ? null : describeProblem(order.error);
    throw new CertdeskError(
      'ACME_REJECTED',
      `The CA did not issue the certificate: ${reason ?? `the order is ${order.status}`}`,
      { problem: order.error ?? null, orderStatus: order.status },
    );
  }
  const { names, preferredChain } = task.spec;
  const downloaded = await downloadCertificate(order.certificate, preferredChain ?? undefined, fetch);
  // The CA's time counts: a wrong local clock must not cause a certificate to be rejected.
  const now = account.session.time() ?? clock.now();
  const { chain, warning } = downloaded;
  const leaf = verifyIssued({ chain, privateKey, names, now });
  if (warning !== null) orderState.reportStep('certificate', warning, { warning: 'preferred-chain' });
  else if (preferredChain !== null && isPublicDirectory(task.directoryUrl) && !task.spec.staging) {
    if (!endsAtMozillaRoot(downloaded.preferred ?? chain))
      orderState.reportStep('certificate', `${explainUnknownRoot(preferredChain)}.`, {
        warning: 'preferred-chain',
      });
  }
  const minutesOff = Math.round((clock.now().getTime() - now.getTime()) / 60_000);
  if (Math.abs(minutesOff) > CLOCK_SLACK_MINUTES) {
    const text = `The clock of this server is ${Math.abs(minutesOff)} minutes ${minutesOff > 0 ? 'ahead of' : 'behind'} the CA's: correct it`;
    orderState.reportStep('certificate', text, { clockWrongByMinutes: minutesOff });
  }
  orderState.reportStep(
    'certificate',
    `Certificate ${leaf.serial} downloaded and verified; expires ${leaf.expiresAt}`,
  );
  return { accountId: account.account.id, chain: downloaded.preferred ?? chain, privateKey, leaf };
}
