// The port allocator of the tests: who gets which port, and what happens when one is in use.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstEphemeralPort, type PortRange, workerRange } from './port-range.ts';
import { createPortAllocator, holdPorts, startOnPorts, TCP, unusedPort } from './ports.ts';

let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-ports-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Consecutive ports that are reserved for this test, as its own range. */
async function ownRange(size: number): Promise<PortRange> {
  for (;;) {
    const { ports, release } = await holdPorts(Array.from({ length: size }, () => TCP));
    closing.push(release);
    const [first = 0] = ports;
    if (ports.every((port, index) => port === first + index)) return { first, size };
  }
}

async function occupy(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  closing.push(() => server.close());
  return server;
}

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
  return Number(stdout);
}

describe('the port range of a worker', () => {
  it('lies below the ephemeral range of this machine', async () => {
    const { ports, release } = await holdPorts([TCP, { udp: true }]);
    release();
    for (const port of ports) {
      expect(port).toBeLessThan(firstEphemeralPort());
      expect(port).toBeGreaterThan(1023);
    }
  });

  it.each([32_768, 49_152, 20_000])('overlaps with no other if ephemeral ports start at %i', (ephemeral) => {
    const ranges = Array.from({ length: 16 }, (_, worker) => workerRange(worker, ephemeral));
    const all = ranges.flatMap(({ first, size }) =>
      Array.from({ length: size }, (_, index) => first + index),
    );
    expect(new Set(all).size).toBe(all.length);
    expect(Math.max(...all)).toBeLessThan(ephemeral);
    expect(Math.min(...all)).toBeGreaterThan(10_080);
    expect(ranges.every(({ size }) => size >= 100)).toBe(true);
  });

  it('is the default if a machine has no room below its ephemeral range', () => {
    expect(workerRange(0, 1_024)).toEqual(workerRange(0, 32_768));
  });
});

describe('holding a port', () => {
  it('reserves it until it is released', async () => {
    const range = await ownRange(3);
    const [one, other] = [createPortAllocator(folder, range), createPortAllocator(folder, range)];
    const [first, second, third] = [
      await one.hold([TCP]),
      await other.hold([TCP]),
      await one.hold([{ udp: true }]),
    ];
    expect(new Set([first, second, third].flatMap(({ ports }) => ports)).size).toBe(3);
    await expect(other.hold([TCP])).rejects.toThrow(/^No port from \d+ to \d+ is free/);
    first.release();
    first.release();
    expect((await other.hold([TCP])).ports).toEqual(first.ports);
  });

  it('reserves none if not all are available', async () => {
    const one = createPortAllocator(folder, await ownRange(2));
    await expect(one.hold([TCP, TCP, TCP])).rejects.toThrow('is free');
    expect((await one.hold([TCP, TCP])).ports).toHaveLength(2);
  });

  it('gives two processes different ports at once, and frees them when they end', async () => {
    const range = await ownRange(60);
    const source = `
      import { createPortAllocator, TCP } from ${JSON.stringify(join(import.meta.dirname, 'ports.ts'))};
      const allocator = createPortAllocator(${JSON.stringify(folder)}, ${JSON.stringify(range)});
      const held = await Promise.all(Array.from({ length: 15 }, () => allocator.hold([TCP, TCP])));
      console.log(JSON.stringify(held.flatMap(({ ports }) => ports)));
      process.stdin.on('data', () => process.exit(0));`;
    const children = [1, 2].map(() => {
      const child = execFile(process.execPath, ['--input-type=module', '-e', source]);
      closing.push(() => child.kill('SIGKILL'));
      return child;
    });
    const lines = await Promise.all(
      children.map(async ({ stdout }) => (stdout === null ? '' : String((await once(stdout, 'data'))[0]))),
    );
    const ports: number[] = lines.flatMap((line) => JSON.parse(line));
    expect(new Set(ports).size).toBe(60);
    const ended = children.map((child) => once(child, 'exit'));
    for (const child of children) child.stdin?.write('end');
    await Promise.all(ended);
    expect(readdirSync(folder).filter((name) => name !== 'lock')).toEqual([]);
  });

  it('claims the lock of a dead process, but not of a running one', async () => {
    const range = await ownRange(2);
    writeFileSync(join(folder, String(range.first)), String(await deadPid()));
    writeFileSync(join(folder, String(range.first + 1)), String(process.ppid));
    const allocator = createPortAllocator(folder, range);
    expect((await allocator.hold([TCP])).ports).toEqual([range.first]);
    await expect(allocator.hold([TCP])).rejects.toThrow('is free');
  });

  it('skips a port that a program listens on, by TCP, by UDP, or at another of the addresses', async () => {
    const range = await ownRange(4);
    await occupy(range.first);
    const udp = createSocket('udp4').bind(range.first + 1, '127.0.0.1');
    await once(udp, 'listening');
    closing.push(() => udp.close());
    const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
    await occupy(range.first + 2, elsewhere);
    const allocator = createPortAllocator(folder, range);
    const use = { addresses: ['127.0.0.1', elsewhere, '192.0.2.1'], udp: true };
    expect((await allocator.hold([use])).ports).toEqual([range.first + 3]);
    expect(existsSync(join(folder, String(range.first)))).toBe(false);
  });

  it('skips a port that refuses connections', async () => {
    const port = await unusedPort();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('starting a program', () => {
  it('tries other ports if the start reports that one is in use', async () => {
    const tried: number[] = [];
    const got = await startOnPorts([TCP], async ([port = 0], release) => {
      tried.push(port);
      if (tried.length < 3) throw new Error('bind: address already in use');
      closing.push(release);
      return port;
    });
    expect(new Set(tried).size).toBe(3);
    expect(got).toBe(tried[2]);
  });

  it('tries other ports if a start fails without a reason and a port is in use by then', async () => {
    let starts = 0;
    await startOnPorts([TCP], async ([port = 0], release) => {
      starts += 1;
      release();
      if (starts > 1) return;
      await occupy(port);
      throw new Error('the program ended with 2');
    });
    expect(starts).toBe(2);
  });

  it('does not repeat a start that fails for another reason, and gives up in the end', async () => {
    let starts = 0;
    const failing = (message: string) => async (): Promise<never> => {
      starts += 1;
      throw new Error(message);
    };
    await expect(startOnPorts([TCP], failing('no such file'))).rejects.toThrow('no such file');
    expect(starts).toBe(1);
    await expect(startOnPorts([TCP], failing('EADDRINUSE'))).rejects.toThrow('EADDRINUSE');
    expect(starts).toBe(6);
  });

  it('releases the ports of a failed start', async () => {
    const allocator = createPortAllocator(folder, await ownRange(1));
    const failing = allocator.start([TCP], () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect((await allocator.hold([TCP])).ports).toHaveLength(1);
  });
});
