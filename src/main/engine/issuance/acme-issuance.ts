// One issuance in the order of RFC 8555 section 7.1: account, order, authorizations, challenges, finalize, certificate.
// Obtain and renew both use it. Everything that it would need again is in the database before and after each call to the
// CA, and it begins by asking the CA where the order stands, so that it can be resumed after any crash.
import { explainUnauthorized } from '../acme/account-deactivated.ts';
import type { Accounts, ExternalAccount, OpenAccount } from '../acme/accounts.ts';
import { createCsr } from '../acme/client.ts';
import type { AcmeOrder } from '../acme/contract.ts';
import { describeProblem, isRefusal } from '../acme/problem.ts';
import type { Journal } from '../audit/journal.ts';
import { cleanUp, prove } from '../challenges/prove.ts';
import type { ChallengeSolver } from '../challenges/solver.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec, LeafFacts } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';
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
  /** Null where the CA is not to be told. */
  readonly replaces: ReplacedCertificate | null;
  /** Whether it renews exactly the names of a certificate of this CA. */
  readonly sameNames: boolean;
  /** Whether a person waits for it: then an unreachable CA is asked until the deadline. */
  readonly interactive: boolean;
}

export interface Issued {
  readonly accountId: string;
  /** PEM, leaf first, as the CA served it. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly leaf: LeafFacts;
  /** Whether the CA counts it for none of its limits: the order replaces another certificate, to the CA too, in time. */
  readonly exempt: boolean;
}

export interface IssueDeps extends OrderStateDeps {
  readonly log: Log;
  readonly accounts: Accounts;
  /** How long one issuance may take in all; ms. */
  readonly deadlineMs: number;
  readonly usage: CaUsage;
  readonly pace: Timing;
  readonly places: Pick<Places, 'wait'>;
}

export interface IssueHow<T> {
  readonly signal: AbortSignal;
  keep(issued: Issued, write: Journal['write']): Promise<T>;
}

/**
 * Obtains the certificate of a job's order and hands it to `keep`, which stores it before anything is cleaned up. `keep`
 * writes with `write`: the steps that were reported until then go into the same transaction.
 * @throws the documented errors of the CA (ACME_*), CHALLENGE_FAILED, DNS_*, ISSUED_CERTIFICATE_REJECTED; what `keep`
 * throws; the reason of `signal`. After a throw that is not an abort the challenges are cleaned up.
 */
export async function issue<T>(deps: IssueDeps, task: IssueTask, { signal, keep }: IssueHow<T>): Promise<T> {
  const deadline = deps.pace.now() + deps.deadlineMs;
  const orderState = await createOrderState(deps, task);
  const key = once(() => ensureKey(task, orderState));
  try {
    const issued = await retryIssuance({ ...deps, ...task, orderState, signal, deadline }, (isRepeated) =>
      obtain(deps, task, { orderState, signal, deadline, key, isRepeated }),
    );
    return await keep(issued, orderState.write);
  } catch (error) {
    // The certificate was fetched and cannot be used: the next job may order another one.
    if (error instanceof CertdeskError && error.code === 'ISSUED_CERTIFICATE_REJECTED') orderState.release();
    throw error;
  } finally {
    // When Certdesk stops, the challenges stay: the next start resumes the same order.
    if (!signal.aborted) await cleanUp(deps, task, orderState);
    await orderState.flush().catch((error: unknown) => {
      // The result of the issuance matters more; a clean-up that is not noted is done once more.
      deps.log.warn({ jobId: task.jobId, err: error }, 'The last steps of an issuance could not be written');
    });
  }
}

interface Attempt {
  readonly orderState: OrderState;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly isRepeated: boolean;
  /** Generated once for an issuance, however often it is attempted: a second key could replace the finalized one. */
  key(): Promise<{ readonly privateKey: string; readonly csr: string }>;
}

/** The same promise for every call; after a failure the next call tries again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= work().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** Account, order, proof, CSR, certificate. Resumes wherever the order stands at the CA. */
async function obtain(deps: IssueDeps, task: IssueTask, attempt: Attempt): Promise<Issued> {
  const { orderState, signal, deadline, key } = attempt;
  const { pace } = deps;
  const { wait } = deps.places;

  const { account, order } = await openOrder(deps, task, attempt);
  const isSent = orderState.order.finalizedAt !== null;
  const session = sessionForOrder(account.session, { orderState, pace, signal });
  const following: Following = { session, orderState, signal, deadline, pace };

  if (order.status === 'pending' && !isSent) await prove(task, { ...following, order, wait });

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
  { orderState, signal, key, isRepeated }: Attempt,
): Promise<{ readonly account: OpenAccount; readonly order: AcmeOrder }> {
  const account = await openAccount(deps, task, orderState, signal);
  orderState.reportStep('account', `Account ${account.account.url}`);
  // The key is generated while the names are proved; it is stored before the CSR that bears it is sent.
  key().catch(() => undefined);
  try {
    return { account, order: await ensureOrder(deps, task, { orderState, account, signal, isRepeated }) };
  } catch (cause) {
    const error = await explainUnauthorized(cause, account.session, account.account.url);
    if (!isRefusal(error, 'accountDoesNotExist')) throw error;
    // The CA has lost its accounts (a staging reset, say) and its orders: the same key is registered once more.
    const registered = await deps.accounts.register(account, task.eab);
    orderState.reportStep('account', `Registered again: ${registered.account.url}`);
    const where = { orderState, account: registered, signal, hasLostAccount: true };
    return { account: registered, order: await ensureOrder(deps, task, where) };
  }
}

interface Finalizing {
  readonly order: AcmeOrder;
  /** Whether its CSR was sent before. */
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
  const now = await followOrder(order, following, believeReadyFrom(deps, following.orderState));
  return now.status === 'ready' ? finalizeOrder(now, { ...following, csr }) : now;
}

/** An order that was finalized is followed with the account that created it, whichever the job names by now. */
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

/** After a crash nobody knows whether the CSR has arrived: the order may read `ready` for a moment though it has. */
function believeReadyFrom({ pace, clock }: IssueDeps, { order: { finalizedAt } }: OrderState): number {
  const ago = finalizedAt === null ? 0 : clock.now().getTime() - Date.parse(finalizedAt);
  return pace.now() + (ago < STALE_FOR_MS ? READY_AFTER_RESUME_MS : 0);
}

const READY_AFTER_RESUME_MS = 3_000;
/** No replica is behind for longer. */
const STALE_FOR_MS = 60_000;

async function ensureKey(
  task: IssueTask,
  orderState: OrderState,
): Promise<{ privateKey: string; csr: string }> {
  const kept = await orderState.openKey();
  if (kept !== null) return kept;
  const privateKey = await generateKey(task.spec.key);
  const csr = await createCsr(task.spec.names, privateKey);
  await orderState.stageKey(privateKey, csr);
  return { privateKey, csr };
}

/** Less than that may be the way of the answer, and a machine that keeps time badly. */
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
    const said = order.error === undefined ? null : describeProblem(order.error);
    throw new CertdeskError(
      'ACME_REJECTED',
      `The CA did not issue the certificate: ${said ?? `the order is ${order.status}`}`,
      { problem: order.error ?? null, orderStatus: order.status },
    );
  }
  const { names, preferredChain } = task.spec;
  const served = await downloadCertificate(order.certificate, preferredChain ?? undefined, fetch);
  // Whoever issued it knows best what the time is: a wrong clock here is no reason to throw a certificate away.
  const now = account.session.time() ?? clock.now();
  const { chain, warning } = served;
  const leaf = verifyIssued({ chain, privateKey, names, now });
  if (warning !== null) orderState.reportStep('certificate', warning, { warning: 'preferred-chain' });
  const wrongBy = Math.round((clock.now().getTime() - now.getTime()) / 60_000);
  if (Math.abs(wrongBy) > CLOCK_SLACK_MINUTES) {
    const text = `The clock of this server is ${Math.abs(wrongBy)} minutes ${wrongBy > 0 ? 'ahead of' : 'behind'} the CA's: correct it`;
    orderState.reportStep('certificate', text, { clockWrongByMinutes: wrongBy });
  }
  orderState.reportStep(
    'certificate',
    `Certificate ${leaf.serial} downloaded and verified; expires ${leaf.expiresAt}`,
  );
  return { accountId: account.account.id, chain: served.preferred ?? chain, privateKey, leaf };
}
