// Proves control of every name of an order (RFC 8555 section 7.5): presents the challenges, waits until they are
// visible, announces them to the CA and follows them. Challenges are cleaned up in any case.

import { toIdentifier } from '../../../shared/identifiers.ts';
import { isStep } from '../../../shared/steps.ts';
import type {
  AcmeAuthorization,
  AcmeChallenge,
  AcmeIdentifier,
  AcmeOrder,
  AcmeProblem,
} from '../acme/contract.ts';
import { describeProblem } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { ChallengeRecord, IssuanceSpec } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import { announceChallenge, followChallenge } from './follow-challenge.ts';
import type { Proof, ProofOrder } from './proof.ts';
import type { ChallengeSolver, SolverContext } from './solver.ts';

interface Pending {
  /** With `*.` for a wildcard. */
  readonly name: string;
  readonly authorization: Named;
  readonly challenge: AcmeChallenge;
  readonly record: ChallengeRecord;
}

/** An authorization with its name, which some CAs omit. */
type Named = AcmeAuthorization & { readonly identifier: AcmeIdentifier };

interface Task {
  readonly solver: ChallengeSolver;
  readonly spec: Pick<IssuanceSpec, 'names'>;
}

/** How many authorizations are fetched and followed in parallel; a certificate may have 100 names. */
const CONCURRENCY = 5;

/**
 * Proves control of all names of the order.
 * @throws CHALLENGE_FAILED (details.failures: name and the CA's problem each), CHALLENGE_UNAVAILABLE, DNS_*, ACME_*
 */
export async function prove({ solver, spec }: Task, proof: Proof): Promise<void> {
  const { orderState, session, order, timing } = proof;
  if (order.authorizations.length === 0) throw noAuthorizations(order);
  const bounds = { limit: CONCURRENCY, signal: proof.signal };
  const answers = await mapConcurrent(order.authorizations, bounds, (url) => session.getAuthorization(url));
  const named = answers.map((answer, index) => withName(answer, index, { order, spec }));
  const authorizations = markWildcards(named, spec.names);
  const open = authorizations.filter(({ status }) => status === 'pending');
  const count = `${authorizations.length} ${authorizations.length === 1 ? 'authorization' : 'authorizations'}`;
  orderState.reportStep('authorization', `${count}, ${open.length} to validate`);
  refuseForeign(authorizations, spec.names);
  await refuseUnusable(authorizations, { solver, proof });
  const pending = open.map((authorization) => selectChallenge(authorization, solver.type, proof));

  // All intents are stored first, because presenting has effects outside of Certdesk.
  for (const { record } of pending)
    orderState.stageChallenge({ ...current(record, orderState), state: 'presenting' });
  await orderState.flush();
  if (pending.length > 0) await proof.wait(() => awaitTurn(pending, solver, proof));
  await mapConcurrent(pending, bounds, (each) => present(each, solver, proof));
  const tasks = pending.map(({ record }) => current(record, orderState));
  if (tasks.length > 0) await proof.wait(() => solver.awaitVisible(tasks, context(proof, null)));

  // After a restart, the CA may already be validating a challenge; it is not announced again.
  const unannounced = pending.filter(({ challenge }) => challenge.status === 'pending');
  orderState.reportStep(
    'validation',
    pending.length === 0 ? 'All names are already validated' : `The CA is validating ${names(pending)}`,
  );
  const pollAt = new Map<string, number>();
  await mapConcurrent(unannounced, bounds, async ({ challenge, authorization }) => {
    const retryAfterMs = await announceChallenge(session, challenge.url, authorization.url);
    if (retryAfterMs !== null) pollAt.set(challenge.url, timing.now() + retryAfterMs);
  });
  proof.meanwhile();
  const settle = async (each: Pending, signal: AbortSignal): Promise<Named> => {
    const { identifier, wildcard } = each.authorization;
    return { ...(await followChallenge(each, { ...proof, signal, pollAt })), identifier, wildcard };
  };
  const settled = await proof.wait(() => mapConcurrent(pending, bounds, settle));
  await refuseFailed(settled, { solver, proof });
}

/** How often an order asks whether it is its turn, ms. */
const TURN_MS = 1_000;

/**
 * Waits until no other order validates the same names, if the solver can answer only one at a time.
 * @throws ACME_TIMEOUT at the deadline
 */
async function awaitTurn(pending: readonly Pending[], solver: ChallengeSolver, proof: Proof): Promise<void> {
  const { orderState, timing, deadline, signal } = proof;
  const tasks = pending.map(({ record }) => current(record, orderState));
  for (let waitsFor: string | null = null; ; ) {
    const taken = solver.reserve?.(tasks) ?? null;
    if (taken === null) return;
    const type = solver.type.toUpperCase();
    if (timing.now() > deadline)
      throw new CertdeskError(
        'ACME_TIMEOUT',
        `Another order for ${taken} was validated for too long, and ${type} can answer one validation of a name at a time. Try again when it has ended.`,
      );
    if (taken !== waitsFor)
      orderState.reportStep(
        'challenge',
        `Waiting: another order for ${taken} is being validated, and ${type} can answer one validation of a name at a time`,
      );
    waitsFor = taken;
    await timing.pause(TURN_MS, signal);
  }
}

const names = (pending: readonly Pending[]): string => pending.map(({ name }) => name).join(', ');

/** A CA that requests validation of a name that was not ordered could have Certdesk prove it for a third party. */
function refuseForeign(authorizations: readonly Named[], names: readonly string[]): void {
  const keyOf = ({ type, value }: AcmeIdentifier): string => `${type} ${value.toLowerCase()}`;
  const ordered = new Set(names.map((name) => keyOf(toIdentifier(name.replace(/^\*\./, '')))));
  const foreign = authorizations.find(({ identifier }) => !ordered.has(keyOf(identifier)));
  if (foreign === undefined) return;
  const type = foreign.identifier.type.slice(0, 50);
  const value = foreign.identifier.value.slice(0, 255);
  const message = `The CA requests validation of ${value} (${type}), which was not ordered. Certdesk validated nothing.`;
  throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { identifier: { type, value } });
}

function nameOf({ wildcard, identifier }: Named): string {
  return `${wildcard && !identifier.value.startsWith('*.') ? '*.' : ''}${identifier.value}`;
}

function noAuthorizations({ url }: AcmeOrder): CertdeskError {
  const message = 'The order of the CA has no authorizations, so Certdesk cannot validate anything.';
  return new CertdeskError('ACME_PROTOCOL_ERROR', message, { url });
}

/** If the CA omits the name, it is the one at the same position in the order, whose lists correspond. */
function withName(
  answer: AcmeAuthorization,
  index: number,
  { order, spec }: { readonly order: AcmeOrder; readonly spec: Pick<IssuanceSpec, 'names'> },
): Named {
  const ordered = order.identifiers.length > 0 ? order.identifiers.map(({ value }) => value) : spec.names;
  const placed = ordered.length === order.authorizations.length ? ordered[index] : undefined;
  const value = answer.identifier?.value ?? placed;
  if (value === undefined) {
    const message = 'The authorization of the CA does not say which name it is for.';
    throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url: answer.url });
  }
  const wildcard = answer.wildcard || value.startsWith('*.');
  const type = answer.identifier?.type ?? toIdentifier(value).type;
  return { ...answer, wildcard, identifier: { type, value: value.replace(/^\*\./, '') } };
}

/**
 * Marks wildcard authorizations if the CA omits `wildcard` (RFC 8555 section 7.1.4): if only `*.NAME` was ordered,
 * its authorization; if both were ordered, the second one.
 */
function markWildcards(authorizations: readonly Named[], ordered: readonly string[]): readonly Named[] {
  return authorizations.map((authorization, index) => {
    const name = authorization.identifier.value.toLowerCase();
    const ofName = (other: Named): boolean => other.identifier.value.toLowerCase() === name;
    if (!ordered.includes(`*.${name}`) || authorizations.some((each) => ofName(each) && each.wildcard)) {
      return authorization;
    }
    const isSecond = authorizations.slice(0, index).some(ofName);
    return { ...authorization, wildcard: isSecond || !ordered.includes(name) };
  });
}

async function refuseUnusable(authorizations: readonly Named[], context: Failing): Promise<void> {
  const unusable = authorizations.find(({ status }) => status !== 'pending' && status !== 'valid');
  if (unusable === undefined) return;
  if (unusable.challenges.some(({ error }) => error !== undefined)) await refuseFailed([unusable], context);
  throw new CertdeskError('ACME_REJECTED', `The authorization of ${nameOf(unusable)} is ${unusable.status}`);
}

/** Selects the challenge of the requested type. Others, including unknown ones, are skipped. */
function selectChallenge(
  authorization: Named,
  type: ChallengeSolver['type'],
  { session, orderState, accountUrl }: Proof,
): Pending {
  const challenge = authorization.challenges.find((offered) => offered.type === type);
  const name = nameOf(authorization);
  const isPersist = type === 'dns-persist-01';
  const token = challenge?.token ?? (isPersist ? '' : undefined);
  if (challenge === undefined || token === undefined) {
    const isIp = authorization.identifier.type === 'ip';
    const noDns =
      isIp && (type === 'dns-01' || isPersist)
        ? '. An IP address cannot be validated by DNS: request it with http-01 or tls-alpn-01'
        : '';
    const offered = authorization.challenges.slice(0, 20).map(({ type }) => type.slice(0, 100));
    throw new CertdeskError(
      'CHALLENGE_UNAVAILABLE',
      `The CA offers no ${type} challenge for ${name} (it offers ${offered.join(', ')})${noDns}`,
      { name, offered },
    );
  }
  const stored = orderState.order.challenges.find(({ challengeUrl }) => challengeUrl === challenge.url);
  const record: ChallengeRecord = stored ?? {
    authorizationUrl: authorization.url,
    challengeUrl: challenge.url,
    type,
    identifier: authorization.identifier.value,
    wildcard: authorization.wildcard,
    token,
    keyAuthorization: isPersist ? '' : session.keyAuthorization(token),
    ...(isPersist ? { persist: { issuers: challenge.issuerDomainNames ?? [], accountUri: accountUrl } } : {}),
    state: 'presenting',
    ref: null,
  };
  return { name, authorization, challenge, record };
}

async function present({ record }: Pending, solver: ChallengeSolver, proof: Proof): Promise<void> {
  const { orderState, signal } = proof;
  await solver.present(current(record, orderState), context(proof, record));
  signal.throwIfAborted();
  orderState.stageChallenge({ ...current(record, orderState), state: 'presented' });
}

/** The record as last saved: a solver may have stored its reference since. */
function current(record: ChallengeRecord, orderState: ProofOrder): ChallengeRecord {
  return (
    orderState.order.challenges.find(({ challengeUrl }) => challengeUrl === record.challengeUrl) ?? record
  );
}

function context(
  { orderState, signal }: Pick<Proof, 'orderState' | 'signal'>,
  record: ChallengeRecord | null,
): SolverContext {
  return {
    signal,
    report: (step, message, data = null) => {
      orderState.reportStep(isStep(step) ? step : 'challenge', message, data);
    },
    async save(ref) {
      if (record !== null) await orderState.saveChallenge({ ...current(record, orderState), ref });
    },
  };
}

interface Failing {
  readonly solver: ChallengeSolver;
  readonly proof: Pick<Proof, 'orderState' | 'signal'>;
}

async function refuseFailed(settled: readonly Named[], { solver, proof }: Failing): Promise<void> {
  const { type } = solver;
  const failed = settled.filter(({ status }) => status !== 'valid');
  const failures = await Promise.all(
    failed.map(async (authorization) => {
      const { status, challenges } = authorization;
      const withError = challenges.filter(({ error }) => error !== undefined);
      const challenge = withError.find((one) => one.type === type) ?? withError[0];
      const problem = challenge?.error ?? null;
      const hasReason = problem !== null && describeProblem(problem) !== null;
      const explanation = hasReason
        ? advice(problem, challenge?.type ?? type)
        : await explain(authorization, solver, proof);
      return { name: nameOf(authorization), status, problem, advice: explanation };
    }),
  );
  const [first] = failures;
  if (first === undefined) return;
  throw new CertdeskError(
    'CHALLENGE_FAILED',
    `${type.toUpperCase()} challenge failed: Could not verify domain ownership`,
    {
      challengeType: type,
      directoryUrl: proof.orderState.order.directoryUrl,
      problem: first.problem,
      failures,
    },
  );
}

/** If the CA gives no reason, Certdesk requests the challenge itself while it is still presented. */
async function explain(
  { url }: AcmeAuthorization,
  solver: ChallengeSolver,
  { orderState, signal }: Pick<Proof, 'orderState' | 'signal'>,
): Promise<string> {
  const task = orderState.order.challenges.find(({ authorizationUrl }) => authorizationUrl === url);
  const seen = task === undefined ? undefined : await solver.explain?.(task, signal);
  if (seen === undefined) return 'The CA gave no reason.';
  return `The CA gave no reason. Certdesk requested the challenge itself: ${seen}`;
}

/** What the user can do, by the CA's error type (RFC 8555 section 6.7). */
function advice(problem: AcmeProblem, type: string): string {
  const kind = problem.type.split(':').at(-1) ?? '';
  if (kind === 'caa') return 'A CAA record forbids this CA. Add one that allows it.';
  if (kind === 'rateLimited') return 'Wait as long as the CA says, then try again.';
  if (type === 'dns-01') {
    return 'The CA did not find the TXT record. Check that this DNS provider hosts the zone.';
  }
  if (type === 'dns-persist-01') {
    return 'The CA does not accept the TXT record at _validation-persist. Compare it with the record that Certdesk shows.';
  }
  if (kind === 'dns') return 'The name does not resolve. Add an A or AAAA record that points to this server.';
  if (kind === 'connection') {
    return `The CA could not connect. Check that the name points to this server and that port ${type === 'tls-alpn-01' ? 443 : 80} is open or forwarded to Certdesk.`;
  }
  if (type === 'tls-alpn-01') {
    return 'Another TLS server answered on port 443. Forward the connection to Certdesk without ending TLS.';
  }
  return 'Another web server answered. Forward /.well-known/acme-challenge/ to Certdesk.';
}

/**
 * Cleans up what was presented; `flush` stores the result. A failure is logged and stays in the order for a retry. It
 * does not fail the job.
 */
export async function cleanUp(
  deps: { readonly log: Log },
  { solver }: Pick<Task, 'solver'>,
  orderState: ProofOrder,
): Promise<void> {
  const remaining = orderState.order.challenges.filter(({ state }) => state !== 'cleaned');
  await mapConcurrent(remaining, { limit: CONCURRENCY }, async (record) => {
    const signal = AbortSignal.timeout(CLEAN_UP_MS);
    try {
      await solver.cleanUp(record, context({ orderState, signal }, record));
      orderState.stageChallenge({ ...current(record, orderState), state: 'cleaned' });
    } catch (error) {
      deps.log.warn(
        { jobId: orderState.order.jobId, identifier: record.identifier, err: error },
        'Clean-up failed',
      );
      const message = `The challenge for ${record.identifier} could not be cleaned up; retrying later`;
      orderState.reportStep('clean-up', message);
    }
  });
}

const CLEAN_UP_MS = 60_000;
