// What becomes of the program when its output cannot be written: whoever read it is gone, the disk is full.
import type { Log } from '../engine/core/ports.ts';

/**
 * A command that answers, the rule until another is set. Its reader has enough of it (`certdesk audit export | head`):
 * it ends quietly. Anything else (a full disk): one line says so, and it ends with 2, for its answer is lost.
 */
export function endWithoutOutput(): void {
  process.stdout.on('error', end);
  // Where standard error fails there is nobody left to tell; the exit code still says how it ended.
  process.stderr.on('error', () => undefined);
}

function end(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`certdesk: ${unwritable(error)}\n`);
  process.exit(2);
}

/** A part of a sentence. */
export function unwritable(error: Error): string {
  return `standard output cannot be written: ${error.message}`;
}

/**
 * Writes what its caller has to undo where nobody gets it; the program does not end by itself then.
 * @returns null where it is written, else why not: a reader that is gone, too.
 */
export async function tryToWrite(text: string): Promise<Error | null> {
  const ignore = (): void => undefined;
  process.stdout.off('error', end).on('error', ignore);
  const failure = await new Promise<Error | null>((resolve) => {
    process.stdout.write(text, (error) => resolve(error ?? null));
  });
  // The stream tells its listeners right after the callback.
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.off('error', ignore).on('error', end);
  return failure;
}

/**
 * A server: it goes on, for it is there for others than who started it. What it would print goes nowhere: a pipe that
 * is closed (EPIPE), a terminal that is gone (EIO), a full disk under a file.
 */
export function goOnWithoutReader(log: Log): void {
  process.stdout.off('error', end);
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    log.warn({ code: error.code }, 'Standard output cannot be written to any more; Certdesk goes on');
  });
  process.stdout.on('error', () => undefined);
}
