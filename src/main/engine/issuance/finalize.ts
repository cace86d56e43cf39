// Sends the CSR of an order (RFC 8555 section 7.4) and follows what comes of it.
import type { AcmeOrder } from '../acme/contract.ts';
import { poll } from '../acme/poll.ts';
import { type AnswerDetails, isRefusal } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import { type Following, followOrder } from './follow-order.ts';

/** How long an order whose CSR the CA has accepted may read `ready` before that is believed. */
const READY_AFTER_ACCEPTED_MS = 10_000;
/** Before the CSR is sent again to a CA that says orderNotReady of an order that reads `ready`. */
const NOT_READY_MS = [500, 2_000, 5_000] as const;

interface Finalizing extends Following {
  /** PEM. */
  readonly csr: string;
}

/**
 * An order whose names are all proved is ready, so it is not asked for before the CSR is sent. Where the CA was not that
 * far yet (orderNotReady) it is waited for, and the CSR is sent again. Where the answer is lost, or is a refusal
 * though the CSR may have come before, the order itself tells what became of it.
 * @returns the order when it is final: `valid` with the address of its certificate, or `invalid`.
 * @throws what the CA said to the CSR, where the order says no more than that; what followOrder throws.
 */
export async function finalizeOrder(order: AcmeOrder, task: Finalizing, repeats = 0): Promise<AcmeOrder> {
  const { session, orderState, signal, pace, csr } = task;
  const mayHaveCome = orderState.order.finalizedAt !== null;
  const mark = await orderState.markFinalized();
  orderState.reportStep('finalize', 'CSR sent');
  const accepted = await session.finalizeOrder(order, csr).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof CertdeskError) return error;
    throw error;
  });
  if (!(accepted instanceof CertdeskError)) {
    const final = await followOrder(accepted, task, pace.now() + READY_AFTER_ACCEPTED_MS);
    if (final.status === 'ready') throw takenBack();
    return final;
  }
  const error = accepted;
  const now = await session.getOrder(order.url);
  const refused = isRefused(error);
  const notReady = isRefusal(error, 'orderNotReady');
  if (now.status === 'invalid' && now.error === undefined && refused && !notReady) {
    orderState.release();
    throw error; // the CA's reason: the order says none
  }
  if (now.status !== 'ready' && now.status !== 'pending') return followOrder(now, task, pace.now());
  if (!refused) throw error; // the walk begins again, and finds out whether it has come
  if (mayHaveCome) {
    const later = await followOrder(now, task, pace.now() + READY_AFTER_ACCEPTED_MS);
    if (later.status !== 'ready') return later;
    if (!notReady) mark.clear();
    throw error;
  }
  mark.clear(); // the CA has not taken it, and none was sent before
  const pause = NOT_READY_MS[repeats];
  if (!notReady || pause === undefined) throw error;
  const ready = now.status === 'pending' ? await untilProved(now, task) : now;
  if (ready.status !== 'ready') return followOrder(ready, task, pace.now());
  if (now.status === 'ready') await pace.pause(pause, signal);
  return finalizeOrder(ready, task, repeats + 1);
}

/**
 * Whether the CA has answered that it does not take the CSR: not that it failed, that nothing came, or that somebody in
 * between (a proxy) has answered in its place.
 */
function isRefused({ code, details }: CertdeskError): boolean {
  const status = (details as AnswerDetails | undefined)?.status ?? 0;
  return (code === 'ACME_REJECTED' || code === 'ACME_RATE_LIMITED') && status >= 400 && status < 500;
}

/** A CA whose issuance has failed may take the order back; walked again, it is finalized with the same key. */
function takenBack(): CertdeskError {
  return new CertdeskError(
    'ACME_UNAVAILABLE',
    'The CA did not issue the certificate: the order is ready again',
  );
}

function untilProved(order: AcmeOrder, task: Finalizing): Promise<AcmeOrder> {
  const { session, signal, deadline, pace } = task;
  return poll(
    () => session.getOrder(order.url),
    ({ status }) => status !== 'pending',
    {
      signal,
      deadline,
      pace,
      what: 'validation of the order',
      askedMs: order.retryAfterMs,
      problemOf: ({ error }) => error,
    },
  );
}
