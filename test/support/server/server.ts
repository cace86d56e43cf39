// The built server as a user starts it: a process, a data folder, HTTP.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { LOOPBACK_NETWORKS } from '../tools/network.ts';
import { type Answer, type Call, callApi } from './app.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../bin/certdesk.mjs');

export interface ServerOptions {
  readonly dataFolder: string;
  /** Options of `certdesk serve` besides --data-dir and --port. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A file for its log (standard error), which `output` then lacks: a reader uses part of the processor. */
  readonly logFile?: string;
}

export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly pid: number;
  /** Its output on both streams so far. */
  output(): string;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Default: SIGTERM; resolves with the exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Starts it on a free port with a sealed file for secrets; ready when it resolves. */
export async function startServer({
  dataFolder,
  args = [],
  env = {},
  logFile,
}: ServerOptions): Promise<Server> {
  const own = ['--data-dir', dataFolder, '--port', '0', '--secret-store', 'sealed-file'];
  const networks = LOOPBACK_NETWORKS.flatMap((network) => ['--allow-private', network]);
  const all = ['serve', ...own, ...networks, ...args];
  const log = logFile === undefined ? null : openSync(logFile, 'a');
  const child = spawn(process.execPath, [PROGRAM, ...all], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', log ?? 'pipe'],
  });
  if (log !== null) closeSync(log);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  const ended = once(child, 'exit');
  // An interrupted test run must not leave it behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  void ended.then(() => process.removeListener('exit', killNow));
  const address = await announced(child, () => output);
  return {
    address,
    pid: child.pid ?? 0,
    output: () => output,
    call: (method, path, call = {}) => callApi(`${address}/api/v1${path}`, method, call),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, ending] = await ended;
      return code ?? ending;
    },
  };
}

/** Runs its command line beside it. @returns standard output. */
export async function runCertdesk(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  return stdout;
}

/** Options that point Certdesk at a Pebble. */
export async function pebbleArgs(
  folder: string,
  pebble: { readonly directoryUrl: string; readonly rootPem: string; readonly httpPort: number },
): Promise<readonly string[]> {
  const caFile = join(folder, `pebble-root-${pebble.httpPort}.pem`);
  await writeFile(caFile, pebble.rootPem);
  const port = String(pebble.httpPort);
  const challenge = [
    ...['--challenge-host', '127.0.0.1', '--challenge-port', port],
    '--validation-port',
    port,
  ];
  return [
    '--acme-directory',
    pebble.directoryUrl,
    '--acme-staging-directory',
    pebble.directoryUrl,
    '--acme-ca-file',
    caFile,
    ...challenge,
  ];
}

/** The address on which a server says that it listens. Rejects with its output if it ends first. */
function announced(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (): void => {
      const [, address] = /Certdesk listens on (\S+)\n/.exec(output()) ?? [];
      if (address !== undefined) resolve(address);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', read);
    // The last output may arrive after `exit`, but not after `close`.
    child.once('close', () => reject(new Error(`The server did not start:\n${output()}`)));
    child.once('error', reject);
  });
}
