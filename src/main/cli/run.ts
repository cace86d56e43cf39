// Runs a command of an operation: arguments to a request, a job to its end, the answer to a table.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { CliArgument, RemoteCommand } from '../../shared/command-line.ts';
import { findDeployables, requireHost } from './deployables.ts';
import { refusalsIn, reportFailures, runsOf, waitForRuns } from './deployment-runs.ts';
import { explainError } from './explain-error.ts';
import { CommandFailure, UsageFailure } from './failure.ts';
import { readInput, readJsonFile, readSecret, writeOutput } from './files.ts';
import { completeObtain } from './obtain.ts';
import { findOrCreateProject, requireProject } from './projects.ts';
import { deleteNewProject, withOptionNames } from './refusal.ts';
import { call, callJson, notCertdesk, type Query, type Server } from './request.ts';
import { showAnswer, showJob } from './show.ts';
import { printFailure, printLine, printNote } from './terminal.ts';
import { readTimeZone } from './time-zone.ts';
import { isRecord } from './values.ts';
import { waitForJob } from './wait.ts';

/** The parsed options of any command. Those of the operation are in `given`, by field. */
export interface RunOptions {
  readonly json: boolean;
  readonly wait: boolean;
  readonly yes: boolean;
  readonly output: string | null;
  /** Values from the command line, by field. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly connect: () => Promise<Server>;
}

/** @throws CommandFailure, UsageFailure */
export async function runCommand(
  command: RemoteCommand,
  args: readonly (string | readonly string[])[],
  options: RunOptions,
): Promise<void> {
  const fields = readFields(command, options);
  const targets = targetsOf(command, args);
  await confirm(command, String(targets[0]?.[0] ?? ''), options);
  const server = await options.connect();
  const failures: CommandFailure[] = [];
  for (const values of targets) {
    try {
      await runOnce({ command, server, values, fields, options });
    } catch (caught) {
      const error = withOptionNames(command, caught);
      // With several names, one that fails must not keep the others from their certificates.
      if (targets.length === 1 || !(error instanceof CommandFailure)) throw error;
      failures.push(error);
      printFailure(`${String(values[0])}: ${error.message}`, explainError(error.body));
      if (options.json && error.body !== null) printLine(JSON.stringify(error.body));
    }
  }
  if (failures.length > 0) throw new CommandFailure(`${failures.length} of ${targets.length} failed`);
}

type Values = readonly (string | readonly string[] | undefined)[];

/** One list of argument values for each call: a repeatable argument means several calls, unless one call takes them all. */
function targetsOf({ args = [] }: RemoteCommand, given: Values): readonly Values[] {
  const at = args.findIndex(({ many, is }) => many === true && is !== 'files' && is !== 'deployable');
  const several = given[at];
  if (at === -1 || !Array.isArray(several)) return [given];
  return [...new Set<string>(several)].map((each) => given.with(at, each));
}

interface Run {
  readonly command: RemoteCommand;
  readonly server: Server;
  readonly values: Values;
  readonly fields: Fields;
  readonly options: RunOptions;
}

async function runOnce(run: Run): Promise<void> {
  const { command, server, values, fields, options } = run;
  const { name, params, created, body: fromArguments } = await resolveArguments(command, server, values);
  const path = command.path.replace(/\{(\w+)\}/g, (_, field: string) =>
    encodeURIComponent(params[field] ?? ''),
  );
  const inQuery = Object.entries(params).filter(([field]) => !command.path.includes(`{${field}}`));
  const query = { ...fields.query, ...(command.hasBody ? {} : Object.fromEntries(inQuery)) };
  const given = { ...fromArguments, ...fields.body, ...(command.hasBody ? Object.fromEntries(inQuery) : {}) };
  const body =
    command.operation === 'certificates.obtain'
      ? await completeObtain(server, params.id ?? '', name, given)
      : given;
  const request = { query, ...(command.hasBody ? { body } : {}) };
  if (command.form !== 'json') {
    const { bytes } = await call(server, command.method, path, request);
    const hasKey = WITH_KEY.has(body.format) || command.operation === 'certificates.fetchKeyPair';
    return writeFile(bytes, options, { hasKey, isBinary: BINARY.has(body.format) });
  }
  if (!command.job) {
    const answer = command.pages === true && fields.query.limit === undefined ? readPages : callJson;
    const received = await answer(server, command.method, path, request);
    if (command.runs === true && options.wait) return followRuns(run, received.value);
    await showAnswer(command, server, received, options.json);
    if (command.runs === true) reportFailures([], refusalsIn(received.value));
    return;
  }
  const headers = { prefer: 'respond-async' };
  const start = callJson(server, command.method, path, { ...request, headers });
  const started = await start.catch(async (error: unknown) => {
    const isRefused = error instanceof CommandFailure && error.body !== null;
    if (created !== null && isRefused) await deleteNewProject(server, created);
    throw error;
  });
  await followJob(run, name, started);
}

/** Waits for the runs of deployments and shows how they ended. @throws CommandFailure if one failed */
async function followRuns({ command, server, options }: Run, started: unknown): Promise<void> {
  const showSteps = !options.json && process.stderr.isTTY === true;
  const zone = await readTimeZone(server);
  const waiting = { reconnect: options.connect, showSteps, zone };
  const runs = await waitForRuns(server, runsOf(server, started), waiting);
  const ended = { ...Object(started), runs };
  if (runs.length > 0 || options.json)
    await showAnswer(command, server, { text: JSON.stringify(ended), value: ended }, options.json);
  reportFailures(runs, refusalsIn(started));
}

/** @param started The answer to the request that has started the job. */
async function followJob(
  { server, options }: Run,
  name: string,
  started: { readonly text: string; readonly value: unknown },
): Promise<void> {
  const id = isRecord(started.value) && isRecord(started.value.job) ? started.value.job.id : undefined;
  if (typeof id !== 'string') throw notCertdesk(server, { status: 202, headers: {} });
  if (!options.wait) {
    printLine(options.json ? started.text : `${name}: job ${id} runs; see \`certdesk job ${id}\``);
    return;
  }
  const showSteps = !options.json && process.stderr.isTTY === true;
  const zone = await readTimeZone(server);
  if (showSteps) printNote(`${name}: job ${id}`);
  const job = await waitForJob(server, id, { reconnect: options.connect, showSteps, zone });
  showJob(name, job, { asJson: options.json, zone });
}

/** Reads all pages of a list and joins them, so that a script gets every row in one answer. */
async function readPages(
  server: Server,
  method: string,
  path: string,
  request: { readonly query: Query },
): Promise<{ readonly text: string; readonly value: unknown }> {
  let joined: Record<string, unknown> | null = null;
  let cursor: string | null = null;
  for (;;) {
    const query: Query = {
      ...request.query,
      limit: '500',
      ...(cursor === null ? {} : { cursor }),
    };
    const page = await callJson(server, method, path, { query });
    const { value } = page;
    if (!isRecord(value)) return page;
    const before: Record<string, unknown> = joined ?? {};
    joined = Object.fromEntries(
      Object.entries(value).map(([field, each]) => [
        field,
        Array.isArray(each) && Array.isArray(before[field]) ? [...before[field], ...each] : each,
      ]),
    );
    cursor = typeof value.nextCursor === 'string' ? value.nextCursor : null;
    if (cursor === null) return joined === value ? page : { text: JSON.stringify(joined), value: joined };
  }
}

interface Resolved {
  /** For messages: the first argument as given. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The ID of the project that was created for this call; null if there was one. */
  readonly created: string | null;
}

async function resolveArguments(
  { args = [] }: RemoteCommand,
  server: Server,
  values: Values,
): Promise<Resolved> {
  const params: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  let created: string | null = null;
  for (const [at, argument] of args.entries()) {
    const value = values[at];
    if (value === undefined) continue;
    if (argument.is === 'files') body[argument.field] = readFiles(value);
    else if (argument.is === 'text-file') body[argument.field] = readText(argument, String(value));
    else if (argument.is === 'json-file') Object.assign(body, readJsonFile(String(value)));
    else if (argument.is === 'deployable') Object.assign(body, await findDeployables(server, toList(value)));
    else {
      const { id, isNew } = await resolve(argument, server, String(value));
      params[argument.field] = id;
      if (isNew) created = id;
    }
  }
  return { name: String(values[0] ?? ''), params, body, created };
}

function readText({ notRead }: CliArgument, path: string): string {
  const text = readInput(path).toString('utf8');
  const folder = dirname(path);
  const found = (notRead?.folders ?? []).filter((name) => path !== '-' && existsSync(join(folder, name)));
  if (notRead !== undefined && found.length > 0)
    printNote(`Not read: ${found.map((name) => join(folder, name)).join(', ')}. ${notRead.advice}`);
  return text;
}

async function resolve(
  { is }: CliArgument,
  server: Server,
  value: string,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  if (is === 'host') return { id: (await requireHost(server, value)).id, isNew: false };
  if (is === 'project') return { id: (await requireProject(server, value)).id, isNew: false };
  if (is !== 'new-project') return { id: value, isNew: false };
  const { project, isNew } = await findOrCreateProject(server, value);
  if (isNew) printNote(`Created the project ${project.name}`);
  return { id: project.id, isNew };
}

const toList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

function readFiles(value: string | readonly string[]): readonly string[] {
  return toList(value).map((path) => readInput(path).toString('base64'));
}

interface Fields {
  readonly query: Query;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reads files and secrets before anything is sent. @throws UsageFailure */
function readFields({ options }: RemoteCommand, { given }: RunOptions): Fields {
  const query: Record<string, string | readonly string[]> = {};
  const body: Record<string, unknown> = {};
  for (const { field, type, in: place } of options) {
    const value = given[field];
    if (value === undefined) continue;
    const read = () => {
      if (type === 'json') return readJsonFile(String(value));
      return type === 'secret' ? readSecret(String(value)) : value;
    };
    if (place === 'query') query[field] = Array.isArray(value) ? value : String(value);
    else body[field] = read();
  }
  return { query, body };
}

/** Asks on a terminal only: a script that names a certificate means it. */
async function confirm(
  { confirm: question }: RemoteCommand,
  name: string,
  { yes, json }: RunOptions,
): Promise<void> {
  if (question === undefined || yes || json || !process.stdin.isTTY || !process.stderr.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new AbortController();
  terminal.once('SIGINT', () => stopped.abort());
  try {
    const text = `${question.replace('{name}', name)} [y/N] `;
    const answer = await terminal.question(text, { signal: stopped.signal }).catch(() => '');
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandFailure('Cancelled; nothing was changed');
  } finally {
    terminal.close();
  }
}

const BINARY = new Set<unknown>(['der', 'pfx', 'pfx-certs', 'zip']);
const WITH_KEY = new Set<unknown>(['key', 'combined', 'pfx', 'zip']);

interface Content {
  readonly hasKey: boolean;
  readonly isBinary: boolean;
}

function writeFile(bytes: Buffer, { output }: RunOptions, { hasKey, isBinary }: Content): void {
  if (output !== null && output !== '-') {
    writeOutput(output, bytes, hasKey);
    printNote(`Wrote ${output}`);
    return;
  }
  if (isBinary && process.stdout.isTTY)
    throw new UsageFailure('This format is binary. Name a file with --output');
  process.stdout.write(bytes);
}
