// Asks a CA again and again until something is final, at the pace that the CA asks for.
import { CertdeskError } from '../core/errors.ts';
import { retryAfterDetail } from '../core/retry-after.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import type { AcmeProblem } from './contract.ts';
import { describeProblem } from './problem.ts';

export interface Polling<T> {
  readonly signal: AbortSignal;
  /** When to give up, by `pace`. */
  readonly deadline: number;
  readonly pace?: Timing;
  /** Retry-After of the answer that this follows, ms from now; null, the default: the CA did not send one. */
  readonly askedMs?: number | null;
  /** For the error: `validation of example.com`. */
  readonly what: string;
  /** What an answer that is not final says has gone wrong so far; the last one is part of ACME_TIMEOUT. */
  readonly problemOf?: (answer: T) => AcmeProblem | undefined;
}

/** A CA that says `Retry-After: 0` is not asked without a pause. */
const SHORTEST_ASKED_MS = 100;
const notHammering = (askedMs: number): number => Math.max(askedMs, SHORTEST_ASKED_MS);

const FIRST_MS = 10;
const LONGEST_MS = 2_000;

/** The poll interval after so much waiting, without a Retry-After: 10, 20, 40, 80 ms and so on, 2 s at most. */
function nextWait(waitedMs: number): number {
  return Math.min(waitedMs + FIRST_MS, LONGEST_MS);
}

/**
 * Polls at the CA's Retry-After (RFC 8555 sections 7.4 and 7.5.1). Without one, the interval starts at 10 ms and doubles
 * to 2 s.
 * @throws ACME_TIMEOUT when the next look would be after the deadline; whatever `ask` throws; the abort's reason.
 */
export async function poll<T extends { readonly retryAfterMs: number | null }>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  { signal, deadline, what, problemOf, pace = REAL_TIMING, askedMs = null }: Polling<T>,
): Promise<T> {
  let waited = 0;
  let wait = askedMs === null ? nextWait(waited) : notHammering(askedMs);
  let problem: AcmeProblem | undefined;
  for (;;) {
    if (pace.now() + wait > deadline) throw notInTime(what, problem, wait);
    await pace.pause(wait, signal);
    waited += wait;
    const answer = await ask();
    if (isFinal(answer)) return answer;
    problem = problemOf?.(answer) ?? problem;
    const { retryAfterMs } = answer;
    wait = retryAfterMs === null ? nextWait(waited) : notHammering(retryAfterMs);
  }
}

function notInTime(what: string, problem: AcmeProblem | undefined, waitMs: number): CertdeskError {
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

/** Whether it is `poll` that gave up: asking again at once would only be asking again. */
export function isDeadline({ details }: CertdeskError): boolean {
  return typeof details === 'object' && details !== null && Reflect.get(details, 'deadline') === true;
}
