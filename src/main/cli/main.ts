// The client of the command line: every command that calls the running server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import type { CommandTable } from '../../shared/command-line.ts';
import { readInstallation } from '../installation.ts';
import { explainError } from './explain-error.ts';
import { CommandFailure, UsageFailure } from './failure.ts';
import { createProgram } from './program.ts';
import { printFailure, printLine } from './terminal.ts';

/** Reads what the build has written (scripts/lib/build.ts). */
export function readCommandTable(): CommandTable {
  return JSON.parse(readFileSync(join(readInstallation().folder, 'out/main/commands.json'), 'utf8'));
}

/**
 * Runs one command and sets the exit code: 0 done, 1 failed, 2 the command line is wrong, 70 a bug in Certdesk.
 * @param argv process.argv
 */
export async function main(argv: readonly string[], table: CommandTable): Promise<void> {
  process.stdout.on('error', endOnOutputError);
  process.stderr.on('error', () => undefined);
  try {
    await createProgram(table, readInstallation().version).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error, argv);
  }
}

/** A reader that has seen enough (`certdesk list | head`) is no failure; a full disk is. */
function endOnOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`certdesk: cannot write to standard output: ${error.message}\n`);
  process.exit(1);
}

/** Prints the error on standard error: one line, and for a refusal what explains it. @returns the exit code */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return 2; // a group of commands without one: the help says which there are
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    const isTooEarly = error.code === 'commander.unknownOption' && argv[2]?.startsWith('-') === true;
    printFailure(
      isTooEarly ? `${message}. Options come after the command: certdesk COMMAND --option` : message,
    );
    return 2;
  }
  if (error instanceof UsageFailure) {
    printFailure(error.message);
    return 2;
  }
  if (error instanceof CommandFailure) {
    if (argv.includes('--json') && error.body !== null) printLine(JSON.stringify(error.body));
    printFailure(error.message, explainError(error.body));
    return 1;
  }
  printFailure(`internal error, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return 70; // EX_SOFTWARE of sysexits.h
}
