// Follows an order whose CSR was sent until the CA has issued the certificate or says `invalid`: nothing else that a CA
// answers, and no failure on the way to it, means that the certificate will not come.
import type { AcmeCertificate, AcmeOrder, AcmeSession } from '../acme/contract.ts';
import {
  createFailureStreak,
  type FailedRequest,
  isFailedRequest,
  problemIn,
  TOLERATED_MS,
} from '../acme/failure-streak.ts';
import { poll } from '../acme/poll.ts';
import { isRefusal } from '../acme/problem.ts';
import { isUnknownResource } from '../acme/replica-lag.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Timing } from '../core/timing.ts';
import type { OrderState } from './order-state.ts';

export interface Following {
  readonly session: AcmeSession;
  readonly orderState: OrderState;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly pace: Timing;
}

/** How long a valid order may be without the address of its certificate. */
const NO_CERTIFICATE_MS = 60_000;
/** How long the certificate of a valid order is asked for: some CAs hand it out minutes later, by answering 403. */
const DOWNLOAD_MS = 5 * 60_000;

/**
 * @param readyFrom By `pace`: from when on `ready` is believed. Before that it may be what the order was before the CSR
 * came, read from a replica that has not heard of it.
 * @returns an order that is `invalid`, `valid` with the address of its certificate, or `ready` for good.
 * @throws ACME_TIMEOUT with the last problem seen; what the CA answered to every request for half a minute.
 */
export async function followOrder(
  order: AcmeOrder,
  { session, orderState, signal, deadline, pace }: Following,
  readyFrom: number,
): Promise<AcmeOrder> {
  // It is believed in time for the CSR to be sent once more.
  const believeFrom = Math.min(readyFrom, (pace.now() + deadline) / 2);
  const isFinal = (now: AcmeOrder): boolean =>
    now.status === 'invalid' ||
    (now.status === 'valid' && now.certificate !== undefined) ||
    (now.status === 'ready' && pace.now() >= believeFrom);
  if (isFinal(order)) return order;
  const failures = createFailureStreak(orderState, pace);
  let validSince: number | null = null;
  const ask = async (): Promise<AcmeOrder | FailedRequest> => {
    const answer = await session.getOrder(order.url).catch((cause: unknown) => {
      signal.throwIfAborted();
      if (isRefusal(cause, 'accountDoesNotExist')) throw cause;
      return failures.tolerate(cause, TOLERATED_MS);
    });
    if (isFailedRequest(answer)) return answer;
    failures.end();
    if (answer.status === 'processing' && answer.error !== undefined) failures.reportProblem(answer.error);
    if (answer.status !== 'valid' || answer.certificate !== undefined) return answer;
    validSince ??= pace.now();
    if (pace.now() - validSince > NO_CERTIFICATE_MS) {
      const message = 'The order is valid, but the CA does not say where its certificate is.';
      throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url: order.url });
    }
    return answer;
  };
  const answer = await poll(ask, (now) => !isFailedRequest(now) && isFinal(now), {
    signal,
    deadline,
    pace,
    what: 'issuance of the certificate',
    askedMs: order.retryAfterMs,
    problemOf: (now) => (isFailedRequest(now) ? problemIn(now.error) : now.error),
  });
  if (isFailedRequest(answer)) throw answer.error; // never: it is not final
  return answer;
}

/** @throws what the CA answers to every request for minutes; at once where it has forgotten the account. */
export async function downloadCertificate(
  url: string,
  preferredChain: string | undefined,
  { session, orderState, signal, deadline, pace }: Following,
): Promise<AcmeCertificate> {
  const failures = createFailureStreak(orderState, pace);
  type Answer = { readonly certificate: AcmeCertificate; readonly retryAfterMs: null } | FailedRequest;
  const ask = async (): Promise<Answer> => {
    try {
      return { certificate: await session.getCertificate(url, preferredChain), retryAfterMs: null };
    } catch (cause) {
      signal.throwIfAborted();
      if (isRefusal(cause, 'accountDoesNotExist')) throw cause;
      return failures.tolerate(cause, isUnknownResource(cause) ? TOLERATED_MS : DOWNLOAD_MS);
    }
  };
  const first = await ask();
  if (!isFailedRequest(first)) return first.certificate;
  const answer = await poll(ask, (now) => !isFailedRequest(now), {
    signal,
    deadline,
    pace,
    what: 'download of the certificate',
    askedMs: first.retryAfterMs,
    problemOf: (now) => (isFailedRequest(now) ? problemIn(now.error) : undefined),
  });
  if (isFailedRequest(answer)) throw answer.error; // never: it is not final
  return answer.certificate;
}
