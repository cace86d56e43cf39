// REST under the load of a monitoring system: `…/certificate/status` at a fixed rate, with and without concurrent
// issuances. The server and the load each run in their own process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import type { Load, LoadResult } from './load.ts';
import { cpuMsOf } from './process-facts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface RestOptions {
  /** With projects `project-N`, created by makeManyProjects. */
  readonly dataFolder: string;
  readonly projects: readonly string[];
  /** For `certdesk serve`: pebbleArgs, if `issue` is given. */
  readonly args?: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** One issuance; ten of them run while the load runs again. */
  readonly issue?: (server: Server, token: string, n: number) => Promise<void>;
}

export interface Measured extends LoadResult {
  /** Of the server's process, per request; user and system. */
  readonly cpuMicroseconds: number;
}

export interface RestRow {
  readonly alone: Measured;
  readonly issuing: (Measured & { readonly issued: number }) | null;
}

const CONNECTIONS = 32;
const ISSUANCES = 10;
const WARM_UP_SECONDS = 2;

export async function measureRest(options: RestOptions): Promise<RestRow> {
  const { dataFolder, perSecond, seconds, issue } = options;
  const logFile = join(dataFolder, 'log'); // like a service manager
  const args = ['--log-format', 'json', ...(options.args ?? [])];
  const server = await startServer({ dataFolder, args, logFile, env: unitEnvironment() });
  try {
    const create = ['token', 'create', '--data-dir', dataFolder, '--name', 'bench'];
    const token = (await runCertdesk([...create, '--scope', 'projects:write'])).trim();
    const paths = options.projects.map((id) => `/api/v1/projects/${id}/certificate/status`);
    const headers = { authorization: `Bearer ${token}` };
    const load = { origin: server.address, paths, headers, connections: CONNECTIONS, perSecond };
    await measure({ ...load, seconds: WARM_UP_SECONDS }, server.pid);
    const alone = await measure({ ...load, seconds }, server.pid);
    const issuing =
      issue === undefined
        ? null
        : await whileIssuing(
            (n) => issue(server, token, n),
            () => measure({ ...load, seconds }, server.pid),
          );
    return { alone, issuing };
  } finally {
    await server.stop();
  }
}

/** Keeps ten issuances running during `work`. */
async function whileIssuing<T>(
  issue: (n: number) => Promise<void>,
  work: () => Promise<T>,
): Promise<T & { readonly issued: number }> {
  let going = true;
  let begun = 0;
  let issued = 0;
  const keepIssuing = async (): Promise<void> => {
    while (going) {
      await issue(begun++);
      issued += 1;
    }
  };
  const issuances = Array.from({ length: ISSUANCES }, keepIssuing);
  const result = await Promise.race([
    work(),
    Promise.all(issuances).then(() => Promise.reject(new Error('The issuances ended before the load'))),
  ]);
  const inTime = issued;
  going = false;
  await Promise.all(issuances);
  return { ...result, issued: inTime };
}

async function measure(load: Load, pid: number): Promise<Measured> {
  const before = cpuMsOf(pid);
  const program = join(import.meta.dirname, 'load.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error('The load failed');
  const result: LoadResult = JSON.parse(text);
  return { ...result, cpuMicroseconds: ((cpuMsOf(pid) - before) * 1000) / result.requests };
}
