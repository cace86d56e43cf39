// From starting the process to the line that says it serves, and the memory some seconds later.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../../scripts/lib/build.ts';
import { cpuMsOf, residentMb } from './process-facts.ts';
import { unitEnvironment } from './unit-environment.ts';

export interface StartRow {
  /** Milliseconds until it prints its address, when it can answer requests. */
  readonly startMs: number;
  /** Processor time until then, user and system, which other load affects less. */
  readonly cpuMs: number;
  /** Resident, in MiB, `IDLE_AFTER_MS` later. */
  readonly idleRssMb: number;
}

const IDLE_AFTER_MS = 5_000;
const OPTIONS = ['--port', '0', '--challenge-port', '0', '--secret-store', 'sealed-file'];

/**
 * Starts the built server on the folder and stops it. V8's compile cache is in the folder; the systemd unit has
 * one too. The first start fills it.
 */
export async function measureStart(dataFolder: string, idleAfterMs = IDLE_AFTER_MS): Promise<StartRow> {
  const started = performance.now();
  const program = join(ROOT, 'bin/certdesk.mjs');
  const child = spawn(process.execPath, [program, 'serve', '--data-dir', dataFolder, ...OPTIONS], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...unitEnvironment(), NODE_COMPILE_CACHE: join(dataFolder, 'compile-cache') },
  });
  const ended = once(child, 'exit');
  try {
    await said(child.stdout, 'Certdesk listens on');
    const startMs = performance.now() - started;
    const cpuMs = cpuMsOf(child.pid ?? 0);
    await wait(idleAfterMs);
    return { startMs, cpuMs, idleRssMb: residentMb(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** A Node that does nothing: the lower limit of a start. */
export async function measureBareStart(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', "console.log('here')"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  await said(child.stdout, 'here');
  const ms = performance.now() - started;
  await ended;
  return ms;
}

/** It keeps reading: a server whose output is not read could not stop normally. */
function said(output: NodeJS.ReadableStream, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes(words)) resolve();
    });
    output.once('end', () => reject(new Error(`It has ended without its address: ${text}`)));
  });
}
