// Builds command lines for messages: what to type on this machine to run certdesk, through npm in a checkout.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface ShellCommandFacts {
  /** The folder with package.json. */
  readonly folder: string;
  /** The data folder of the running server; null if the command finds it without --data-dir. */
  readonly dataFolder: string | null;
  /** Whether a service manager runs the server as another user, so that only root can read its data. */
  readonly isService: boolean;
}

/** @param args The command with its options, such as `login-link`. @returns one line for a POSIX shell */
export type ShellCommand = (args: string) => string;

export function createShellCommand({ folder, dataFolder, isService }: ShellCommandFacts): ShellCommand {
  // Installed packages do not contain the scripts folder.
  const isCheckout = existsSync(join(folder, 'scripts', 'certdesk.mjs'));
  const program = isCheckout ? `npm --prefix ${quote(folder)} run --silent certdesk --` : 'certdesk';
  const options = dataFolder === null ? '' : ` --data-dir ${quote(dataFolder)}`;
  return (args) => `${isService ? 'sudo ' : ''}${program} ${args}${options}`;
}

/** Everything between single quotes is literal (POSIX Shell Command Language, section 2.2.2). */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
