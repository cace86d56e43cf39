// Polls a CA until an order, authorization or challenge is final, at the interval that the CA requests.
import { CertdeskError } from '../core/errors.ts';
import { retryAfterDetail } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import type { AcmeProblem } from './contract.ts';
import { describeProblem } from './problem.ts';

export interface Polling<T> {
  readonly signal: AbortSignal;
  /** When to give up, in milliseconds of `timing.now()`. */
  readonly deadline: number;
  readonly timing?: Timing;
  /** Retry-After of the previous response, in milliseconds from now; null (the default) if it had none. */
  readonly askedMs?: number | null;
  /** For error messages: `validation of example.com`. */
  readonly what: string;
  /** The problem in a response that is not final; ACME_TIMEOUT includes the last one. */
  readonly problemOf?: (answer: T) => AcmeProblem | undefined;
}

/** The interval for `Retry-After: 0`, so that Certdesk does not flood the CA. */
const SHORTEST_ASKED_MS = 100;
const atLeastShortest = (askedMs: number): number => Math.max(askedMs, SHORTEST_ASKED_MS);

const FIRST_MS = 2;
const LONGEST_MS = 2_000;

/** The wait without a Retry-After, so that polls come 2, 4, 8, 16 ms and so on after the first wait began. */
function nextWait(waitedMs: number): number {
  return Math.min(Math.max(waitedMs, FIRST_MS), LONGEST_MS);
}

/**
 * Polls at the CA's Retry-After (RFC 8555 sections 7.4 and 7.5.1). Without one, it polls after
 * 2, 4, 8, 16 ms and so on, and at least every 2 s.
 * @throws ACME_TIMEOUT if the next request would be after the deadline; any error of `ask`; the reason of `signal`
 */
export async function poll<T extends { readonly retryAfterMs: number | null }>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  { signal, deadline, what, problemOf, timing = REAL_TIMING, askedMs = null }: Polling<T>,
): Promise<T> {
  let waited = 0;
  let wait = askedMs === null ? nextWait(waited) : atLeastShortest(askedMs);
  let problem: AcmeProblem | undefined;
  for (;;) {
    if (timing.now() + wait > deadline) throw timeoutError(what, problem, wait);
    await timing.pause(wait, signal);
    waited += wait;
    const answer = await ask();
    if (isFinal(answer)) return answer;
    problem = problemOf?.(answer) ?? problem;
    const { retryAfterMs } = answer;
    wait = retryAfterMs === null ? nextWait(waited) : atLeastShortest(retryAfterMs);
  }
}

function timeoutError(what: string, problem: AcmeProblem | undefined, waitMs: number): CertdeskError {
  const said = problem === undefined ? null : describeProblem(problem);
  const last = said === null ? '' : ` The last problem that it reported: ${said}.`;
  return new CertdeskError(
    'ACME_TIMEOUT',
    `The CA did not finish in time (${what}).${last} Try again later`,
    {
      deadline: true,
      ...retryAfterDetail(waitMs),
      ...(problem === undefined ? {} : { problem }),
    },
  );
}

/** Whether `poll` gave up at its deadline. An immediate retry of the job would time out again. */
export function isDeadline({ details }: CertdeskError): boolean {
  return typeof details === 'object' && details !== null && Reflect.get(details, 'deadline') === true;
}
