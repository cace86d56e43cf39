// Shows an answer: as the server sent it with --json, otherwise as the command declares it.
import type { RemoteCommand } from '../../shared/command-line.ts';
import type { ErrorBody } from '../../shared/errors.ts';
import type { JobWithSteps } from '../../shared/job.ts';
import { isEndpoint, printEndpoint } from './endpoint-view.ts';
import { CommandFailure } from './failure.ts';
import { isHostImport, printHostImport } from './host-import-view.ts';
import { assertTestPassed, isHostTest, printHostTest } from './host-test.ts';
import { outcomeOf, printJob } from './job-view.ts';
import { isOverview, printOverview } from './overview.ts';
import { listProjects } from './projects.ts';
import { notCertdesk, type Server } from './request.ts';
import { isSimulation, printSimulation } from './simulation-view.ts';
import { printDescription, printTable } from './table.ts';
import { paint, printLine, printNote } from './terminal.ts';
import { readTimeZone } from './time-zone.ts';
import { isRecord, valueAt } from './values.ts';
import { isJob } from './wait.ts';

interface JsonAnswer {
  readonly text: string;
  readonly value: unknown;
}

/** @throws CommandFailure if the answer is not one of this operation */
export async function showAnswer(
  command: RemoteCommand,
  server: Server,
  answer: JsonAnswer,
  asJson: boolean,
): Promise<void> {
  await show(command, server, answer, asJson);
  if (!asJson && command.next !== undefined)
    printNote(`${command.next.text}: ${server.url}${command.next.page}`);
}

async function show(
  command: RemoteCommand,
  server: Server,
  { text, value }: JsonAnswer,
  asJson: boolean,
): Promise<void> {
  if (asJson) {
    printLine(text);
    if (command.view === 'host-test' && isHostTest(value)) assertTestPassed(value);
    return;
  }
  const { columns, rows, view } = command;
  const strange = () => notCertdesk(server, { status: 200, headers: { 'content-type': 'application/json' } });
  if (view === 'overview') {
    if (!isOverview(value)) throw strange();
    return printOverview(value, await readTimeZone(server));
  }
  if (view === 'simulation') {
    if (!isSimulation(value)) throw strange();
    return printSimulation(value);
  }
  if (view === 'job') {
    if (!isJob(value)) throw strange();
    return printJob(value, await readTimeZone(server));
  }
  const zone = columns?.some(({ as }) => as === 'time') ? await readTimeZone(server) : 'UTC';
  const at = { now: new Date(), zone };
  if (view === 'host-test') {
    if (!isHostTest(value)) throw strange();
    printHostTest(value, { columns: columns ?? [], ...at, projects: new Map() });
    return assertTestPassed(value);
  }
  if (view === 'endpoint') {
    if (!isEndpoint(value)) throw strange();
    return printEndpoint(value, { columns: columns ?? [], ...at, projects: new Map() });
  }
  if (view === 'host-import') {
    if (!isHostImport(value)) throw strange();
    return printHostImport(value, { columns: columns ?? [], ...at, projects: new Map() });
  }
  if (columns === undefined) return printLine(paint(String(valueAt(value, 'message') ?? 'Done')));
  const projects = await readDomains(command, server, value);
  const shown = { columns, ...at, projects };
  if (rows === undefined) {
    if (!isRecord(value)) throw strange();
    return printDescription(value, shown);
  }
  const list = valueAt(value, rows);
  if (!Array.isArray(list)) throw strange();
  if (list.length === 0) return printNote(`No ${rows}`);
  printTable(list, shown);
}

async function readDomains(
  { columns = [] }: RemoteCommand,
  server: Server,
  value: unknown,
): Promise<ReadonlyMap<string, string>> {
  if (!columns.some(({ as }) => as === 'project') || !isRecord(value)) return new Map();
  const projects = await listProjects(server);
  return new Map(projects.map(({ id, domain, name }) => [id, domain ?? name]));
}

/** Shows the end of a job. @throws CommandFailure with the job's error */
export function showJob(
  name: string,
  job: JobWithSteps,
  { asJson, zone }: { readonly asJson: boolean; readonly zone: string },
): void {
  if (job.error !== null) throw new CommandFailure(job.error.error, job.error as ErrorBody);
  // The answer that the request itself has if a client waits for it (docs/rest-api.md).
  printLine(
    asJson ? JSON.stringify({ success: true, ...Object(job.result) }) : paint(outcomeOf(name, job, zone)),
  );
}
