// A passphrase from a prompt, a file or standard input: never an argument, which every user of the machine can list.
import { readFileSync } from 'node:fs';
import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CertdeskError } from '../engine/core/errors.ts';

export interface PassphraseOptions {
  readonly passphraseFile?: string;
  readonly passphraseStdin?: boolean;
}

/** Null where neither option is given. @throws INVALID_REQUEST where the file cannot be read, or nothing is given. */
export function givenPassphrase({ passphraseFile, passphraseStdin }: PassphraseOptions): string | null {
  if (passphraseFile !== undefined) return firstLine(read(passphraseFile, '--passphrase-file'));
  return passphraseStdin === true ? firstLine(read(0, '--passphrase-stdin')) : null;
}

function read(source: string | number, option: string): string {
  try {
    return readFileSync(source, 'utf8');
  } catch (cause) {
    const message = `${option} cannot be read: ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

/** Editors end a file with a line break that is not meant. */
function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line !== '') return line;
  throw new CertdeskError('INVALID_REQUEST', 'The passphrase is empty: give one line of text');
}

/** Asks whoever sits at the terminal; what is typed does not show. @param twice A new one, which nothing else proves. */
export async function askPassphrase(question: string, twice: boolean): Promise<string> {
  if (!stdin.isTTY) {
    throw new CertdeskError(
      'INVALID_REQUEST',
      'A passphrase is needed, and there is no terminal to ask at: use --passphrase-file FILE or --passphrase-stdin',
    );
  }
  const typed = await ask(question);
  if (twice && (await ask('Again: ')) !== typed) {
    throw new CertdeskError('INVALID_REQUEST', 'The two are not the same: try again');
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
    throw new CertdeskError('INVALID_REQUEST', 'Stopped: nothing was done', undefined, { cause });
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
