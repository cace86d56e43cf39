// Asks a CA again and again until something is final, at the pace that the CA asks for.
import { CertdeskError } from '../errors.ts';
import { type Pace, REAL_PACE } from '../pace.ts';

export interface Polling {
  readonly signal: AbortSignal;
  /** When to give up, by `pace`. */
  readonly deadline: number;
  readonly pace?: Pace;
  /** For the error: `validation of example.com`. */
  readonly what: string;
}

/** The first look comes this soon: a CA that is quick is not waited for. */
const FIRST_MS = 50;
const GROWING_FROM_MS = 100;
const LONGEST_MS = 5_000;

/**
 * Every answer's Retry-After is honoured (RFC 8555 sections 7.4 and 7.5.1); without one the wait begins at 100 ms and
 * grows by half to 5 s.
 * @throws ACME_TIMEOUT when the next look would be after the deadline; whatever `ask` throws; the abort's reason.
 */
export async function poll<T extends { readonly retryAfterMs: number | null }>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  { signal, deadline, what, pace = REAL_PACE }: Polling,
): Promise<T> {
  let own = GROWING_FROM_MS;
  let wait = FIRST_MS;
  for (;;) {
    if (pace.now() + wait > deadline) {
      throw new CertdeskError('ACME_TIMEOUT', `The CA did not finish in time (${what}). Try again later`, {
        deadline: true,
      });
    }
    await pace.pause(wait, signal);
    const answer = await ask();
    if (isFinal(answer)) return answer;
    // A CA that says 0 is not asked without a pause.
    wait = Math.max(answer.retryAfterMs ?? own, GROWING_FROM_MS);
    own = Math.min(own * 1.5, LONGEST_MS);
  }
}

/** Whether it is `poll` that gave up: asking again at once would only be asking again. */
export function isDeadline({ details }: CertdeskError): boolean {
  return typeof details === 'object' && details !== null && Reflect.get(details, 'deadline') === true;
}
