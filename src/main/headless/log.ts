// The log: standard error, so that standard output holds only what a command answers.
import { destination, type Logger, pino } from 'pino';
import { logOptions, MESSAGE_KEY } from '../log-lines.ts';

export async function createLogger(format: 'pretty' | 'json'): Promise<Logger> {
  if (format === 'json') return pino(logOptions(), destination(2));
  const { default: pretty } = await import('pino-pretty');
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
