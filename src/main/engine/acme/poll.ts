// Asks a CA again and again until something is final, at the pace that the CA asks for.
import { CertdeskError } from '../errors.ts';
import { type Pace, REAL_PACE } from '../pace.ts';
import type { AcmeProblem } from './contract.ts';
import { type Habit, UNKNOWN_HABIT } from './habits.ts';
import { describeProblem } from './problem.ts';

export interface Polling<T> {
  readonly signal: AbortSignal;
  /** When to give up, by `pace`. */
  readonly deadline: number;
  readonly pace?: Pace;
  /** How soon this CA is usually done with it, and told how soon it was; 50 ms where left out. */
  readonly habit?: Habit;
  /** Retry-After of the answer that this follows, ms from now; null or left out: the CA has not said when to look. */
  readonly askedMs?: number | null;
  /** For the error: `validation of example.com`. */
  readonly what: string;
  /** What an answer that is not final says has gone wrong so far; the last one is part of ACME_TIMEOUT. */
  readonly problemOf?: (answer: T) => AcmeProblem | undefined;
}

/** A CA that says `Retry-After: 0` is not asked without a pause. */
const SHORTEST_ASKED_MS = 100;
const notHammering = (askedMs: number): number => Math.max(askedMs, SHORTEST_ASKED_MS);

/** How long to wait after so much waiting, where the CA does not say. */
function nextWait(waitedMs: number): number {
  return Math.max(Math.min(waitedMs / 2, 1_000), Math.min(waitedMs / 10, 5_000));
}

/**
 * The first look comes when the CA has asked for it, else when it is usually done, 50 ms where that is not known yet.
 * Every answer's Retry-After is honoured (RFC 8555 sections 7.4 and 7.5.1); without one it is looked again when half as much time again has passed,
 * once a second later on, and every 5 s in the end.
 * @throws ACME_TIMEOUT when the next look would be after the deadline; whatever `ask` throws; the abort's reason.
 */
export async function poll<T extends { readonly retryAfterMs: number | null }>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  {
    signal,
    deadline,
    what,
    problemOf,
    pace = REAL_PACE,
    habit: known = UNKNOWN_HABIT,
    askedMs = null,
  }: Polling<T>,
): Promise<T> {
  // A first look that the CA itself has put off says nothing of how soon it is done: no habit is learned from it.
  const habit = askedMs === null ? known : UNKNOWN_HABIT;
  let wait = askedMs === null ? habit.firstMs() : notHammering(askedMs);
  let waited = 0;
  let problem: AcmeProblem | undefined;
  for (let looks = 1; ; looks += 1) {
    if (pace.now() + wait > deadline) throw notInTime(what, problem, wait);
    await pace.pause(wait, signal);
    waited += wait;
    const answer = await ask();
    if (isFinal(answer)) {
      habit.done({ looks, waitedMs: waited });
      return answer;
    }
    problem = problemOf?.(answer) ?? problem;
    const { retryAfterMs } = answer;
    habit.notYet({ looks, waitedMs: waited, asked: retryAfterMs !== null });
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
      retryAfter: Math.ceil(waitMs / 1_000),
      ...(problem === undefined ? {} : { problem }),
    },
  );
}

/** Whether it is `poll` that gave up: asking again at once would only be asking again. */
export function isDeadline({ details }: CertdeskError): boolean {
  return typeof details === 'object' && details !== null && Reflect.get(details, 'deadline') === true;
}
