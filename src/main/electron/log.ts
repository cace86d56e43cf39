// The log of the desktop application: a file beside the data, for nobody sees its standard error; and standard error, for
// whoever started it in a terminal.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, multistream, pino } from 'pino';
import { logOptions } from '../log-lines.ts';
import { openRotatingFile } from './rotating-file.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const KEEP = 3;

/** @param folder The data folder. */
export function createDesktopLogger(folder: string): Logger {
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  // Of a terminal that was closed, a full disk, a pipe that nobody reads any more. Without a listener each warning would
  // be an uncaught error, which is logged (lifecycle.ts), to standard error too, and so on without an end.
  process.stderr.on('error', () => undefined);
  const file = openRotatingFile({ path: logPath(folder), maxBytes: MAX_BYTES, keep: KEEP });
  return pino(logOptions(), multistream([{ stream: file }, { stream: process.stderr, level: 'warn' }]));
}

export function logPath(folder: string): string {
  return join(folder, 'logs', 'certdesk.log');
}
