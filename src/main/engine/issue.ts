// One issuance in the order of RFC 8555 section 7.1: account, order, authorizations, challenges, finalize, certificate.
// Obtain and renew are this same walk. What it would need again is in the database before and after the call that it
// concerns, and the walk always begins by asking the CA where the order stands, so that it can be gone on with after
// any crash.
import type { Accounts, ExternalAccount, OpenAccount } from './acme/accounts.ts';
import { createCsr } from './acme/client.ts';
import type { AcmeOrder } from './acme/contract.ts';
import type { CaHabits, HabitsOfCa } from './acme/habits.ts';
import { isDeadline, poll } from './acme/poll.ts';
import { isRefusal } from './acme/problem.ts';
import type { CaUsage } from './ca-usage.ts';
import { cleanUp, type ProofDeps, prove } from './challenges/prove.ts';
import type { ChallengeSolver } from './challenges/solver.ts';
import { CertdeskError, toCertdeskError } from './errors.ts';
import { verifyIssued } from './inspect.ts';
import type { Journal } from './journal.ts';
import type { LeafFacts, Recipe } from './model.ts';
import { ensureOrder, type ReplacedCertificate } from './order-at-ca.ts';
import { createOrderKeeper, type OrderKeeper } from './order-keeper.ts';
import type { Pace } from './pace.ts';
import type { MakeKey } from './spare-keys.ts';

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

export interface IssueDeps extends ProofDeps {
  readonly accounts: Accounts;
  /** How long one issuance may take in all; ms. */
  readonly deadlineMs: number;
  readonly usage: CaUsage;
  readonly habits: CaHabits;
  readonly pace: Pace;
  readonly makeKey: MakeKey;
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
  const keeper = await createOrderKeeper(deps, task);
  try {
    const key = once(() => ensureKey(deps, task, keeper));
    return await keep(await persist(deps, task, { keeper, signal, deadline, key }), keeper.write);
  } finally {
    // Where Certdesk stops the challenges stay, because the next start goes on with the same order.
    if (!signal.aborted) await cleanUp(deps, task, keeper);
    await keeper.flush().catch((error: unknown) => {
      // What came of the issuance matters more; what is not noted as cleaned up is cleaned up once more.
      deps.log.warn({ jobId: task.jobId, err: error }, 'The last steps of an issuance could not be written');
    });
  }
}

interface Walk {
  readonly keeper: OrderKeeper;
  readonly signal: AbortSignal;
  readonly deadline: number;
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
  const { keeper, signal, deadline } = walking;
  const { pace } = deps;
  for (let tries = 0; ; tries += 1) {
    try {
      return await walk(deps, task, walking);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toCertdeskError(cause);
      const own = error.code === 'ACME_UNAVAILABLE' ? AGAIN_MS[tries] : AGAIN_MS[1];
      const asked = askedMs(error);
      const wait = own === undefined || asked > LONGEST_ASKED_MS ? undefined : Math.max(own, asked);
      const worth =
        error.code === 'ACME_UNAVAILABLE' || (error.code === 'ACME_TIMEOUT' && !isDeadline(error));
      const enough = !task.patient && keeper.order.url === null && tries > 0;
      if (!worth || enough || wait === undefined || pace.now() + wait > deadline) throw error;
      keeper.tell('retry', `${error.message} Trying again.`, { code: error.code });
      await pace.pause(wait, signal);
    }
  }
}

/** Milliseconds that the CA wants to be left alone (RFC 9110 section 10.2.3); 0 where it did not say. */
function askedMs({ details }: CertdeskError): number {
  const said: unknown =
    typeof details === 'object' && details !== null ? Reflect.get(details, 'retryAfter') : null;
  return typeof said === 'number' ? said * 1_000 : 0;
}

async function walk(
  deps: IssueDeps,
  task: IssueTask,
  { keeper, signal, deadline, key }: Walk,
): Promise<Issued> {
  const { email } = task.recipe;
  const { pace } = deps;
  const owner = { directoryUrl: task.directoryUrl, email, eab: task.eab };
  let account = await deps.accounts.open(owner, signal);
  keeper.tell('account', `Account ${account.account.url}`);

  // The key is made while the names are proved; it is stored before the CSR that bears it is sent.
  key().catch(() => undefined);
  let order = await ensureOrder(deps, task, { keeper, account }).catch(async (error: unknown) => {
    if (!isRefusal(error, 'accountDoesNotExist')) throw error;
    // The CA has lost its accounts (a staging reset, say): the same key is registered once more.
    account = await deps.accounts.register(account, task.eab);
    keeper.tell('account', `Registered anew: ${account.account.url}`);
    return ensureOrder(deps, task, { keeper, account });
  });
  const exempt = order.replaces !== undefined && task.replaces?.inWindow === true;
  const habits = deps.habits.of(task.directoryUrl);
  const polling = { signal, deadline, pace, habits };
  if (order.status === 'pending') {
    await prove(task, { keeper, signal, deadline, pace, habits, session: account.session, order });
  }
  if (order.status === 'pending' || order.status === 'ready') {
    const { csr } = await key();
    await keeper.keepKey();
    keeper.tell('finalize', 'The CSR is sent');
    order = await finalize(order, csr, { account, polling });
  }
  if (order.status === 'processing') order = await settled(order, 'processing', polling, account);
  if (order.status === 'ready') throw takenBack();
  const { privateKey } = await key();
  return { ...(await fetchCertificate(deps, task, { keeper, account, order, privateKey })), exempt };
}

/** A CA whose issuance has failed may take the order back; walked again, it is finalized with the same key. */
function takenBack(): CertdeskError {
  return new CertdeskError(
    'ACME_UNAVAILABLE',
    'The CA did not issue the certificate: the order is ready again.',
  );
}

async function ensureKey(
  { makeKey }: IssueDeps,
  task: IssueTask,
  keeper: OrderKeeper,
): Promise<{ privateKey: string; csr: string }> {
  const kept = await keeper.openKey();
  if (kept !== null) return kept;
  const privateKey = await makeKey(task.recipe.key);
  const csr = await createCsr(task.recipe.names, privateKey);
  await keeper.stageKey(privateKey, csr);
  return { privateKey, csr };
}

type Settling = Pick<Walk, 'signal' | 'deadline'> & Pick<IssueDeps, 'pace'> & { readonly habits: HabitsOfCa };

/**
 * An order whose names are all proved is ready, so it is not asked for before. Where the CA was not that far yet
 * (orderNotReady) it is waited for, unless it is ready by the time that it is looked at, and finalized once more. The
 * answer may be lost on its way, and then the CA says that the order is no longer ready: the order itself tells, also
 * why the CA has given it up.
 * @throws what the CA said to the first request, where the order says no more than that; to the second one.
 */
async function finalize(
  order: AcmeOrder,
  csr: string,
  { account, polling }: { readonly account: OpenAccount; readonly polling: Settling },
): Promise<AcmeOrder> {
  const { session } = account;
  try {
    return await session.finalizeOrder(order, csr);
  } catch (error) {
    let now = await session.getOrder(order.url);
    const notReady = isRefusal(error, 'orderNotReady');
    if (notReady) {
      if (now.status === 'pending') now = await settled(now, 'pending', polling, account);
      if (now.status === 'ready') return session.finalizeOrder(now, csr);
    }
    const silent = now.status === 'invalid' && now.error === undefined && !notReady;
    if (now.status === 'ready' || now.status === 'pending' || silent) throw error;
    return now;
  }
}

async function settled(
  order: AcmeOrder,
  passing: 'pending' | 'processing',
  { habits, ...polling }: Settling,
  { session }: OpenAccount,
): Promise<AcmeOrder> {
  const what = passing === 'pending' ? 'validation of the order' : 'issuance of the certificate';
  const ask = () => session.getOrder(order.url);
  const habit = habits.of(passing === 'pending' ? 'order' : 'issuance');
  const askedMs = order.retryAfterMs;
  return poll(ask, (answer) => answer.status !== passing, { ...polling, what, habit, askedMs });
}

/** Less than that may be the way of the answer, and a machine that keeps time badly. */
const CLOCK_SLACK_MINUTES = 10;

interface Fetch {
  readonly keeper: OrderKeeper;
  readonly account: OpenAccount;
  readonly order: AcmeOrder;
  readonly privateKey: string;
}

async function fetchCertificate(
  { clock }: IssueDeps,
  task: IssueTask,
  { keeper, account, order, privateKey }: Fetch,
): Promise<Omit<Issued, 'exempt'>> {
  if (order.status !== 'valid' || order.certificate === undefined) {
    throw new CertdeskError(
      'ACME_REJECTED',
      `The CA did not issue the certificate: ${order.error?.detail ?? `the order is ${order.status}`}`,
      { problem: order.error ?? null, orderStatus: order.status },
    );
  }
  const { names, preferredChain } = task.recipe;
  const chain = await account.session.getCertificate(order.certificate, preferredChain ?? undefined);
  // Whoever issued it knows best what the time is: a wrong clock here is no reason to throw a certificate away.
  const now = account.session.time() ?? clock.now();
  const leaf = verifyIssued({ chain, privateKey, names, now });
  const wrongBy = Math.round((clock.now().getTime() - now.getTime()) / 60_000);
  if (Math.abs(wrongBy) > CLOCK_SLACK_MINUTES) {
    const text = `The clock of this machine is ${Math.abs(wrongBy)} minutes ${wrongBy > 0 ? 'ahead of' : 'behind'} the CA's: set it`;
    keeper.tell('certificate', text, { clockWrongByMinutes: wrongBy });
  }
  keeper.tell('certificate', `Certificate ${leaf.serial} fetched and checked; it expires ${leaf.expiresAt}`);
  return { accountId: account.account.id, chain, privateKey, leaf };
}
