// How every command that works without the server's REST API ends: the exit code, and one line for an error.
import { CommanderError } from 'commander';
import { CertdeskError } from '../engine/core/errors.ts';

/** Prints one line on standard error: what is wrong and what to do. @returns the exit code */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CertdeskError && error.code !== 'INTERNAL') {
    process.stderr.write(`certdesk: ${error.message}\n`);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`certdesk: internal error, please report it: ${text}\n`);
  return 70; // EX_SOFTWARE of sysexits.h
}
