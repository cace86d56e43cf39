// Certdesk's command line as a person types it on this machine: in a checkout through npm, else by its installed name.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface ShellCommandFacts {
  /** Where package.json is. */
  readonly folder: string;
  /** The data folder of the running server; null if the command finds the same one without being told. */
  readonly dataFolder: string | null;
  /** Whether a service manager runs the server as another user, so that only root reaches its data. */
  readonly isService: boolean;
}

/** @param args For example `login-link`. @returns one line for a POSIX shell. */
export type ShellCommand = (args: string) => string;

export function createShellCommand({ folder, dataFolder, isService }: ShellCommandFacts): ShellCommand {
  // The installed packages leave out the scripts.
  const isCheckout = existsSync(join(folder, 'scripts', 'certdesk.mjs'));
  const program = isCheckout ? `npm --prefix ${quote(folder)} run --silent certdesk --` : 'certdesk';
  const options = dataFolder === null ? '' : ` --data-dir ${quote(dataFolder)}`;
  return (args) => `${isService ? 'sudo ' : ''}${program} ${args}${options}`;
}

/** Single quotes keep everything literal (POSIX Shell Command Language, section 2.2.2). */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
