// The requests and answers of the script certdesk-deploy.sh: a word, a tab and values per line.
import { CertdeskError } from '../../core/errors.ts';
import { oneLine } from '../../core/outside-text.ts';
import type { PathReason } from '../transport.ts';

export type Verb =
  | 'stage'
  | 'swap'
  | 'reload'
  | 'roll-back'
  | 'outcome'
  | 'discard'
  | 'stat'
  | 'read'
  | 'remove'
  | 'purge'
  | 'run'
  | 'end'
  | 'facts';

/** One line: a word and its values. */
export type RequestLine = readonly [word: string, ...values: (string | number)[]];

/** @throws HOST_FILE_REFUSED for a value with a control character, which would change the meaning of the lines */
export function writeRequest(host: string, lines: readonly RequestLine[]): string {
  const written = lines.map((line) => {
    const bad = line.find((value) => /\p{Cc}/u.test(String(value)));
    if (bad !== undefined) throw refused(host, String(bad), 'invalid', 'It contains control characters');
    return line.join('\t');
  });
  return `${[...written, 'end'].join('\n')}\n`;
}

export interface Answer {
  /** The values of each line, its word first. */
  readonly lines: readonly (readonly string[])[];
}

/** What the script reports as failed. */
export interface Failure {
  readonly reason: PathReason | 'interrupted';
  readonly path: string;
  readonly message: string;
  readonly fix: string | null;
}

/** Returns null if the script was cut off before its last line. */
export function readAnswer(text: string): Answer | null {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
  const last = lines.at(-1)?.[0];
  if (last !== 'ok' && last !== 'fail') return null;
  return { lines };
}

export function failuresOf({ lines }: Answer): readonly Failure[] {
  return lines.flatMap(([word, reason = '', path = '', message = '', fix = '']) =>
    word === 'fail'
      ? [
          {
            reason: reason as Failure['reason'],
            path,
            message: oneLine(message),
            fix: fix === '' ? null : fix,
          },
        ]
      : [],
  );
}

/** The error for a path that the host refuses. */
export function refused(
  host: string,
  path: string,
  reason: PathReason,
  why: string,
  fix: string | null = null,
): CertdeskError {
  const advice = fix === null ? '' : ` To fix it: ${fix}`;
  const message = `${host}: ${oneLine(path)}: ${why.replace(/[.:]$/, '')}.${advice}`;
  return new CertdeskError('HOST_FILE_REFUSED', message, { host, path, reason });
}
