// Writes to the terminal. Text from the server is untrusted: a domain or an error may contain escape sequences.
import { escapeUnprintable } from '../../shared/unprintable.ts';

type Color = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

const CODES: Readonly<Record<Color, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Colours only a terminal, and not if NO_COLOR is set (no-color.org) or the terminal has none. */
function hasColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** @returns the text with its control characters escaped, in a colour if standard output has colours */
export function paint(
  text: string,
  color: Color | null = null,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  const safe = escapeUnprintable(text);
  if (color === null || !hasColor(stream)) return safe;
  const [on, off] = CODES[color];
  return `\u001b[${on}m${safe}\u001b[${off}m`;
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** For people only: standard error, so that a pipe gets the result alone. */
export function printNote(text: string): void {
  process.stderr.write(`${paint(text, 'dim', process.stderr)}\n`);
}

/** For the message of a command that failed, and the lines that explain it. */
export function printFailure(message: string, explanation: readonly string[] = []): void {
  for (const line of [`certdesk: ${message}`, ...explanation])
    process.stderr.write(`${escapeUnprintable(line)}\n`);
}

const STATES: Readonly<Record<string, Color>> = {
  valid: 'green',
  succeeded: 'green',
  ok: 'green',
  expiring_soon: 'yellow',
  attention: 'yellow',
  warning: 'yellow',
  running: 'yellow',
  expired: 'red',
  revoked: 'red',
  failed: 'red',
  failing: 'red',
  critical: 'red',
};

export function colorOfState(state: string): Color | null {
  return STATES[state] ?? null;
}
