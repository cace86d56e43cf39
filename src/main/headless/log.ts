// The log: standard error, so that standard output holds only what a command answers.
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export function createLogger(format: 'pretty' | 'json'): Logger {
  const options = { base: null, serializers: { err: pino.stdSerializers.err } };
  if (format === 'json')
    return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return pino(
    options,
    pretty({
      destination: 2,
      colorize: process.stderr.isTTY === true,
      translateTime: 'SYS:HH:MM:ss',
      singleLine: true,
    }),
  );
}
