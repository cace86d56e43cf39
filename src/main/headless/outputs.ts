// Handles failures of standard output and standard error: a closed pipe, a full disk.
import type { Log } from '../engine/core/ports.ts';

/**
 * Ends the process when standard output fails; the default for every command. A closed pipe (`certdesk audit export |
 * head`) is no failure and ends the process with 0. Any other error (a full disk) loses output: the process prints one
 * line and ends with 2.
 */
export function exitOnOutputError(): void {
  process.stdout.on('error', exitOnError);
  // If standard error fails, no channel is left for a message; the exit code still reports the result.
  process.stderr.on('error', () => undefined);
}

function exitOnError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`certdesk: ${describeOutputError(error)}\n`);
  process.exit(2);
}

/** @returns a clause without a full stop, for use in a sentence. */
export function describeOutputError(error: Error): string {
  return `cannot write to standard output: ${error.message}`;
}

/**
 * Writes output that the caller must undo if it is lost. Unlike other writes, a failure does not end the process.
 * @returns null on success, else the error; a closed pipe counts as one.
 */
export async function tryToWrite(text: string): Promise<Error | null> {
  const ignore = (): void => undefined;
  process.stdout.off('error', exitOnError).on('error', ignore);
  const failure = await new Promise<Error | null>((resolve) => {
    process.stdout.write(text, (error) => resolve(error ?? null));
  });
  // The stream emits `error` right after it calls the callback.
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.off('error', ignore).on('error', exitOnError);
  return failure;
}

/**
 * Lets a server continue when standard output fails, because its users are not those who started it. Its further output
 * is lost: a closed pipe (EPIPE), a closed terminal (EIO), a full disk.
 */
export function continueOnOutputError(log: Log): void {
  process.stdout.off('error', exitOnError);
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    log.warn({ code: error.code }, 'Cannot write to standard output any more; Certdesk continues');
  });
  process.stdout.on('error', () => undefined);
}
