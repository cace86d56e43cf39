// Follows the validation of one name until its authorization is final. A CA may leave a challenge `pending` with an
// error (step-ca, Caddy): then the client says again that it is ready (RFC 8555 section 8.2), a few times.
import type { AcmeAuthorization, AcmeChallenge } from '../acme/contract.ts';
import { createFailureStreak, TOLERATED_MS } from '../acme/failure-streak.ts';
import { poll } from '../acme/poll.ts';
import { describeProblem } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Proof } from './proof.ts';

/** After a failed validation, how long until the challenge is announced again; after the last one it has failed. */
const AGAIN_MS = [5_000, 10_000, 15_000] as const;
const GIVE_UP_MS = 15_000;

interface Followed {
  readonly name: string;
  readonly authorization: Pick<AcmeAuthorization, 'url'>;
  readonly challenge: AcmeChallenge;
}

/**
 * @param lookAt Challenge URL -> when the CA wants it to be looked at, by `pace`; none where it has not said.
 * @returns the authorization as it is when it is final, or `pending` with the error that stays.
 */
export async function followChallenge(
  { name, authorization, challenge }: Followed,
  {
    session,
    orderState,
    signal,
    deadline,
    pace,
    lookAt,
  }: Omit<Proof, 'order' | 'wait'> & { readonly lookAt: ReadonlyMap<string, number> },
): Promise<AcmeAuthorization> {
  let reported = '';
  let repeated = 0;
  let next: number | null = null;
  let isFailed = false;
  const failures = createFailureStreak(orderState, pace);
  const own = ({ challenges }: AcmeAuthorization) => challenges.find(({ url }) => url === challenge.url);

  async function ask(): Promise<AcmeAuthorization> {
    const { url } = authorization;
    const answer = await session.getAuthorization(url).catch((cause: unknown): AcmeAuthorization => {
      signal.throwIfAborted();
      if (!isPassing(cause)) throw cause;
      const { retryAfterMs } = failures.tolerate(cause, TOLERATED_MS);
      return { url, status: 'pending', wildcard: false, challenges: [], retryAfterMs };
    });
    if (own(answer) !== undefined) failures.end();
    const { status, error } = own(answer) ?? {};
    if (answer.status !== 'pending' || error === undefined) return answer;
    const said = describeProblem(error) ?? 'no reason given';
    if (said !== reported) {
      orderState.reportStep('validation', `The CA could not validate ${name} yet: ${said}`, {
        problem: toJson(error),
      });
    }
    reported = said;
    if (status !== 'pending') return answer; // the CA tries again itself
    next ??= pace.now() + AGAIN_MS[0];
    if (pace.now() < next) return answer;
    if (repeated < AGAIN_MS.length) {
      repeated += 1;
      next = pace.now() + (AGAIN_MS[repeated] ?? GIVE_UP_MS);
      orderState.reportStep('validation', `Asking the CA again to validate ${name}`);
      await announceChallenge(session, challenge.url, url);
    } else isFailed = true;
    return answer;
  }

  const isFinal = (answer: AcmeAuthorization): boolean =>
    isFailed || answer.status !== 'pending' || own(answer)?.status === 'invalid';
  return poll(ask, isFinal, {
    signal,
    deadline,
    pace,
    what: `validation of ${name}`,
    askedMs: lookAt.has(challenge.url) ? Math.max(0, (lookAt.get(challenge.url) ?? 0) - pace.now()) : null,
    problemOf: (answer) => own(answer)?.error,
  });
}

/**
 * Tells the CA that it may validate. A refusal counts only where the challenge still waits for that: CAs refuse it for
 * an authorization that was proved, or is being validated, meanwhile.
 * @returns Retry-After in ms from now; null where the CA has not said.
 */
export async function announceChallenge(
  session: Proof['session'],
  url: string,
  authorizationUrl: string,
): Promise<number | null> {
  try {
    return (await session.completeChallenge(url)).retryAfterMs;
  } catch (error) {
    if (!(error instanceof CertdeskError) || error.code !== 'ACME_REJECTED') throw error;
    const now = await session.getAuthorization(authorizationUrl).catch(() => Promise.reject(error));
    const challenge = now.challenges.find((each) => each.url === url);
    if (now.status === 'pending' && challenge?.status === 'pending') throw error;
    return null;
  }
}

/** A rate limit on looking, or a page of somebody in between: the validation goes on behind it. */
function isPassing(cause: unknown): boolean {
  return cause instanceof CertdeskError && ['ACME_RATE_LIMITED', 'ACME_PROTOCOL_ERROR'].includes(cause.code);
}

const toJson = (problem: object) => JSON.parse(JSON.stringify(problem));
