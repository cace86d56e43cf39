// Real servers for tests (nginx, Postfix …): each has its own folder and configuration, listens on loopback only, and is
// stopped by the pid that it was started with. One file per server says what it needs.
import { existsSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { startProcess } from '../acme/process.ts';
import { makeFolder } from '../acme/tls.ts';
import { type PortUse, startOnPorts } from '../tools/ports.ts';

/** What a server presents. */
export interface ServedPair {
  /** PEM, exactly as the server sends it: the leaf first. */
  readonly chain: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface Daemon {
  readonly pid: number;
  readonly folder: string;
  /** The first is the main one. */
  readonly ports: readonly number[];
  readonly port: number;
  /** Everything that it logged. */
  output(): string;
  /** Sends its reload signal (SIGHUP unless stated otherwise); it does not wait until the server has reloaded. */
  reload(): void;
  /** Stops it and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

export interface DaemonPlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Addresses that accept connections when it is ready; default: 127.0.0.1 at every port. */
  readonly ready?: readonly { readonly address: string; readonly port: number }[];
  /** Default: what the process prints. */
  readonly output?: () => string;
  readonly reloadSignal?: NodeJS.Signals;
}

export interface DaemonOptions {
  readonly name: string;
  /** One per port that the server needs. */
  readonly uses: readonly PortUse[];
  /** Writes the configuration into the folder. */
  configure(place: DaemonPlace): Promise<DaemonPlan>;
}

export interface DaemonPlace {
  readonly folder: string;
  readonly ports: readonly number[];
  /** Writes a file into the folder, mode 0600 by default. @returns its path */
  write(name: string, content: string, mode?: number): Promise<string>;
}

/** Ready when it resolves. */
export function startDaemon({ name, uses, configure }: DaemonOptions): Promise<Daemon> {
  return startOnPorts(uses, async (ports, release) => {
    const { path: folder, remove } = await makeFolder(name);
    await chmod(folder, 0o755); // servers give up root before they read some files
    const write = async (file: string, content: string, mode = 0o600) => {
      const path = join(folder, file);
      await writeFile(path, content, { mode });
      return path;
    };
    const plan = await configure({ folder, ports, write });
    const child = startProcess(plan.program, plan.args, plan.env);
    const output = plan.output ?? child.output;
    const stop = async (): Promise<void> => {
      await child.stop();
      await remove();
      release();
    };
    const places = plan.ready ?? ports.map((port) => ({ address: '127.0.0.1', port }));
    const isReady = async () => (await Promise.all(places.map(accepts))).every(Boolean);
    try {
      await child.waitUntil(isReady, 60_000);
    } catch (error) {
      const log = output();
      await stop();
      throw new Error(`${name}: ${log}`, { cause: error });
    }
    const reload = (): void => void process.kill(child.pid, plan.reloadSignal ?? 'SIGHUP');
    return { pid: child.pid, folder, ports, port: ports[0] ?? 0, output, reload, stop };
  });
}

function accepts({ address, port }: { readonly address: string; readonly port: number }): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: address, port });
    socket.on('connect', () => {
      socket.destroy();
      settle(true);
    });
    socket.on('error', () => settle(false));
  });
}

/** The folder of the unpacked packages if the program is one of them; null if it is installed. @param program toolPath() */
export function packagesOf(program: string): string | null {
  return /\/debian\/bin\/[^/]+$/.test(program) ? resolve(program, '../../root') : null;
}

/** A path below /usr, wherever the program's package is. */
export function inPackages(program: string, path: string): string {
  return join(packagesOf(program) ?? '/', path);
}

/**
 * Starts a program that expects its files in /usr, with the unpacked packages laid over /usr in a mount namespace of its
 * own. Its pid is the program's. Only root may do that.
 * @param program toolPath() of the package's main program; `command` is an absolute path below /usr
 */
export function runInPackages(
  program: string,
  command: string,
  args: readonly string[],
): Pick<DaemonPlan, 'program' | 'args'> {
  const root = packagesOf(program);
  if (root === null) return { program: command, args };
  const mount = `mount -t overlay overlay -o "lowerdir=${root}/usr:/usr" /usr && exec "$0" "$@"`;
  return { program: 'unshare', args: ['--mount', 'sh', '-c', mount, command, ...args] };
}

/** The output of a server that logs to a file. */
export function readLog(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Postfix and Dovecot change users and need the namespace; without root their tests are skipped. */
export const isRoot = process.getuid?.() === 0;
