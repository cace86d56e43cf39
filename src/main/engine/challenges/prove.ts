// Proves control of every name of an order (RFC 8555 section 7.5): challenges are presented, checked to be visible,
// announced to the CA, and waited for; what was presented is undone whatever happens.

import { isStep } from '../../../shared/steps.ts';
import type {
  AcmeAuthorization,
  AcmeChallenge,
  AcmeOrder,
  AcmeProblem,
  AcmeSession,
} from '../acme/contract.ts';
import type { HabitsOfCa } from '../acme/habits.ts';
import { poll } from '../acme/poll.ts';
import { CertdeskError } from '../errors.ts';
import type { ChallengeRecord, Recipe } from '../model.ts';
import type { OrderKeeper, OrderKeeperDeps } from '../order-keeper.ts';
import type { Pace } from '../pace.ts';
import type { Log } from '../ports.ts';
import { sideBySide } from '../side-by-side.ts';
import type { ChallengeSolver, SolverContext } from './solver.ts';

export interface ProofDeps extends OrderKeeperDeps {
  readonly log: Log;
}

export interface Proof {
  readonly keeper: OrderKeeper;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly pace: Pace;
  readonly habits: HabitsOfCa;
  readonly session: AcmeSession;
  readonly order: AcmeOrder;
}

interface Pending {
  readonly authorization: AcmeAuthorization;
  readonly challenge: AcmeChallenge;
  readonly record: ChallengeRecord;
}

interface Task {
  readonly solver: ChallengeSolver;
  readonly recipe: Pick<Recipe, 'names'>;
}

/** How many authorizations are fetched and followed at once; a certificate may have 100 names. */
const SIDE_BY_SIDE = 5;

/** @throws CHALLENGE_FAILED (details.failures: name and the CA's problem each), CHALLENGE_UNAVAILABLE, DNS_*, ACME_*. */
export async function prove({ solver, recipe }: Task, proof: Proof): Promise<void> {
  const { keeper, session, order, pace } = proof;
  const bounds = { limit: SIDE_BY_SIDE, signal: proof.signal };
  const authorizations = await sideBySide(order.authorizations, bounds, (url) =>
    session.getAuthorization(url),
  );
  const open = authorizations.filter(({ status }) => status === 'pending');
  const count = `${authorizations.length} ${authorizations.length === 1 ? 'authorization' : 'authorizations'}`;
  keeper.tell('authorization', `${count}, ${open.length} to prove`);
  refuseForeign(authorizations, recipe.names);
  refuseDead(authorizations);
  const pending = open.map((authorization) => choose(authorization, solver.type, proof));

  // The intent of all of them is written before any: what follows leaves traces outside.
  for (const { record } of pending)
    keeper.stageChallenge({ ...current(record, keeper), state: 'presenting' });
  await keeper.flush();
  await sideBySide(pending, bounds, (each) => present(each, solver, proof));
  const tasks = pending.map(({ record }) => current(record, keeper));
  if (tasks.length > 0) await solver.awaitVisible(tasks, context(proof, null));

  // A challenge that the CA is at work on already (a restart) is not announced twice.
  const unannounced = pending.filter(({ challenge }) => challenge.status === 'pending');
  keeper.tell('validation', `The CA is asked to validate ${names(pending) || 'nothing: all is proved'}`);
  const lookAt = new Map<string, number>();
  await sideBySide(unannounced, bounds, async ({ challenge }) => {
    const { retryAfterMs } = await session.completeChallenge(challenge.url);
    if (retryAfterMs !== null) lookAt.set(challenge.url, pace.now() + retryAfterMs);
  });
  const settled = await sideBySide(pending, bounds, (each, signal) =>
    follow(each, { ...proof, signal, lookAt }),
  );
  refuseFailed(settled, solver.type);
}

const names = (pending: readonly Pending[]): string =>
  pending.map(({ authorization }) => authorization.identifier.value).join(', ');

/** A CA that asks for proof of another name would have Certdesk prove it to a third party. */
function refuseForeign(authorizations: readonly AcmeAuthorization[], names: readonly string[]): void {
  const ordered = new Set(names.map((name) => name.replace(/^\*\./, '')));
  const foreign = authorizations.find(
    ({ identifier }) => identifier.type !== 'dns' || !ordered.has(identifier.value.toLowerCase()),
  );
  if (foreign === undefined) return;
  const { type, value } = foreign.identifier;
  const message = `The CA asks for proof of ${value} (${type}), which was not ordered. Nothing was proved to it.`;
  throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { identifier: foreign.identifier });
}

function refuseDead(authorizations: readonly AcmeAuthorization[]): void {
  const dead = authorizations.find(({ status }) => status !== 'pending' && status !== 'valid');
  if (dead === undefined) return;
  const failure = dead.challenges.find(({ error }) => error !== undefined);
  if (failure !== undefined) refuseFailed([dead], failure.type);
  throw new CertdeskError('ACME_REJECTED', `The authorization of ${dead.identifier.value} is ${dead.status}`);
}

/** The challenge of the wanted type; others, also ones that are unknown here, are passed over. */
function choose(
  authorization: AcmeAuthorization,
  type: ChallengeSolver['type'],
  { session, keeper }: Proof,
): Pending {
  const challenge = authorization.challenges.find((offered) => offered.type === type);
  const name = `${authorization.wildcard ? '*.' : ''}${authorization.identifier.value}`;
  if (challenge?.token === undefined) {
    const offered = authorization.challenges.map((other) => other.type);
    throw new CertdeskError(
      'CHALLENGE_UNAVAILABLE',
      `The CA offers no ${type} challenge for ${name} (it offers ${offered.join(', ')})`,
      { name, offered },
    );
  }
  const kept = keeper.order.challenges.find(({ challengeUrl }) => challengeUrl === challenge.url);
  const record: ChallengeRecord = kept ?? {
    authorizationUrl: authorization.url,
    challengeUrl: challenge.url,
    type,
    identifier: authorization.identifier.value,
    wildcard: authorization.wildcard,
    token: challenge.token,
    keyAuthorization: session.keyAuthorization(challenge.token),
    state: 'presenting',
    ref: null,
  };
  return { authorization, challenge, record };
}

async function present({ record }: Pending, solver: ChallengeSolver, proof: Proof): Promise<void> {
  const { keeper, signal } = proof;
  await solver.present(current(record, keeper), context(proof, record));
  signal.throwIfAborted();
  keeper.stageChallenge({ ...current(record, keeper), state: 'presented' });
}

/** The record as it was last saved: a solver may have saved its ref meanwhile. */
function current(record: ChallengeRecord, keeper: OrderKeeper): ChallengeRecord {
  return keeper.order.challenges.find(({ challengeUrl }) => challengeUrl === record.challengeUrl) ?? record;
}

function context(
  { keeper, signal }: Pick<Proof, 'keeper' | 'signal'>,
  record: ChallengeRecord | null,
): SolverContext {
  return {
    signal,
    report: (step, message, data = null) => {
      keeper.tell(isStep(step) ? step : 'challenge', message, data);
    },
    async save(ref) {
      if (record !== null) await keeper.saveChallenge({ ...current(record, keeper), ref });
    },
  };
}

/** @param lookAt Challenge URL -> when the CA wants it to be looked at, by `pace`; none where it has not said. */
function follow(
  { authorization, challenge }: Pending,
  {
    session,
    signal,
    deadline,
    pace,
    habits,
    lookAt,
  }: Proof & { readonly lookAt: ReadonlyMap<string, number> },
) {
  const isFinal = ({ status, challenges }: AcmeAuthorization) =>
    status !== 'pending' ||
    challenges.some(({ url, status }) => url === challenge.url && status === 'invalid');
  const what = `validation of ${authorization.identifier.value}`;
  return poll(() => session.getAuthorization(authorization.url), isFinal, {
    signal,
    deadline,
    pace,
    what,
    habit: habits.of(challenge.type),
    askedMs: lookAt.has(challenge.url) ? Math.max(0, (lookAt.get(challenge.url) ?? 0) - pace.now()) : null,
  });
}

function refuseFailed(settled: readonly AcmeAuthorization[], type: string): void {
  const failures = settled
    .filter(({ status }) => status !== 'valid')
    .map(({ identifier, wildcard, status, challenges }) => ({
      name: `${wildcard ? '*.' : ''}${identifier.value}`,
      status,
      problem: challenges.find(({ error }) => error !== undefined)?.error ?? null,
      advice: advice(challenges.find(({ error }) => error !== undefined)?.error ?? null, type),
    }));
  const [first] = failures;
  if (first === undefined) return;
  throw new CertdeskError(
    'CHALLENGE_FAILED',
    `${type.toUpperCase()} challenge failed: Could not verify domain ownership`,
    { challengeType: type, problem: first.problem, failures },
  );
}

/** What mends it, by the CA's error type (RFC 8555 section 6.7). */
function advice(problem: AcmeProblem | null, type: string): string {
  const kind = problem?.type.split(':').at(-1) ?? '';
  if (kind === 'caa') return 'A CAA record of the domain forbids this CA: add one that allows it.';
  if (kind === 'rateLimited') return 'Wait as the CA says, then try again.';
  if (type === 'dns-01') {
    return 'The CA did not find the TXT record: check that the zone is served by the provider that was named.';
  }
  if (kind === 'dns')
    return 'The name does not resolve for the CA: add an A or AAAA record that points here.';
  if (kind === 'connection') {
    return 'The CA could not reach the name: check that it resolves to this machine, and that port 80 is open or forwarded to the challenge listener.';
  }
  return 'Another server answered: forward /.well-known/acme-challenge/ of this name to Certdesk.';
}

/** Undoes what was presented; `flush` writes that it is. A failure is logged and kept in the order, so that it is tried again; it fails nothing. */
export async function cleanUp(
  deps: ProofDeps,
  { solver }: Pick<Task, 'solver'>,
  keeper: OrderKeeper,
): Promise<void> {
  const left = keeper.order.challenges.filter(({ state }) => state !== 'cleaned');
  await sideBySide(left, { limit: SIDE_BY_SIDE }, async (record) => {
    const signal = AbortSignal.timeout(CLEAN_UP_MS);
    try {
      await solver.cleanUp(record, context({ keeper, signal }, record));
      keeper.stageChallenge({ ...current(record, keeper), state: 'cleaned' });
    } catch (error) {
      deps.log.warn(
        { jobId: keeper.order.jobId, identifier: record.identifier, err: error },
        'Clean-up failed',
      );
      const message = `What was set up for ${record.identifier} could not be removed; tried again later`;
      keeper.tell('clean-up', message);
    }
  });
}

const CLEAN_UP_MS = 60_000;
