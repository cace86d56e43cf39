// REST held against bare node:http: the same load on both in turn, answers of the same size, each server and the load a
// process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runCertdesk, type Server, startServer } from '../support/server.ts';
import type { LoadResult } from './load.ts';
import { cpuMsOf, residentMb } from './process-facts.ts';

export interface RestOptions {
  /** With projects `project-N` as makeManyProjects makes them. */
  readonly dataFolder: string;
  readonly projects: readonly string[];
  /** For `certdesk serve`: pebbleArgs, where `issue` is given. */
  readonly args?: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  /** One issuance; ten of them are kept under way while the load runs once more. */
  readonly issue?: (server: Server, token: string, n: number) => Promise<void>;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the server's process, a request; both modes. */
  readonly cpuMicroseconds: number;
}

export interface RestRow {
  readonly bare: readonly Measured[];
  readonly certdesk: readonly Measured[];
  /** Requests a second of Certdesk's to those of node:http, round by round. */
  readonly ratios: readonly number[];
  /** Certdesk again, by addresses of which none is asked twice. */
  readonly anew: readonly Measured[];
  /** Both with such addresses. */
  readonly anewRatios: readonly number[];
  readonly issuing: (Measured & { readonly issued: number; readonly residentMb: number }) | null;
}

const CONNECTIONS = 32;
const AT_ONCE = 10;

export async function measureRest(options: RestOptions): Promise<RestRow> {
  const { dataFolder, rounds, issue } = options;
  const logFile = join(dataFolder, 'log'); // as a service manager keeps it
  const args = ['--log-format', 'json', ...(options.args ?? [])];
  const server = await startServer({ dataFolder, args, logFile });
  const ask = ['token', 'create', '--data-dir', dataFolder, '--name', 'bench', '--scope', 'projects:write'];
  const token = (await runCertdesk(ask)).trim();
  const paths = options.projects.map((id) => `/api/v1/projects/${id}/certificate/status`);
  const authorization = `Bearer ${token}`;
  const first = await fetch(`${server.address}${paths[0]}`, { headers: { authorization } });
  const bare = await startBare(await first.text());
  const load = (origin: string, pid: number, anew = false) =>
    measure({ origin, paths, headers: { authorization }, anew, seconds: options.seconds }, pid);
  try {
    await load(server.address, server.pid); // both are warm when it counts
    await load(server.address, server.pid, true);
    await load(bare.address, bare.pid);
    const row: Record<'bare' | 'certdesk' | 'bareAnew' | 'anew', Measured[]> = {
      bare: [],
      certdesk: [],
      bareAnew: [],
      anew: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      row.bare.push(await load(bare.address, bare.pid));
      row.certdesk.push(await load(server.address, server.pid));
      row.bareAnew.push(await load(bare.address, bare.pid, true));
      row.anew.push(await load(server.address, server.pid, true));
    }
    const toBare = (own: readonly Measured[], to: readonly Measured[]) =>
      own.map(({ perSecond }, n) => perSecond / (to[n]?.perSecond ?? 0));
    const ratios = toBare(row.certdesk, row.bare);
    const anewRatios = toBare(row.anew, row.bareAnew);
    const issuing =
      issue === undefined
        ? null
        : await whileIssuing(
            (n) => issue(server, token, n),
            async () => {
              const measured = await load(server.address, server.pid);
              return { ...measured, residentMb: residentMb(server.pid) };
            },
          );
    return { bare: row.bare, certdesk: row.certdesk, ratios, anew: row.anew, anewRatios, issuing };
  } finally {
    bare.stop();
    await server.stop();
  }
}

/** Ten issuances at every moment of `work`. */
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
  const lines = Array.from({ length: AT_ONCE }, keepIssuing);
  const result = await Promise.race([
    work(),
    Promise.all(lines).then(() => Promise.reject(new Error('ended'))),
  ]);
  const inTime = issued;
  going = false;
  await Promise.all(lines);
  return { ...result, issued: inTime };
}

async function measure(
  load: {
    readonly origin: string;
    readonly paths: readonly string[];
    readonly headers: Readonly<Record<string, string>>;
    readonly anew: boolean;
    readonly seconds: number;
  },
  pid: number,
): Promise<Measured> {
  const before = cpuMsOf(pid);
  const child = node('load.ts', JSON.stringify({ ...load, connections: CONNECTIONS }));
  let text = '';
  child.stdout?.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error('The load could not be put on');
  const { requests, seconds, p50, p99 }: LoadResult = JSON.parse(text);
  const cpuMicroseconds = ((cpuMsOf(pid) - before) * 1000) / requests;
  return { perSecond: requests / seconds, p50, p99, cpuMicroseconds };
}

async function startBare(body: string) {
  const child = node('bare-http.ts', body);
  const [port] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const address = `http://127.0.0.1:${String(port).trim()}`;
  return { address, pid: child.pid ?? 0, stop: () => child.kill('SIGTERM') };
}

function node(file: string, argument: string): ChildProcess {
  const program = join(import.meta.dirname, file);
  return spawn(process.execPath, [program, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
}
