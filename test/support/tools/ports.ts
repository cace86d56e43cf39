// Allocates ports for programs that need them before they start (Pebble, challtestsrv, BIND, the built server if a test
// names its port). A server in this process listens on port 0 instead. Every port is below the kernel's ephemeral
// range, so no outgoing connection and no `listen(0)` uses it. Each vitest worker has its own range. A lock file
// reserves the port against other workers and other checkouts until it is released or this process ends.
import { createSocket } from 'node:dgram';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from '../../../scripts/lib/file-lock.ts';
import { type PortRange, workerRange } from './port-range.ts';

export interface PortUse {
  /** The addresses on which the port must be free; default: 127.0.0.1. One that this machine lacks counts as free. */
  readonly addresses?: readonly string[];
  /** The program uses UDP besides TCP. */
  readonly udp?: boolean;
}

/** The port that a program needs on 127.0.0.1, TCP only. */
export const TCP: PortUse = {};

export interface HeldPorts {
  readonly ports: readonly number[];
  /** Releases the ports; may be called twice. */
  release(): void;
}

export interface PortAllocator {
  /** One free port for each use, reserved until `release`. */
  hold(uses: readonly PortUse[]): Promise<HeldPorts>;
  /**
   * Starts a program on reserved ports. If the start fails because another program has taken one meanwhile, it is
   * repeated with other ports, up to five times. `start` calls `release` when the program has stopped; a failed start
   * releases its ports itself.
   */
  start<T>(
    uses: readonly PortUse[],
    start: (ports: readonly number[], release: () => void) => Promise<T>,
  ): Promise<T>;
}

const ATTEMPTS = 5;
const LOCK_TIMEOUT_MS = 30_000;

/** @param folder Of the lock files; processes that share it never get the same port. */
export function createPortAllocator(folder: string, range: PortRange): PortAllocator {
  const held = new Set<number>();
  let next = Math.floor(Math.random() * range.size); // two runs that share a range seldom collide
  const lockFile = (port: number): string => join(folder, String(port));
  const releasePort = (port: number): void => {
    if (held.delete(port)) rmSync(lockFile(port), { force: true });
  };
  process.once('exit', () => [...held].forEach(releasePort));

  async function claim(use: PortUse): Promise<number> {
    for (let tried = 0; tried < range.size; tried += 1) {
      const port = range.first + (next % range.size);
      next += 1;
      if (isLocked(lockFile(port)) || !(await isFree(port, use))) continue;
      writeFileSync(lockFile(port), String(process.pid));
      held.add(port);
      return port;
    }
    throw new Error(`No port from ${range.first} to ${range.first + range.size - 1} is free: see ${folder}`);
  }

  const hold: PortAllocator['hold'] = (uses) => {
    mkdirSync(folder, { recursive: true });
    return withFileLock(join(folder, 'lock'), LOCK_TIMEOUT_MS, async () => {
      const ports: number[] = [];
      const release = (): void => ports.splice(0).forEach(releasePort);
      try {
        for (const use of uses) ports.push(await claim(use));
        return { ports: [...ports], release };
      } catch (error) {
        release();
        throw error;
      }
    });
  };

  return {
    hold,
    async start(uses, start) {
      for (let attempt = 1; ; attempt += 1) {
        const { ports, release } = await hold(uses);
        try {
          return await start(ports, release);
        } catch (error) {
          const taken = isPortTaken(error) || !(await areFree(ports, uses));
          release();
          if (!taken || attempt === ATTEMPTS) throw error;
        }
      }
    },
  };
}

const uid = process.getuid?.() ?? 'user';
const allocator = createPortAllocator(join(tmpdir(), `certdesk-test-ports-${uid}`), workerRange());
export const { hold: holdPorts, start: startOnPorts } = allocator;

/** A port of 127.0.0.1 that refuses connections, reserved while this process lives. */
export async function unusedPort(use: PortUse = TCP): Promise<number> {
  const [port = 0] = (await holdPorts([use])).ports;
  return port;
}

/** The port that a listening server got. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}

/** A lock whose process has ended is stale. If another program has reused its pid, the port merely stays unused. */
function isLocked(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The messages of Node, Go, BIND and Certdesk. */
function isPortTaken(error: unknown): boolean {
  return /EADDRINUSE|address (already )?in use|another program uses that port/i.test(String(error));
}

async function areFree(ports: readonly number[], uses: readonly PortUse[]): Promise<boolean> {
  const free = await Promise.all(ports.map((port, index) => isFree(port, uses[index] ?? TCP)));
  return free.every(Boolean);
}

async function isFree(port: number, { addresses = ['127.0.0.1'], udp = false }: PortUse): Promise<boolean> {
  const checks = addresses.flatMap((host) => [
    canListen(port, host),
    ...(udp ? [canBindUdp(port, host)] : []),
  ]);
  return (await Promise.all(checks)).every(Boolean);
}

const ABSENT_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];
const isAbsent = (error: NodeJS.ErrnoException): boolean => ABSENT_ADDRESS.includes(error.code ?? '');

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(isAbsent(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBindUdp(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(isAbsent(error));
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
