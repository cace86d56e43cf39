// Writes the log to standard error, so that standard output carries only the output of a command.
import { type Logger, pino } from 'pino';
import { escapeUnprintable } from '../../shared/unprintable.ts';
import { logOptions, MESSAGE_KEY } from '../log-lines.ts';

/**
 * JSON goes to process.stderr and not to pino's own destination, which ends the process on any error except EPIPE (a
 * full disk, a closed terminal) and retries the remaining lines forever at exit. process.stderr is as fast, has an
 * `error` listener (outputs.ts), and works again once the disk has space.
 */
export async function createLogger(format: 'pretty' | 'json'): Promise<Logger> {
  if (format === 'json') return pino(logOptions(), batchPerTurn(process.stderr));
  const { default: pretty } = await import('pino-pretty');
  const lines = pretty({
    destination: 2,
    colorize: process.stderr.isTTY === true,
    messageKey: MESSAGE_KEY,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  });
  return pino(logOptions(), { write: (line: string) => void lines.write(withoutControls(line)) });
}

/**
 * JSON escapes control characters, but pino-pretty prints them: an untrusted name could then forge log lines or change
 * colours in the terminal. Only stack traces keep their line breaks.
 */
function withoutControls(line: string): string {
  const fields = JSON.parse(line, (key, value) => {
    if (typeof value !== 'string') return value;
    return key === 'stack' ? value.split('\n').map(escapeUnprintable).join('\n') : escapeUnprintable(value);
  });
  return `${JSON.stringify(fields)}\n`;
}

/**
 * Joins the lines of one turn of the event loop into one write, because the system call is the largest cost of a line.
 */
function batchPerTurn(stream: NodeJS.WritableStream): { write(line: string): void } {
  let lines = '';
  const flush = (): void => {
    const all = lines;
    lines = '';
    if (all !== '') stream.write(all);
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}
