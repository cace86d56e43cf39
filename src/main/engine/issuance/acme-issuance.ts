// One issuance in the order of RFC 8555 section 7.1: account, order, authorizations, challenges, finalize, certificate.
// Obtain and renew are this same walk. What it would need again is in the database before and after the call that it
// concerns, and the walk always begins by asking the CA where the order stands, so that it can be gone on with after
// any crash.
import { explainUnauthorized } from '../acme/account-deactivated.ts';
import type { Accounts, ExternalAccount, OpenAccount } from '../acme/accounts.ts';
import { createCsr } from '../acme/client.ts';
import type { AcmeOrder } from '../acme/contract.ts';
import { isGivenUp } from '../acme/failure-streak.ts';
import { isDeadline } from '../acme/poll.ts';
import { describeProblem, isRefusal } from '../acme/problem.ts';
import type { Journal } from '../audit/journal.ts';
import { cleanUp, prove } from '../challenges/prove.ts';
import type { ChallengeSolver } from '../challenges/solver.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { LeafFacts, Recipe } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { Pace } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';
import { generateKey } from '../pki/keys.ts';
import { verifyIssued } from '../pki/verify-certificate.ts';
import type { CaUsage } from '../rate-limits/usage.ts';
import { ensureOrder, type ReplacedCertificate, sessionForOrder } from './acme-order.ts';
import { finalizeOrder } from './finalize.ts';
import { downloadCertificate, type Following, followOrder } from './follow-order.ts';
import { createOrderState, type OrderState, type OrderStateDeps } from './order-state.ts';

export interface IssueTask {
  readonly jobId: string;
  readonly projectId: string;
  readonly recipe: Recipe;
  readonly directoryUrl: string;
  readonly solver: ChallengeSolver;
  readonly eab: ExternalAccount | null;
  /** Null where the CA is not to be told. */
  readonly replaces: ReplacedCertificate | null;
  /** Whether it renews exactly the names of a certificate of this CA. */
  readonly sameNames: boolean;
  /** Whether somebody waits for it: then a CA that is out of reach is asked until the deadline. */
  readonly patient: boolean;
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
  readonly pace: Pace;
  readonly places: Pick<Places, 'wait'>;
}

export interface IssueHow<T> {
  readonly signal: AbortSignal;
  keep(issued: Issued, write: Journal['write']): Promise<T>;
}

/**
 * Obtains the certificate of a job's order and hands it to `keep`, which stores it before anything is cleaned up, by
 * `write`: the steps until then are told in the same transaction.
 * @throws the documented errors of the CA (ACME_*), CHALLENGE_FAILED, DNS_*, ISSUED_CERTIFICATE_REJECTED; what `keep`
 * throws; the reason of `signal`. After a throw that is not an abort the challenges are cleaned up.
 */
export async function issue<T>(deps: IssueDeps, task: IssueTask, { signal, keep }: IssueHow<T>): Promise<T> {
  const deadline = deps.pace.now() + deps.deadlineMs;
  const orderState = await createOrderState(deps, task);
  try {
    const key = once(() => ensureKey(task, orderState));
    return await keep(await persist(deps, task, { orderState, signal, deadline, key }), orderState.write);
  } catch (error) {
    // It was fetched, and is of no use: the next job may order another one.
    if (error instanceof CertdeskError && error.code === 'ISSUED_CERTIFICATE_REJECTED') orderState.release();
    throw error;
  } finally {
    // Where Certdesk stops the challenges stay, because the next start goes on with the same order.
    if (!signal.aborted) await cleanUp(deps, task, orderState);
    await orderState.flush().catch((error: unknown) => {
      // What came of the issuance matters more; what is not noted as cleaned up is cleaned up once more.
      deps.log.warn({ jobId: task.jobId, err: error }, 'The last steps of an issuance could not be written');
    });
  }
}

interface Walk {
  readonly orderState: OrderState;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly isRepeated?: boolean;
  /** Made once an issuance, whatever is walked again: a second one could be stored over the one that was finalized. */
  key(): Promise<{ readonly privateKey: string; readonly csr: string }>;
}

/**
 * Waits before a step that the network lost is walked again, in ms. A CA that does not answer at all is asked until the
 * deadline where somebody waits, or an order stands there; else the table of retries knows better when (jobs/retry.ts).
 */
const AGAIN_MS = [300, 1_500] as const;

/** A CA that asks for a longer pause (Retry-After) is left alone: the job fails, and its next attempt obeys it. */
const LONGEST_ASKED_MS = 60_000;

/** The same promise for every call; a failed one is tried anew by the next. */
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

/** The walk is resumable, so trying again is walking again. */
async function persist(deps: IssueDeps, task: IssueTask, walking: Walk): Promise<Issued> {
  const { orderState, signal, deadline } = walking;
  const { pace } = deps;
  for (let tries = 0; ; tries += 1) {
    try {
      return await walk(deps, task, { ...walking, isRepeated: tries > 0 });
    } catch (cause) {
      signal.throwIfAborted();
      const error = toCertdeskError(cause);
      const own = error.code === 'ACME_UNAVAILABLE' ? AGAIN_MS[tries] : AGAIN_MS[1];
      const asked = retryAfterOf(error) ?? 0;
      const wait = own === undefined || asked > LONGEST_ASKED_MS ? undefined : Math.max(own, asked);
      const worth =
        error.code === 'ACME_UNAVAILABLE' || (error.code === 'ACME_TIMEOUT' && !isDeadline(error));
      const enough = !task.patient && orderState.order.url === null && tries > 0;
      if (!worth || isGivenUp(error) || enough || wait === undefined || pace.now() + wait > deadline)
        throw error;
      orderState.reportStep('retry', `${error.message} Retrying.`, { code: error.code });
      await deps.places.wait(() => pace.pause(wait, signal));
    }
  }
}

async function walk(
  deps: IssueDeps,
  task: IssueTask,
  { orderState, signal, deadline, key, isRepeated = false }: Walk,
): Promise<Issued> {
  const { pace } = deps;
  let account = await openAccount(deps, task, orderState, signal);
  orderState.reportStep('account', `Account ${account.account.url}`);

  // The key is made while the names are proved; it is stored before the CSR that bears it is sent.
  key().catch(() => undefined);
  let order = await ensureOrder(deps, task, { orderState, account, signal, isRepeated }).catch(
    async (cause: unknown) => {
      const { url } = account.account;
      const error = await explainUnauthorized(cause, account.session, url);
      if (!isRefusal(error, 'accountDoesNotExist')) throw error;
      // The CA has lost its accounts (a staging reset, say), and its orders: the same key is registered once more.
      account = await deps.accounts.register(account, task.eab);
      orderState.reportStep('account', `Registered again: ${account.account.url}`);
      return ensureOrder(deps, task, { orderState, account, signal, hasLostAccount: true });
    },
  );
  const exempt = order.replaces !== undefined && task.replaces?.inWindow === true;
  const session = sessionForOrder(account.session, { orderState, pace, signal });
  const following: Following = { session, orderState, signal, deadline, pace };
  const sent = orderState.order.finalizedAt !== null;
  const { wait } = deps.places;
  if (order.status === 'pending' && !sent) await prove(task, { ...following, order, wait });
  const { csr, privateKey } = await key();
  order = await wait(async () => {
    if (!sent && (order.status === 'pending' || order.status === 'ready'))
      return finalizeOrder(order, { ...following, csr });
    const now = await followOrder(order, following, believeReadyFrom(deps, orderState));
    return now.status === 'ready' ? finalizeOrder(now, { ...following, csr }) : now;
  });
  const fetching = { ...following, account, order, privateKey };
  return { ...(await wait(() => fetchCertificate(deps, task, fetching))), exempt };
}

/** An order that was finalized is followed by the account that made it, whichever the recipe names by now. */
async function openAccount(
  { accounts }: IssueDeps,
  task: IssueTask,
  orderState: OrderState,
  signal: AbortSignal,
): Promise<OpenAccount> {
  const { directoryUrl, eab, recipe } = task;
  const { accountId, finalizedAt } = orderState.order;
  const former = finalizedAt === null ? null : await accounts.find(accountId, signal);
  return former ?? accounts.open({ directoryUrl, email: recipe.email, eab }, signal);
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
  const privateKey = await generateKey(task.recipe.key);
  const csr = await createCsr(task.recipe.names, privateKey);
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
  const { names, preferredChain } = task.recipe;
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
