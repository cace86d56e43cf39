// Finalizes an order (RFC 8555 section 7.4): sends the CSR and follows the order afterwards.
import type { AcmeOrder } from '../acme/contract.ts';
import { poll } from '../acme/poll.ts';
import { type AnswerDetails, isRefusal } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import { type Following, followOrder } from './follow-order.ts';

/** How long an order may read `ready` after the CA has accepted the CSR, before Certdesk relies on it. */
const READY_AFTER_ACCEPTED_MS = 10_000;
/** Waits before the CSR is sent again to a CA that reports orderNotReady for an order that reads `ready`. */
const NOT_READY_MS = [500, 2_000, 5_000] as const;

interface Finalizing extends Following {
  /** PEM. */
  readonly csr: string;
}

/**
 * Sends the CSR. An order whose names are all validated is ready, so it is not polled before. If the CA is not ready
 * yet (orderNotReady), Certdesk waits and sends the CSR again. If the response is lost, or is a refusal although an
 * earlier CSR may have arrived, the state of the order decides.
 * @returns the final order: `valid` with the URL of its certificate, or `invalid`
 * @throws the CA's refusal of the CSR if the order gives no better reason; the errors of followOrder
 */
export async function finalizeOrder(order: AcmeOrder, task: Finalizing, repeats = 0): Promise<AcmeOrder> {
  const { session, orderState, signal, timing, csr } = task;
  const mayHaveArrived = orderState.order.finalizedAt !== null;
  const mark = await orderState.markFinalized();
  orderState.reportStep('finalize', 'CSR sent');
  const accepted = await session.finalizeOrder(order, csr).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof CertdeskError) return error;
    throw error;
  });
  if (!(accepted instanceof CertdeskError)) {
    const final = await followOrder(accepted, task, timing.now() + READY_AFTER_ACCEPTED_MS);
    if (final.status === 'ready') throw orderReadyAgain();
    return final;
  }
  const error = accepted;
  const now = await session.getOrder(order.url);
  const refused = isRefused(error);
  const notReady = isRefusal(error, 'orderNotReady');
  if (now.status === 'invalid' && now.error === undefined && refused && !notReady) {
    orderState.release();
    throw error; // it has the CA's reason, which the order omits
  }
  if (now.status !== 'ready' && now.status !== 'pending') return followOrder(now, task, timing.now());
  if (!refused) throw error; // the next attempt finds out whether the CSR arrived
  if (mayHaveArrived) {
    const later = await followOrder(now, task, timing.now() + READY_AFTER_ACCEPTED_MS);
    if (later.status !== 'ready') return later;
    if (!notReady) mark.clear();
    throw error;
  }
  mark.clear(); // the CA has refused the CSR, and none was sent before
  const pause = NOT_READY_MS[repeats];
  if (!notReady || pause === undefined) throw error;
  const ready = now.status === 'pending' ? await waitUntilValidated(now, task) : now;
  if (ready.status !== 'ready') return followOrder(ready, task, timing.now());
  if (now.status === 'ready') await timing.pause(pause, signal);
  return finalizeOrder(ready, task, repeats + 1);
}

/** Whether the CA has refused the CSR, as opposed to a failure, a lost response or the response of a proxy. */
function isRefused({ code, details }: CertdeskError): boolean {
  const status = (details as AnswerDetails | undefined)?.status ?? 0;
  return (code === 'ACME_REJECTED' || code === 'ACME_RATE_LIMITED') && status >= 400 && status < 500;
}

/**
 * A CA may set the order back to `ready` after a failed issuance. The next attempt finalizes it with the same key.
 */
function orderReadyAgain(): CertdeskError {
  return new CertdeskError(
    'ACME_UNAVAILABLE',
    'The CA did not issue the certificate: the order is ready again',
  );
}

function waitUntilValidated(order: AcmeOrder, task: Finalizing): Promise<AcmeOrder> {
  const { session, signal, deadline, timing } = task;
  return poll(
    () => session.getOrder(order.url),
    ({ status }) => status !== 'pending',
    {
      signal,
      deadline,
      timing,
      what: 'validation of the order',
      askedMs: order.retryAfterMs,
      problemOf: ({ error }) => error,
    },
  );
}
