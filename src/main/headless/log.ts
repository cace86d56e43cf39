// The log: standard error, so that standard output holds only what a command answers.
import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { logOptions, MESSAGE_KEY } from '../log-lines.ts';

export function createLogger(format: 'pretty' | 'json'): Logger {
  if (format === 'json') return pino(logOptions(), destination(2));
  return pino(
    logOptions(),
    pretty({
      destination: 2,
      colorize: process.stderr.isTTY === true,
      messageKey: MESSAGE_KEY,
      translateTime: 'SYS:HH:MM:ss',
      singleLine: true,
    }),
  );
}
