// Runs a shell script in its own process group without this process's environment, and ends the whole group on time-out,
// on abort, or if this process is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { SCRIPT_FOLDER } from './script-folder.ts';

export interface ScriptRun {
  /** Shell code. It is visible on the command line, so it must not contain secrets. */
  readonly code: string;
  /** `$1` and so on; as visible as `code`. */
  readonly args: readonly string[];
  /** The whole environment, which may contain secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ScriptResult {
  /** Null if a signal ended the script, or it could not be started. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** The last complete lines of standard error. Partial lines might contain a partial secret, which is not redacted. */
  readonly complaint: string;
}

/** The limits for standard error, in characters and lines. */
const KEEP = 64 * 1024;
const LINES = 8;
/** The time between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000;

/**
 * A watchdog in the group reads descriptor 3, whose other end only this process has. It gets end-of-file when this process
 * dies, even by SIGKILL. Then it ends the group and deletes the folder of script-folder.ts, where scripts save secrets in
 * plain text. It is not a child of the script, whose `wait` would never end.
 */
const WATCHDOG = `( (
trap '' TERM
read -r certdesk_end <&3
kill -TERM 0
sleep 1
case "$PWD" in */${SCRIPT_FOLDER}*) rm -rf -- "$PWD" ;; esac
kill -KILL 0
) >/dev/null 2>&1 & )
exec 3<&-
`;

/** @throws only the reason of the signal, after the group has ended */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  run.signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', WATCHDOG + run.code, 'certdesk', ...run.args], {
    cwd: run.folder,
    env: run.env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const complaint = keepTail(child);
  child.stdio[3]?.on('error', () => {}); // the other end closes with the group
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, run.timeoutMs);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child, 'SIGTERM');
    killTimer ??= setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  };
  run.signal.addEventListener('abort', stop);
  try {
    const exitCode = await ended(child);
    // Processes that the script left running would outlive its folder.
    killGroup(child, 'SIGKILL');
    run.signal.throwIfAborted();
    return { exitCode, timedOut, complaint: complaint() };
  } finally {
    clearTimeout(timer);
    clearTimeout(killTimer);
    run.signal.removeEventListener('abort', stop);
    child.stderr?.destroy();
    child.stdio[3]?.destroy();
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => setImmediate(resolve, code));
    child.once('error', () => resolve(null));
  });
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has no processes left.
  }
}

function keepTail(child: ChildProcess): () => string {
  let text = '';
  let cut = false;
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    text += chunk;
    cut ||= text.length > KEEP;
    text = text.slice(-KEEP);
  });
  return () => {
    const lines = text.split('\n');
    if (cut) lines.shift();
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .slice(-LINES)
      .join('; ');
  };
}
