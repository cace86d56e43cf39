// Follows an order whose CSR was sent until the CA has issued the certificate or says `invalid`: nothing else that a CA
// answers, and no failure on the way to it, means that the certificate will not come.
import type { AcmeCertificate, AcmeOrder, AcmeProblem, AcmeSession } from '../acme/contract.ts';
import { poll } from '../acme/poll.ts';
import { describeProblem, isRefusal } from '../acme/problem.ts';
import { isUnknownResource } from '../acme/replica-lag.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { Pace } from '../core/timing.ts';
import type { OrderKeeper } from './order-state.ts';

export interface Following {
  readonly session: AcmeSession;
  readonly keeper: OrderKeeper;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly pace: Pace;
}

/** How long failed requests are repeated before the job fails; the next job follows the same order. */
export const TROUBLE_MS = 30_000;
/** How long a valid order may be without the address of its certificate. */
const NO_CERTIFICATE_MS = 60_000;
/** How long the certificate of a valid order is asked for: some CAs hand it out minutes later, by answering 403. */
const DOWNLOAD_MS = 5 * 60_000;

/** A failure on the way to the answer, in place of one. */
interface Trouble {
  readonly error: CertdeskError;
  readonly retryAfterMs: number | null;
}
const isTrouble = (answer: object): answer is Trouble =>
  'error' in answer && answer.error instanceof CertdeskError;

/**
 * @param readyFrom By `pace`: from when on `ready` is believed. Before that it may be what the order was before the CSR
 * came, read from a replica that has not heard of it.
 * @returns an order that is `invalid`, `valid` with the address of its certificate, or `ready` for good.
 * @throws ACME_TIMEOUT with the last problem seen; what the CA answered to every request for half a minute.
 */
export async function followOrder(
  order: AcmeOrder,
  { session, keeper, signal, deadline, pace }: Following,
  readyFrom: number,
): Promise<AcmeOrder> {
  // It is believed in time for the CSR to be sent once more.
  const believeFrom = Math.min(readyFrom, (pace.now() + deadline) / 2);
  const isFinal = (now: AcmeOrder): boolean =>
    now.status === 'invalid' ||
    (now.status === 'valid' && now.certificate !== undefined) ||
    (now.status === 'ready' && pace.now() >= believeFrom);
  if (isFinal(order)) return order;
  const trouble = createTrouble(keeper, pace);
  let validSince: number | null = null;
  const ask = async (): Promise<AcmeOrder | Trouble> => {
    const answer = await session.getOrder(order.url).catch((cause: unknown) => {
      signal.throwIfAborted();
      if (isRefusal(cause, 'accountDoesNotExist')) throw cause;
      return trouble.of(cause, TROUBLE_MS);
    });
    if (isTrouble(answer)) return answer;
    trouble.over();
    if (answer.status === 'processing' && answer.error !== undefined) trouble.report(answer.error);
    if (answer.status !== 'valid' || answer.certificate !== undefined) return answer;
    validSince ??= pace.now();
    if (pace.now() - validSince > NO_CERTIFICATE_MS) {
      const message = 'The order is valid, but the CA does not say where its certificate is.';
      throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url: order.url });
    }
    return answer;
  };
  const answer = await poll(ask, (now) => !isTrouble(now) && isFinal(now), {
    signal,
    deadline,
    pace,
    what: 'issuance of the certificate',
    askedMs: order.retryAfterMs,
    problemOf: (now) => (isTrouble(now) ? problemIn(now.error) : now.error),
  });
  if (isTrouble(answer)) throw answer.error; // never: it is not final
  return answer;
}

/** @throws what the CA answers to every request for minutes; at once where it has forgotten the account. */
export async function downloadCertificate(
  url: string,
  preferredChain: string | undefined,
  { session, keeper, signal, deadline, pace }: Following,
): Promise<AcmeCertificate> {
  const trouble = createTrouble(keeper, pace);
  type Answer = { readonly certificate: AcmeCertificate; readonly retryAfterMs: null } | Trouble;
  const ask = async (): Promise<Answer> => {
    try {
      return { certificate: await session.getCertificate(url, preferredChain), retryAfterMs: null };
    } catch (cause) {
      signal.throwIfAborted();
      if (isRefusal(cause, 'accountDoesNotExist')) throw cause;
      return trouble.of(cause, isUnknownResource(cause) ? TROUBLE_MS : DOWNLOAD_MS);
    }
  };
  const first = await ask();
  if (!isTrouble(first)) return first.certificate;
  const answer = await poll(ask, (now) => !isTrouble(now), {
    signal,
    deadline,
    pace,
    what: 'download of the certificate',
    askedMs: first.retryAfterMs,
    problemOf: (now) => (isTrouble(now) ? problemIn(now.error) : undefined),
  });
  if (isTrouble(answer)) throw answer.error; // never: it is not final
  return answer.certificate;
}

const givenUp = new WeakSet<CertdeskError>();

/** Whether it was thrown after it had been waited out: to begin again at once would only be more of the same. */
export function isGivenUp(error: CertdeskError): boolean {
  return givenUp.has(error);
}

/** Failures in a row: each kind is reported once, and thrown when there has been nothing else for too long. */
export function createTrouble(keeper: OrderKeeper, pace: Pace) {
  let since: number | null = null;
  let reported = '';
  const report = (problem: AcmeProblem, message: string, code: string | null): void => {
    if (message !== reported) {
      keeper.tell('retry', message, { code, problem: JSON.parse(JSON.stringify(problem)) });
    }
    reported = message;
  };
  return {
    over() {
      since = null;
    },
    /** Of an order that the CA is still at work on. */
    report(problem: AcmeProblem) {
      const said = describeProblem(problem) ?? 'it gives no reason';
      report(problem, `The CA reports a problem with the order: ${said}`, null);
    },
    of(cause: unknown, within: number): Trouble {
      const error = toCertdeskError(cause);
      since ??= pace.now();
      const askedMs = retryAfterOf(error);
      if (error.code === 'INTERNAL' || pace.now() + (askedMs ?? 0) - since > within) {
        givenUp.add(error);
        throw error;
      }
      report(problemIn(error), `${error.message} The order stays: it is asked for again.`, error.code);
      return { error, retryAfterMs: askedMs };
    },
  };
}

/** What the CA said in the error; our own sentence where it said nothing. */
function problemIn({ details, message }: CertdeskError): AcmeProblem {
  const problem = (details as { problem?: AcmeProblem } | undefined)?.problem;
  if (problem !== undefined && describeProblem(problem) !== null) return problem;
  return { type: 'about:blank', detail: message };
}
