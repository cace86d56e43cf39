// Shows a job: certdesk job ID, and the end of a job that a command has waited for.
import type { ErrorBody } from '../../shared/errors.ts';
import type { JobWithSteps } from '../../shared/job.ts';
import { isStep, jobName, STEPS } from '../../shared/steps.ts';
import { explainError } from './explain-error.ts';
import { colorOfState, paint, printLine } from './terminal.ts';
import { clockOf, isRecord, timeOf, valueAt } from './values.ts';

/** @param zone The time zone of times. */
export function printJob(job: JobWithSteps, zone: string): void {
  const { id, state, createdAt, finishedAt, heldUntil, error, steps } = job;
  printLine(`${paint(`${jobName(job)} ${id}:`)} ${paint(state, colorOfState(state))}`);
  const end = finishedAt === null ? '' : `, finished ${timeOf(finishedAt, zone)}`;
  printLine(paint(`created ${timeOf(createdAt, zone)}${end}`));
  if (heldUntil !== null)
    printLine(paint(`held back until ${timeOf(heldUntil, zone)}, because Certdesk crashed repeatedly`));
  for (const step of steps) printLine(paint(stepText(step, zone)));
  if (error !== null) {
    printLine(paint(timeOf(error.error, zone), 'red'));
    for (const line of explainError(error as ErrorBody)) printLine(paint(line));
  }
}

export function stepText({ at, message, data }: JobWithSteps['steps'][number], zone: string): string {
  const step = isRecord(data) ? data.step : undefined;
  const label = typeof step === 'string' && isStep(step) ? `${STEPS[step]}: ` : '';
  return `  ${clockOf(at, zone)}  ${label}${timeOf(message, zone)}`;
}

/** One line that says what a job has done for a project. */
export function outcomeOf(name: string, { kind, dryRun, result }: JobWithSteps, zone: string): string {
  const expires = valueAt(result, 'certificate.expiresAt');
  const issuer = valueAt(result, 'certificate.issuer');
  const until = typeof expires === 'string' ? `, valid until ${timeOf(expires, zone)}` : '';
  const by = typeof issuer === 'string' ? ` (${issuer})` : '';
  if (dryRun) return `${name}: the dry run succeeded; no certificate was stored`;
  if (kind === 'revoke')
    return `${name}: certificate revoked${until === '' ? '' : `; its replacement is in use${until}${by}`}`;
  return `${name}: certificate ${kind === 'renew' ? 'renewed' : 'obtained'}${until}${by}`;
}
