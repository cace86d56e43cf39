// Pebble and its DNS server as child processes: started, watched, stopped by their own pid, with their output captured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface TestProcess {
  readonly pid: number;
  /** Everything written so far, standard output and standard error in order of arrival. */
  output(): string;
  /** Resolves when `ready` does; rejects with the output if the process ends first or `ready` never succeeds. */
  waitUntil(ready: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  /** SIGTERM, then SIGKILL after two seconds. Resolves when the process has ended; may be called twice. */
  stop(): Promise<void>;
}

/** @param env Added to this process's own environment. */
export function startProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): TestProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let ended = false;
  const gone = once(child, 'exit').then(
    () => undefined,
    (error: unknown) => keep(Buffer.from(`${program}: ${String(error)}\n`)), // it could not be started
  );
  void gone.then(() => {
    ended = true;
  });
  // An interrupted test run must not leave it behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);

  return {
    pid: child.pid ?? -1,
    output: () => output,
    async waitUntil(ready, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (!(await ready())) {
        if (ended) throw new Error(`${program} ended unexpectedly:\n${output}`);
        if (performance.now() > deadline) throw new Error(`${program} is not ready in time:\n${output}`);
        await delay(20);
      }
    },
    async stop() {
      process.removeListener('exit', killNow);
      if (ended) return;
      child.kill('SIGTERM');
      const timer = setTimeout(killNow, 2_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
