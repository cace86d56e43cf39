// Child processes of scripts. They receive the script's signals and do not outlive it.
import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface ChildOptions {
  readonly cwd?: string;
  /** Added to this process's variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit`: the output goes to this process's streams. `collect`: it is returned as `output`. */
  readonly stdio: 'inherit' | 'collect';
  /** After this time the process and its children are killed, and `code` is 124, as with timeout(1). */
  readonly timeoutMs?: number;
  readonly shell?: boolean;
}

export interface ChildResult {
  /** The exit code; 128 + the signal's number if a signal ended it, 127 if it could not be started. */
  readonly code: number;
  /** Standard output and standard error in the order of arrival; empty with `inherit`. */
  readonly output: string;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a program until it exits. Never rejects. */
export function runChild(
  program: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  return new Promise((resolve) => {
    const collect = options.stdio === 'collect';
    const child = spawn(program, args, {
      cwd: options.cwd,
      shell: options.shell ?? false,
      env: { ...process.env, ...options.env },
      stdio: collect ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      detached: collect && process.platform !== 'win32', // its own process group, to kill it with its children
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const kill = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(collect && process.platform !== 'win32' ? -child.pid : child.pid, signal);
      } catch {
        // already exited: the exit event follows
      }
    };
    const onSignal = (signal: NodeJS.Signals): void => kill(signal);
    for (const signal of SIGNALS) process.on(signal, onSignal);
    let timedOut = false;
    const timer = setTimeout(
      () => {
        timedOut = true;
        kill('SIGKILL');
      },
      options.timeoutMs ?? 2 ** 31 - 1,
    );
    const end = (code: number): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
      resolve({ code: timedOut ? 124 : code, output });
    };
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 1)));
  });
}
