// What becomes of the program when whoever read its output is gone.
import type { Log } from '../engine/ports.ts';

/** A command that answers: its reader has enough of it (`certdesk audit export | head`). The rule until another is set. */
export function endWithReader(): void {
  process.stdout.on('error', endQuietly);
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

/**
 * A server: it goes on, for it is there for others than who started it. What it would print goes nowhere: a pipe that
 * is closed (EPIPE), a terminal that is gone (EIO), a full disk under a file. The log's own stream does so by itself.
 */
export function goOnWithoutReader(log: Log): void {
  process.stdout.off('error', endQuietly);
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    log.warn({ code: error.code }, 'Standard output cannot be written to any more; Certdesk goes on');
  });
  // Node's own warnings are written to it. Where it fails there is nobody left to tell.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
