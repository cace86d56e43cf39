// Requests to a CA that fail one after the other while an order or a challenge is followed. Each kind of failure is
// reported once, and thrown when nothing else has come for too long.
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { StepReporter } from '../core/step-reporter.ts';
import type { Timing } from '../core/timing.ts';
import type { AcmeProblem } from './contract.ts';
import { describeProblem } from './problem.ts';

/** How long failed requests are repeated before the job fails; the next job follows the same order. */
export const TOLERATED_MS = 30_000;

/** A failure on the way to the answer, in place of one. */
export interface FailedRequest {
  readonly error: CertdeskError;
  readonly retryAfterMs: number | null;
}
export const isFailedRequest = (answer: object): answer is FailedRequest =>
  'error' in answer && answer.error instanceof CertdeskError;

const givenUp = new WeakSet<CertdeskError>();

/** Whether it was thrown after it had been waited out: to begin again at once would only be more of the same. */
export function isGivenUp(error: CertdeskError): boolean {
  return givenUp.has(error);
}

/** Failures in a row: each kind is reported once, and thrown when there has been nothing else for too long. */
export function createFailureStreak(reporter: StepReporter, pace: Timing) {
  let since: number | null = null;
  let reported = '';
  const report = (problem: AcmeProblem, message: string, code: string | null): void => {
    if (message !== reported) {
      reporter.reportStep('retry', message, { code, problem: JSON.parse(JSON.stringify(problem)) });
    }
    reported = message;
  };
  return {
    /** The CA has answered: the streak is over. */
    end() {
      since = null;
    },
    /** Of an order that the CA is still at work on. */
    reportProblem(problem: AcmeProblem) {
      const said = describeProblem(problem) ?? 'no reason given';
      report(problem, `The CA reports a problem with the order: ${said}`, null);
    },
    /** @param withinMs How long such failures are tolerated in a row. @throws the failure after that */
    tolerate(cause: unknown, withinMs: number): FailedRequest {
      const error = toCertdeskError(cause);
      since ??= pace.now();
      const askedMs = retryAfterOf(error);
      if (error.code === 'INTERNAL' || pace.now() + (askedMs ?? 0) - since > withinMs) {
        givenUp.add(error);
        throw error;
      }
      report(
        problemIn(error),
        `${error.message} The order is unchanged. Certdesk polls it again.`,
        error.code,
      );
      return { error, retryAfterMs: askedMs };
    },
  };
}

/** What the CA said in the error; our own sentence where it said nothing. */
export function problemIn({ details, message }: CertdeskError): AcmeProblem {
  const problem = (details as { problem?: AcmeProblem } | undefined)?.problem;
  if (problem !== undefined && describeProblem(problem) !== null) return problem;
  return { type: 'about:blank', detail: message };
}
