// Tolerates replication lag at CAs: a replica may answer "No such authorization" right after another one has created it
// (seen at Let's Encrypt). Such requests are repeated for a few seconds before the response is trusted.
import { CertdeskError } from '../core/errors.ts';
import type { Timing } from '../core/timing.ts';
import type { AcmeSession } from './contract.ts';
import { type AnswerDetails, isRefusal } from './problem.ts';

/** About eight seconds in total. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000] as const;

interface Waiting {
  readonly timing: Timing;
  readonly signal: AbortSignal;
}

/** Wraps a session so that requests for existing resources are repeated while the CA does not find them. */
export function tolerateReplicaLag(session: AcmeSession, waiting: Waiting): AcmeSession {
  const retry = <T>(ask: () => Promise<T>): Promise<T> => askUntilKnown(ask, waiting);
  return {
    ...session,
    getOrder: (url) => retry(() => session.getOrder(url)),
    getAuthorization: (url) => retry(() => session.getAuthorization(url)),
    completeChallenge: (url) => retry(() => session.completeChallenge(url)),
    finalizeOrder: (order, csr) => retry(() => session.finalizeOrder(order, csr)),
  };
}

/** @param ask A request that has no effect if the response is "not found". */
async function askUntilKnown<T>(ask: () => Promise<T>, { timing, signal }: Waiting): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnknownResource(error)) throw error;
      await timing.pause(pause, signal);
    }
  }
  return ask();
}

/** Whether the CA does not find a resource other than the account. */
export function isUnknownResource(error: unknown): boolean {
  if (!(error instanceof CertdeskError) || error.code !== 'ACME_REJECTED') return false;
  if (isRefusal(error, 'accountDoesNotExist')) return false;
  const status = (error.details as AnswerDetails | undefined)?.status;
  return status === 404 || status === 410;
}
