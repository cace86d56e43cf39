// Reads a passphrase from a prompt, a file or standard input. Never from an argument: every user of the machine can
// list those.
import { readFileSync } from 'node:fs';
import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CertdeskError } from '../engine/core/errors.ts';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
  readonly passphraseStdin?: boolean;
}

/**
 * Reads the passphrase that an option names.
 * @returns null if neither option is given @throws INVALID_REQUEST if it cannot be read or is empty
 */
export function readPassphrase({ passphraseFile, passphraseStdin }: PassphraseOptions): string | null {
  if (passphraseFile !== undefined) return firstLine(read(passphraseFile, '--passphrase-file'));
  return passphraseStdin === true ? firstLine(read(0, '--passphrase-stdin')) : null;
}

function read(source: string | number, option: string): string {
  try {
    return readFileSync(source, 'utf8');
  } catch (cause) {
    const message = `Cannot read the passphrase (${option}): ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

/** Text editors end a file with a line break that is no part of the passphrase. */
function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line !== '') return line;
  throw new CertdeskError('INVALID_REQUEST', 'The passphrase is empty. Provide one line of text');
}

/**
 * Prompts for a passphrase on the terminal without echoing it.
 * @param twice Asks again to catch typing errors; for a new passphrase.
 * @throws INVALID_REQUEST if there is no terminal, the user presses Ctrl-C, or the two entries differ
 */
export async function askPassphrase(question: string, twice: boolean): Promise<string> {
  if (!stdin.isTTY) {
    throw new CertdeskError(
      'INVALID_REQUEST',
      'A passphrase is required, and standard input is not a terminal. Use --passphrase-file FILE or --passphrase-stdin',
    );
  }
  const typed = await ask(question);
  if (twice && (await ask('Repeat the passphrase: ')) !== typed) {
    throw new CertdeskError('INVALID_REQUEST', 'The passphrases do not match. Try again');
  }
  return typed;
}

async function ask(question: string): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(question);
  const terminal = createInterface({ input: stdin, output: mute, terminal: true });
  const stopped = new AbortController();
  terminal.once('SIGINT', () => stopped.abort());
  try {
    return await terminal.question('', { signal: stopped.signal });
  } catch (cause) {
    throw new CertdeskError('INVALID_REQUEST', 'Cancelled; nothing was changed', undefined, { cause });
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
