// The log of the desktop application: a file in the data folder, and standard error for a start in a terminal.
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
  // Ignores a closed terminal or pipe and a full disk. Without a listener, each failed write would be an uncaught
  // error, which lifecycle.ts logs to standard error, and so on forever.
  process.stderr.on('error', () => undefined);
  const file = openRotatingFile({ path: logPath(folder), maxBytes: MAX_BYTES, keep: KEEP });
  return pino(logOptions(), multistream([{ stream: file }, { stream: process.stderr, level: 'warn' }]));
}

export function logPath(folder: string): string {
  return join(folder, 'logs', 'certdesk.log');
}
