// Follows the validation of one name until its authorization is final. Some CAs leave a challenge `pending` with an
// error (step-ca, Caddy). Certdesk then announces it again (RFC 8555 section 8.2), a few times.
import type { AcmeAuthorization, AcmeChallenge } from '../acme/contract.ts';
import { createFailureStreak, TOLERATED_MS } from '../acme/failure-streak.ts';
import { poll } from '../acme/poll.ts';
import { describeProblem } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Proof } from './proof.ts';

/** Waits before the challenge is announced again; when they are used up, the validation has failed. */
const ANNOUNCE_AGAIN_MS = [5_000, 10_000, 15_000] as const;
const GIVE_UP_MS = 15_000;

interface Followed {
  readonly name: string;
  readonly authorization: Pick<AcmeAuthorization, 'url'>;
  readonly challenge: AcmeChallenge;
}

/**
 * Follows the challenge.
 * @param pollAt Challenge URL -> when the CA wants to be polled (Retry-After), by `timing`; no entry if it did not say.
 * @returns the final authorization, or a `pending` one with the error that persists
 */
export async function followChallenge(
  { name, authorization, challenge }: Followed,
  {
    session,
    orderState,
    signal,
    deadline,
    timing,
    pollAt,
  }: Omit<Proof, 'order' | 'wait'> & { readonly pollAt: ReadonlyMap<string, number> },
): Promise<AcmeAuthorization> {
  let reported = '';
  let repeated = 0;
  let next: number | null = null;
  let isFailed = false;
  const failures = createFailureStreak(orderState, timing);
  const findOwn = ({ challenges }: AcmeAuthorization) => challenges.find(({ url }) => url === challenge.url);

  async function ask(): Promise<AcmeAuthorization> {
    const { url } = authorization;
    const answer = await session.getAuthorization(url).catch((cause: unknown): AcmeAuthorization => {
      signal.throwIfAborted();
      if (!isTransient(cause)) throw cause;
      const { retryAfterMs } = failures.tolerate(cause, TOLERATED_MS);
      return { url, status: 'pending', wildcard: false, challenges: [], retryAfterMs };
    });
    if (findOwn(answer) !== undefined) failures.end();
    const { status, error } = findOwn(answer) ?? {};
    if (answer.status !== 'pending' || error === undefined) return answer;
    const reason = describeProblem(error) ?? 'no reason given';
    if (reason !== reported) {
      orderState.reportStep('validation', `The CA could not validate ${name} yet: ${reason}`, {
        problem: toJson(error),
      });
    }
    reported = reason;
    if (status !== 'pending') return answer; // the CA tries again itself
    next ??= timing.now() + ANNOUNCE_AGAIN_MS[0];
    if (timing.now() < next) return answer;
    if (repeated < ANNOUNCE_AGAIN_MS.length) {
      repeated += 1;
      next = timing.now() + (ANNOUNCE_AGAIN_MS[repeated] ?? GIVE_UP_MS);
      orderState.reportStep('validation', `Asking the CA again to validate ${name}`);
      await announceChallenge(session, challenge.url, url);
    } else isFailed = true;
    return answer;
  }

  const isFinal = (answer: AcmeAuthorization): boolean =>
    isFailed || answer.status !== 'pending' || findOwn(answer)?.status === 'invalid';
  return poll(ask, isFinal, {
    signal,
    deadline,
    timing,
    what: `validation of ${name}`,
    askedMs: pollAt.has(challenge.url) ? Math.max(0, (pollAt.get(challenge.url) ?? 0) - timing.now()) : null,
    problemOf: (answer) => findOwn(answer)?.error,
  });
}

/**
 * Tells the CA that the challenge is ready. A refusal counts only if the challenge is still pending: CAs also refuse
 * if the authorization became valid or is being validated.
 * @returns Retry-After in milliseconds from now; null if the CA did not send it
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

/** A rate limit on polling, or the page of a proxy: the validation continues all the same. */
function isTransient(cause: unknown): boolean {
  return cause instanceof CertdeskError && ['ACME_RATE_LIMITED', 'ACME_PROTOCOL_ERROR'].includes(cause.code);
}

const toJson = (problem: object) => JSON.parse(JSON.stringify(problem));
