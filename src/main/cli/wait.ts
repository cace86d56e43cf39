// Waits for a job, and shows its steps as they happen.
import { setTimeout } from 'node:timers/promises';
import type { JobWithSteps } from '../../shared/job.ts';
import { CommandFailure } from './failure.ts';
import { stepText } from './job-view.ts';
import { callJson, notCertdesk, type Server, UnreachableFailure } from './request.ts';
import { printNote } from './terminal.ts';
import { isRecord } from './values.ts';

const POLL_MS = 400;
/** A server that restarts, for an upgrade or a restored backup, is back within a few seconds. */
export const RECONNECT_MS = 1_000;
export const RECONNECTS = 10;

export interface WaitOptions {
  /** Finds the server again after a restart, because its local credential is a new one then. */
  readonly reconnect: () => Promise<Server>;
  readonly showSteps: boolean;
  /** The time zone of the steps' times. */
  readonly zone: string;
}

/**
 * @returns the job, once it has ended
 * @throws CommandFailure if the server is gone for longer than a restart takes. The job continues after its next start.
 */
export async function waitForJob(
  server: Server,
  id: string,
  { reconnect, showSteps, zone }: WaitOptions,
): Promise<JobWithSteps> {
  let connection = server;
  let shown = 0;
  let failures = 0;
  for (;;) {
    try {
      if (failures > 0) connection = await reconnect();
      const job = await readJob(connection, id);
      failures = 0;
      if (showSteps) for (const step of job.steps.slice(shown)) printNote(stepText(step, zone));
      shown = Math.max(shown, job.steps.length);
      if (job.state === 'succeeded' || job.state === 'failed') return job;
      await setTimeout(POLL_MS);
    } catch (error) {
      if (!isTransient(error)) throw error;
      failures += 1;
      if (failures > RECONNECTS) throw lost(error, id);
      if (failures === 1) printNote(`${error.message}. Waiting for the server …`);
      await setTimeout(RECONNECT_MS);
    }
  }
}

export function isTransient(error: unknown): error is CommandFailure {
  if (!(error instanceof CommandFailure)) return false;
  return error instanceof UnreachableFailure || error.body?.code === 'SHUTTING_DOWN';
}

function lost(error: CommandFailure, id: string): CommandFailure {
  return new CommandFailure(
    `${error.message}. The job ${id} continues when the server runs again: check it with \`certdesk job ${id}\``,
    null,
    { cause: error },
  );
}

async function readJob(server: Server, id: string): Promise<JobWithSteps> {
  const { value } = await callJson(server, 'GET', `/jobs/${encodeURIComponent(id)}`);
  if (isJob(value)) return value;
  throw notCertdesk(server, { status: 200, headers: { 'content-type': 'application/json' } });
}

export function isJob(value: unknown): value is JobWithSteps {
  return isRecord(value) && typeof value.state === 'string' && Array.isArray(value.steps);
}
