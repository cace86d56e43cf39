// Waits for the runs of deployments, and shows the steps of each host as they happen.
import { setTimeout } from 'node:timers/promises';
import type { DeploymentRun } from '../../shared/deployment-run.ts';
import type { ErrorBody } from '../../shared/errors.ts';
import { CommandFailure } from './failure.ts';
import { callJson, notCertdesk, type Server } from './request.ts';
import { printNote } from './terminal.ts';
import { clockOf, isRecord, valueAt } from './values.ts';
import { isTransient, RECONNECT_MS, RECONNECTS, type WaitOptions } from './wait.ts';

const POLL_MS = 400;
/** A run that waits for its window may do so for days: the command says so and ends. */
const AT_WORK: readonly string[] = ['pending', 'running'];
const GOOD: readonly string[] = ['deployed', 'verified', 'unchanged', 'waiting-for-window'];

/** @throws CommandFailure if the answer has no runs */
export function runsOf(server: Server, value: unknown): readonly DeploymentRun[] {
  const runs = isRecord(value) ? value.runs : undefined;
  if (Array.isArray(runs) && runs.every(isRun)) return runs;
  throw strange(server);
}

/**
 * @returns the runs in the same order, once all have ended
 * @throws CommandFailure if the server is gone for longer than a restart takes. The runs continue after its next start.
 */
export async function waitForRuns(
  server: Server,
  started: readonly DeploymentRun[],
  { reconnect, showSteps, zone }: WaitOptions,
): Promise<readonly DeploymentRun[]> {
  let connection = server;
  let failures = 0;
  let runs = started;
  const shown = new Map<string, string>();
  for (;;) {
    try {
      if (failures > 0) connection = await reconnect();
      const read = (run: DeploymentRun) => (AT_WORK.includes(run.state) ? readRun(connection, run.id) : run);
      runs = await Promise.all(runs.map(read));
      failures = 0;
      if (showSteps) for (const run of runs) showNewSteps(run, shown, zone);
      if (!runs.some(({ state }) => AT_WORK.includes(state))) return runs;
      await setTimeout(POLL_MS);
    } catch (error) {
      if (!isTransient(error)) throw error;
      failures += 1;
      if (failures > RECONNECTS)
        throw new CommandFailure(
          `${error.message}. The deployment continues when the server runs again: check it with \`certdesk deployments\``,
          null,
          { cause: error },
        );
      if (failures === 1) printNote(`${error.message}. Waiting for the server …`);
      await setTimeout(RECONNECT_MS);
    }
  }
}

/** Shows what began and what ended since the last request. @param shown The lines shown so far, by run and step. */
function showNewSteps({ id, host, steps }: DeploymentRun, shown: Map<string, string>, zone: string): void {
  for (const [at, { step, state, at: time, message }] of steps.entries()) {
    const line = `  ${clockOf(time, zone)}  ${host.name}: ${message}`;
    const key = `${id} ${at}`;
    if (message === '' || shown.get(key) === line) continue;
    shown.set(key, line);
    printNote(state === 'failed' ? `${line} (${step} failed)` : line);
  }
}

/** A project whose deployments were not started. */
interface Refusal {
  readonly name: string;
  readonly error: ErrorBody;
}

/** @returns the projects of the answer that were not deployed */
export function refusalsIn(answer: unknown): readonly Refusal[] {
  const projects = valueAt(answer, 'projects');
  return (Array.isArray(projects) ? projects : []).flatMap((project: unknown) => {
    const error = valueAt(project, 'error');
    if (!isRecord(error)) return [];
    const name = valueAt(project, 'domain') ?? valueAt(project, 'name') ?? valueAt(project, 'id');
    return [{ name: String(name), error: error as unknown as ErrorBody }];
  });
}

/**
 * Reports each project that was not deployed, and each run that failed.
 * @throws CommandFailure if there is one: refused, failed, rolled back, not served or cancelled
 */
export function reportFailures(runs: readonly DeploymentRun[], refusals: readonly Refusal[]): void {
  const failed = runs.filter(({ state }) => !GOOD.includes(state));
  const [refused] = refusals;
  if (runs.length === 0 && refusals.length === 1 && refused !== undefined)
    throw new CommandFailure(refused.error.error, refused.error);
  for (const { name, error } of refusals) printNote(`certdesk: ${name}: ${error.error}`);
  const [first] = failed;
  if (runs.length === 1 && refused === undefined && first !== undefined)
    throw new CommandFailure(sentenceOf(first));
  for (const run of failed) printNote(`certdesk: ${sentenceOf(run)}`);
  const parts = [
    ...(failed.length === 0 ? [] : [`${failed.length} of ${runs.length} deployments failed`]),
    ...(refused === undefined
      ? []
      : [`${refusals.length} ${refusals.length === 1 ? 'project was' : 'projects were'} not deployed`]),
  ];
  if (parts.length > 0) throw new CommandFailure(parts.join('; '));
}

function sentenceOf({ host, state, error }: DeploymentRun): string {
  const reason = state === 'cancelled' ? 'A newer run has replaced this one, or it was cancelled' : state;
  return `${host.name}: ${error?.error ?? reason}`;
}

async function readRun(server: Server, id: string): Promise<DeploymentRun> {
  const { value } = await callJson(server, 'GET', `/deployment-runs/${encodeURIComponent(id)}`);
  if (isRun(value)) return value;
  throw strange(server);
}

const strange = (server: Server): CommandFailure =>
  notCertdesk(server, { status: 200, headers: { 'content-type': 'application/json' } });

function isRun(value: unknown): value is DeploymentRun {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.state === 'string' &&
    Array.isArray(value.steps) &&
    isRecord(value.host)
  );
}
