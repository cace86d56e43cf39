// Runs a shell script in a process group of its own, with nothing of this process's environment, and ends the whole
// group on time-out and abort, and where this process itself is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { SCRIPT_FOLDER } from './script-folder.ts';

export interface ScriptRun {
  /** Shell code; on the command line, so without secrets. */
  readonly code: string;
  /** `$1` and so on; as visible as the code. */
  readonly args: readonly string[];
  /** The whole environment: secrets belong here. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ScriptResult {
  /** Null where it was ended by a signal, or could not be started. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** The last lines of standard error, whole ones: half a secret would not be recognised. */
  readonly complaint: string;
}

/** What is kept of standard error: characters, then lines. */
const KEEP = 64 * 1024;
const LINES = 8;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000;

/**
 * A process of the group waits for the end of descriptor 3, whose other end only this process has: it comes when this
 * process dies, by SIGKILL too. Then it ends the group, which nobody else would, and removes a folder of
 * script-folder.ts, in which scripts keep secrets in clear. Not a child of the script: a `wait` there would never end.
 */
const WATCH = `( (
trap '' TERM
read -r certdesk_end <&3
kill -TERM 0
sleep 1
case "$PWD" in */${SCRIPT_FOLDER}*) rm -rf -- "$PWD" ;; esac
kill -KILL 0
) >/dev/null 2>&1 & )
exec 3<&-
`;

/** Rejects only where the signal aborts, with its reason, when the group is gone. */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  run.signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', WATCH + run.code, 'certdesk', ...run.args], {
    cwd: run.folder,
    env: run.env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const complaint = keepTail(child);
  child.stdio[3]?.on('error', () => {}); // the other end goes with the group
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, run.timeoutMs);
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child, 'SIGTERM');
    killer ??= setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  };
  run.signal.addEventListener('abort', stop);
  try {
    const exitCode = await ended(child);
    // What the script has left running would outlive its folder.
    killGroup(child, 'SIGKILL');
    run.signal.throwIfAborted();
    return { exitCode, timedOut, complaint: complaint() };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
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
    // Nobody of the group is left.
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
