// The log: standard error, so that standard output holds only what a command answers.
import { type Logger, pino } from 'pino';
import { escapeUnprintable } from '../../shared/label.ts';
import { logOptions, MESSAGE_KEY } from '../log-lines.ts';

/**
 * JSON goes through process.stderr and not through pino's own destination: that one ends the process on any error but
 * EPIPE (a full disk, a closed terminal), and at its exit tries forever to write what was left. process.stderr is as
 * quick, has an `error` listener (outputs.ts), and writes again where the disk has room again.
 */
export async function createLogger(format: 'pretty' | 'json'): Promise<Logger> {
  if (format === 'json') return pino(logOptions(), onceATurn(process.stderr));
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
 * A line of JSON holds control characters as escapes; pino-pretty would print them, and so let a name from outside write
 * lines of its own or colours into a terminal. A stack keeps its line ends.
 */
function withoutControls(line: string): string {
  const fields = JSON.parse(line, (key, value) => {
    if (typeof value !== 'string') return value;
    return key === 'stack' ? value.split('\n').map(escapeUnprintable).join('\n') : escapeUnprintable(value);
  });
  return `${JSON.stringify(fields)}\n`;
}

/** Lines of one turn of the event loop are one write: each is a system call, which costs more than all else of a line. */
function onceATurn(stream: NodeJS.WritableStream): { write(line: string): void } {
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
