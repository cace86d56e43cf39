// nginx with one port and any number of server blocks, on any loopback addresses.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, type DaemonPlace, isRoot, type ServedPair, startDaemon } from './daemon.ts';

export interface NginxBlock {
  /** server_name; default: `_`. The first block of an address is its default. */
  readonly name?: string;
  /** Default: 127.0.0.1. */
  readonly address?: string;
  /** Null: a default block that rejects handshakes without a known name (ssl_reject_handshake). */
  readonly pair: ServedPair | null;
  /** Further directives of the block, each with its semicolon. */
  readonly directives?: readonly string[];
}

export interface Nginx extends Daemon {
  /** Where a block reads its certificate and key; replace them and reload. @param block Its index. */
  certificatePath(block?: number): string;
  keyPath(block?: number): string;
  /**
   * Reloads good files, and waits until no worker of before is left: such a worker accepts connections for a moment
   * after the first new one has answered.
   */
  replaceWorkers(): Promise<void>;
  /** Waits until a reload that somebody else has begun is complete, see `replaceWorkers`. */
  settled(): Promise<void>;
  /** The pids of the workers: more than one while a reload is not complete. */
  workers(): readonly string[];
}

/** Reloads on SIGHUP; with a bad key it keeps the old certificate. */
export async function startNginx(blocks: readonly NginxBlock[]): Promise<Nginx> {
  const addresses = [...new Set(blocks.map(({ address }) => address ?? '127.0.0.1'))];
  const daemon = await startDaemon({
    name: 'nginx',
    uses: [{ addresses }],
    async configure(place) {
      const [port = 0] = place.ports;
      const servers = await Promise.all(blocks.map((block, at) => writeBlock(place, block, at)));
      const config = await place.write(
        'nginx.conf',
        nginxConfig(place.folder, servers, { workers: WORKERS }),
      );
      return {
        program: toolPath('CERTDESK_TEST_NGINX'),
        args: ['-p', place.folder, '-e', 'stderr', '-c', config],
        ready: addresses.map((address) => ({ address, port })),
      };
    },
  });
  return {
    ...daemon,
    certificatePath: (block = 0) => certificatePath(daemon.folder, block),
    keyPath: (block = 0) => keyPath(daemon.folder, block),
    replaceWorkers: () => replaceWorkers(daemon),
    settled: () => nginxSettled(daemon.pid),
    workers: () => childrenOf(daemon.pid),
  };
}

const WORKERS = 1;
const SOON = { timeout: 60_000, interval: 10 };

/** For any nginx with one worker: waits until no worker of before a reload is left. @param pid Of its master process. */
export const nginxSettled = (pid: number): Promise<void> =>
  expect.poll(() => childrenOf(pid).length, SOON).toBe(WORKERS);

/** For any nginx: reloads good files, and waits until no worker of before is left. */
export async function replaceWorkers({ pid, reload }: Pick<Daemon, 'pid' | 'reload'>): Promise<void> {
  const former = childrenOf(pid);
  reload();
  const left = () => childrenOf(pid).filter((each) => former.includes(each));
  await expect.poll(left, SOON).toEqual([]);
}

function childrenOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

const certificatePath = (folder: string, block: number): string => `${folder}/${block}.pem`;
const keyPath = (folder: string, block: number): string => `${folder}/${block}.key`;

async function writeBlock(
  { folder, ports: [port = 0], write }: DaemonPlace,
  { name = '_', address = '127.0.0.1', pair, directives = [] }: NginxBlock,
  at: number,
): Promise<string> {
  const host = address.includes(':') ? `[${address}]` : address;
  const lines = [`listen ${host}:${port} ssl;`, `server_name ${name};`, ...directives];
  if (pair === null) lines.push('ssl_reject_handshake on;');
  else {
    await write(`${at}.pem`, pair.chain);
    await write(`${at}.key`, pair.privateKey);
    lines.push(`ssl_certificate ${certificatePath(folder, at)};`);
    lines.push(`ssl_certificate_key ${keyPath(folder, at)};`, 'return 200 "hello\\n";');
  }
  return `server {\n${lines.join('\n')}\n}`;
}

/**
 * A configuration in the foreground whose files are all below the folder.
 * @param http The rest of the http block, by lines.
 */
export function nginxConfig(
  folder: string,
  http: readonly string[],
  {
    user = isRoot ? 'root' : null,
    workers = 1,
  }: { readonly user?: string | null; readonly workers?: number } = {},
): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const lines = [
    'daemon off;',
    ...(user === null ? [] : [`user ${user};`]),
    `worker_processes ${workers};`,
    `pid ${folder}/nginx.pid;`,
    'events { worker_connections 256; }',
    'http {',
    'access_log off;',
    ...paths,
    ...http,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
