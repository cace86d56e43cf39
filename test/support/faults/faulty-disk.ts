// A program on a disk that fails on demand: faulty-disk.c sits between it and the C library (Linux).
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
  /**
   * The number of the system call that fails, among those that change something, or with `reads` those that read;
   * from 1, 0 for none.
   */
  readonly nth: number;
  readonly reads?: boolean;
  readonly deed: 'kill-before' | 'kill-after' | 'eio' | 'eio-ever';
}

export interface FaultyRun {
  /** False if the fault ended it. */
  readonly ended: boolean;
  /** Its output as JSON; null if it was killed. */
  readonly said: Readonly<Record<string, unknown>> | null;
  /** The counted calls: `rename /tmp/x/secrets.sealed` … */
  readonly calls: readonly string[];
}

export interface FaultyDisk {
  /** Runs the program in this folder. @throws with its output if it fails without a fault. */
  run(program: string, args: readonly string[], fault: Fault): Promise<FaultyRun>;
  remove(): Promise<void>;
}

/** Counting starts and ends when the program opens files of these names. */
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
