// Reads the files and secrets that a command names, and writes what it exports.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandFailure, UsageFailure } from './failure.ts';

/** @param path `-` is standard input. @throws UsageFailure */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (cause) {
    throw new UsageFailure(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws UsageFailure if the file contains no JSON. The message does not quote it: it may contain credentials. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readInput(path).toString());
  } catch (cause) {
    if (cause instanceof UsageFailure) throw cause;
    throw new UsageFailure(`${path} is not JSON`, { cause });
  }
}

/** Text editors end a file with a line break that is no part of the secret. @throws UsageFailure */
export function readSecret(path: string): string {
  const [line = ''] = readInput(path).toString().split(/\r?\n/, 1);
  if (line !== '') return line;
  throw new UsageFailure(`${path === '-' ? 'Standard input' : path} has no secret in its first line`);
}

/** Replaces a file as a whole. @param isSecret Mode 0600, else 0644 less the umask. @throws CommandFailure */
export function writeOutput(path: string, bytes: Uint8Array, isSecret: boolean): void {
  const target = resolve(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes, { mode: isSecret ? 0o600 : 0o644, flag: 'wx' });
    renameSync(temporary, target);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new CommandFailure(`Cannot write ${path}: ${(cause as Error).message}`, null, { cause });
  }
}
