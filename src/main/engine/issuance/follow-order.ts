// Follows an order after its CSR was sent, until the CA has issued the certificate or reports `invalid`. No other
// response and no failed request means that the certificate will not come.
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
  readonly timing: Timing;
}

/** How long a valid order may lack the URL of its certificate. */
const NO_CERTIFICATE_MS = 60_000;
/** How long the certificate of a valid order is requested: some CAs respond with 403 for minutes. */
const DOWNLOAD_MS = 5 * 60_000;

/**
 * Polls the order until it is final.
 * @param readyFrom Time, by `timing`, from which `ready` counts. Earlier it may be the state before the CSR arrived,
 * read from a replica that lags behind.
 * @returns an order that is `invalid`, `valid` with the URL of its certificate, or `ready` for good
 * @throws ACME_TIMEOUT with the last problem; the CA's error if every request fails for half a minute
 */
export async function followOrder(
  order: AcmeOrder,
  { session, orderState, signal, deadline, timing }: Following,
  readyFrom: number,
): Promise<AcmeOrder> {
  // `ready` counts early enough to send the CSR again before the deadline.
  const trustReadyFrom = Math.min(readyFrom, (timing.now() + deadline) / 2);
  const isFinal = (now: AcmeOrder): boolean =>
    now.status === 'invalid' ||
    (now.status === 'valid' && now.certificate !== undefined) ||
    (now.status === 'ready' && timing.now() >= trustReadyFrom);
  if (isFinal(order)) return order;
  const failures = createFailureStreak(orderState, timing);
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
    validSince ??= timing.now();
    if (timing.now() - validSince > NO_CERTIFICATE_MS) {
      const message = 'The order is valid, but the CA does not say where its certificate is.';
      throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url: order.url });
    }
    return answer;
  };
  const answer = await poll(ask, (now) => !isFailedRequest(now) && isFinal(now), {
    signal,
    deadline,
    timing,
    what: 'issuance of the certificate',
    askedMs: order.retryAfterMs,
    problemOf: (now) => (isFailedRequest(now) ? problemIn(now.error) : now.error),
  });
  if (isFailedRequest(answer)) throw answer.error; // never: it is not final
  return answer;
}

/**
 * Downloads the certificate.
 * @throws the CA's error if every request fails for minutes; immediately if the CA has lost the account
 */
export async function downloadCertificate(
  url: string,
  preferredChain: string | undefined,
  { session, orderState, signal, deadline, timing }: Following,
): Promise<AcmeCertificate> {
  const failures = createFailureStreak(orderState, timing);
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
    timing,
    what: 'download of the certificate',
    askedMs: first.retryAfterMs,
    problemOf: (now) => (isFailedRequest(now) ? problemIn(now.error) : undefined),
  });
  if (isFailedRequest(answer)) throw answer.error; // never: it is not final
  return answer.certificate;
}
