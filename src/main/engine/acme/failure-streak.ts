// Tolerates failed requests while Certdesk polls an order or challenge. Each kind of failure is reported once, and thrown
// if the requests keep failing for too long.
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { StepReporter } from '../core/step-reporter.ts';
import type { Timing } from '../core/timing.ts';
import type { AcmeProblem } from './contract.ts';
import { describeProblem } from './problem.ts';

/** How long failed requests are repeated before the job fails. The next job resumes the same order. */
export const TOLERATED_MS = 30_000;

/** A failed request, in place of a response. */
export interface FailedRequest {
  readonly error: CertdeskError;
  readonly retryAfterMs: number | null;
}
export const isFailedRequest = (answer: object): answer is FailedRequest =>
  'error' in answer && answer.error instanceof CertdeskError;

const givenUp = new WeakSet<CertdeskError>();

/** Whether the error was thrown after a failure streak. An immediate retry of the job would fail the same way. */
export function isGivenUp(error: CertdeskError): boolean {
  return givenUp.has(error);
}

/** Create one instance per polled order or challenge. */
export function createFailureStreak(reporter: StepReporter, timing: Timing) {
  let since: number | null = null;
  let reported = '';
  const report = (problem: AcmeProblem, message: string, code: string | null): void => {
    if (message !== reported) {
      reporter.reportStep('retry', message, { code, problem: JSON.parse(JSON.stringify(problem)) });
    }
    reported = message;
  };
  return {
    /** Call this after every successful request. */
    end() {
      since = null;
    },
    /** Reports a problem in an order that the CA still processes. */
    reportProblem(problem: AcmeProblem) {
      const said = describeProblem(problem) ?? 'no reason given';
      report(problem, `The CA reports a problem with the order: ${said}`, null);
    },
    /** @param withinMs How long consecutive failures are tolerated. @throws the failure after that */
    tolerate(cause: unknown, withinMs: number): FailedRequest {
      const error = toCertdeskError(cause);
      since ??= timing.now();
      const askedMs = retryAfterOf(error);
      if (error.code === 'INTERNAL' || timing.now() + (askedMs ?? 0) - since > withinMs) {
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

/** The CA's problem document in the error; a document with the error's message if there is none. */
export function problemIn({ details, message }: CertdeskError): AcmeProblem {
  const problem = (details as { problem?: AcmeProblem } | undefined)?.problem;
  if (problem !== undefined && describeProblem(problem) !== null) return problem;
  return { type: 'about:blank', detail: message };
}
