// A program on a disk that fails where a test says: faulty-disk.c between it and the C library (Linux).
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../tools/tools.ts';

export interface Fault {
  /** An extended regular expression that the absolute path of a file must match. */
  readonly path: string;
  /** Which system call on it that changes something, or with `reads` that reads; 1 is the first, 0 none. */
  readonly nth: number;
  readonly reads?: boolean;
  readonly deed: 'kill-before' | 'kill-after' | 'eio' | 'eio-ever';
}

export interface FaultyRun {
  /** False where the fault ended it. */
  readonly ended: boolean;
  /** What it has said, as JSON; null where it was killed. */
  readonly said: Readonly<Record<string, unknown>> | null;
  /** The calls that counted: `rename /tmp/x/secrets.sealed` … */
  readonly calls: readonly string[];
}

export interface FaultyDisk {
  /** Of a program in this folder. @throws with what it has printed where it fails by itself. */
  run(program: string, args: readonly string[], fault: Fault): Promise<FaultyRun>;
  remove(): Promise<void>;
}

/** Counting begins and ends where the program opens files of these names. */
export const [FAULT_ON, FAULT_OFF] = ['fault-on', 'fault-off'];

export async function makeFaultyDisk(): Promise<FaultyDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-faulty-'));
  const library = join(folder, 'faulty-disk.so');
  const source = resolve(import.meta.dirname, 'faulty-disk.c');
  const flags = ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread'];
  await promisify(execFile)(toolPath('CERTDESK_TEST_CC'), flags);
  let count = 0;
  return {
    async run(program, args, { path, nth, deed, reads = false }) {
      count += 1;
      const counted = join(folder, `calls-${count}`);
      const fault = { FAULT_PATH: path, FAULT_NTH: String(nth), FAULT_DEED: deed, FAULT_COUNT: counted };
      const reading = reads ? { FAULT_READS: '1' } : {};
      const child = spawn(process.execPath, [resolve(import.meta.dirname, program), ...args], {
        env: {
          ...process.env,
          ...fault,
          ...reading,
          LD_PRELOAD: library,
          NODE_COMPILE_CACHE: join(folder, 'compiled'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 110_000,
        killSignal: 'SIGTERM', // not the signal of a fault
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk));
      const [code, signal] = await once(child, 'close');
      if (signal !== 'SIGKILL' && code !== 0)
        throw new Error(`${program} failed (${code ?? signal}):\n${err}`);
      const calls = (await readFile(counted, 'utf8').catch(() => '')).split('\n').filter(Boolean);
      return { ended: signal === null, said: signal === null ? JSON.parse(out) : null, calls };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
