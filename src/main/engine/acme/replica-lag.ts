// A CA of several machines may not know yet what it has just created: "No such authorization" right after the answer
// that named it (seen at Let's Encrypt). Such requests come again for some seconds before the answer is believed.
import { CertdeskError } from '../core/errors.ts';
import type { Timing } from '../core/timing.ts';
import type { AcmeSession } from './contract.ts';
import { type AnswerDetails, isRefusal } from './problem.ts';

/** In ms; eight seconds in all. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000] as const;

interface Waiting {
  readonly pace: Timing;
  readonly signal: AbortSignal;
}

/** The session, with every request for what was created before sent again while the CA does not know of it. */
export function tolerateReplicaLag(session: AcmeSession, waiting: Waiting): AcmeSession {
  const patiently = <T>(ask: () => Promise<T>): Promise<T> => askUntilKnown(ask, waiting);
  return {
    ...session,
    getOrder: (url) => patiently(() => session.getOrder(url)),
    getAuthorization: (url) => patiently(() => session.getAuthorization(url)),
    completeChallenge: (url) => patiently(() => session.completeChallenge(url)),
    finalizeOrder: (order, csr) => patiently(() => session.finalizeOrder(order, csr)),
  };
}

/** @param ask A request that changes nothing where it is answered by "not found". */
async function askUntilKnown<T>(ask: () => Promise<T>, { pace, signal }: Waiting): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnknownResource(error)) throw error;
      await pace.pause(pause, signal);
    }
  }
  return ask();
}

/** Whether the CA says that there is no such thing, not that there is no such account. */
export function isUnknownResource(error: unknown): boolean {
  if (!(error instanceof CertdeskError) || error.code !== 'ACME_REJECTED') return false;
  if (isRefusal(error, 'accountDoesNotExist')) return false;
  const status = (error.details as AnswerDetails | undefined)?.status;
  return status === 404 || status === 410;
}
