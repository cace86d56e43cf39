// The log of the desktop application: a file beside the data, for nobody sees its standard error; and standard error, for
// whoever started it in a terminal.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, multistream, pino, stdSerializers, stdTimeFunctions } from 'pino';

/** Looked at when it starts; the one before is kept. */
const MAX_BYTES = 10 * 1024 * 1024;

/** @param folder The data folder. */
export function createDesktopLogger(folder: string): Logger {
  const path = logPath(folder);
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
  // Synchronous: what goes wrong last is what somebody will look for.
  const file = pino.destination({ dest: path, sync: true, mode: 0o600 });
  return pino(
    { base: null, timestamp: stdTimeFunctions.isoTime, serializers: { err: stdSerializers.err } },
    multistream([{ stream: file }, { stream: process.stderr, level: 'warn' }]),
  );
}

export function logPath(folder: string): string {
  return join(folder, 'logs', 'certdesk.log');
}
