// Runs one command over a Shell, and ends its whole process group after its time-out.
import { CertdeskError } from '../../core/errors.ts';
import type { CommandResult } from '../transport.ts';
import { MAX_OUTPUT, toOutput } from './output.ts';
import type { Shell } from './shell.ts';

export interface RunCommandOptions {
  readonly stdin?: Uint8Array;
  readonly timeoutMs: number;
  readonly redact: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The first line of the output is the process id, which is the id of the process group too: sshd and the local shell give
 * every command its own. The text comes as the first line of standard input, so that neither a list of processes nor an
 * environment shows it; the rest is the standard input of the command.
 */
const RUNNER = `exec sh -c 'echo $$; IFS= read -r text; text=$(printf %s "$text" | base64 -d); exec 2>&1; eval "$text"' certdesk-run`;
const KILL_GRACE_MS = 2_000;

/** @param script POSIX sh. @throws what `shell.exec` throws */
export async function runCommand(
  shell: Shell,
  script: string,
  { stdin = new Uint8Array(), timeoutMs, redact, signal }: RunCommandOptions,
): Promise<CommandResult> {
  let pid: number | null = null;
  let beginning = '';
  let timedOut = false;
  const ended = new AbortController();
  const timer = setTimeout(() => {
    timedOut = true;
    if (pid === null) return ended.abort(); // it never started
    void endGroup(shell, pid, ended.signal);
    setTimeout(() => ended.abort(), 2 * KILL_GRACE_MS).unref();
  }, timeoutMs);
  const onAbort = (): void => {
    if (pid !== null) void endGroup(shell, pid, ended.signal);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { exitCode, stdout, truncated } = await shell.exec(RUNNER, {
      stdin: Buffer.concat([Buffer.from(`${Buffer.from(script).toString('base64')}\n`), stdin]),
      signal: AbortSignal.any([signal, ended.signal]),
      timeoutMs: timeoutMs + 10 * KILL_GRACE_MS,
      maxOutput: MAX_OUTPUT + 32,
      leavesProcesses: true,
      onOutput: (chunk) => {
        if (pid !== null) return;
        beginning += chunk.toString('latin1');
        if (beginning.includes('\n')) pid = Number.parseInt(beginning, 10);
      },
    });
    const start = stdout.indexOf('\n') + 1;
    const output = toOutput(stdout.subarray(start), redact, truncated);
    return { exitCode: timedOut || (exitCode ?? 129) > 128 ? null : exitCode, timedOut, ...output };
  } catch (error) {
    signal.throwIfAborted();
    const stopped = timedOut && !(error instanceof CertdeskError && error.code === 'HOST_CONNECTION_LOST');
    if (!stopped) throw error;
    return { exitCode: null, timedOut: true, output: '', truncated: false };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Over a second channel: TERM, and KILL after two seconds to what is still there. Errors are ignored. */
async function endGroup(shell: Shell, pid: number, signal: AbortSignal): Promise<void> {
  const line = `kill -s TERM -- -${pid}; sleep ${KILL_GRACE_MS / 1000}; kill -s KILL -- -${pid}`;
  const options = {
    stdin: new Uint8Array(),
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    maxOutput: 1_000,
  };
  signal.throwIfAborted();
  await shell.exec(`exec sh -c '${line}'`, options).catch(() => undefined);
}
