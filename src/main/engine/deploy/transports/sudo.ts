// Explains why sudo did not run the helper, from sudo's messages.
import type { SudoFacts } from '../transport.ts';

export interface SudoProblem {
  readonly state: SudoFacts['state'];
  readonly message: string;
  readonly fix: string;
}

/** On Debian. */
export const INSTALL_SUDO = 'apt-get install sudo';
const HELP = 'Install the helper and its sudoers line, as Test prints them';

/** Null if the output shows no problem of sudo. @param stderr What sudo, the helper or the login shell printed. */
export function sudoProblem(stderr: string, exitCode: number | null): SudoProblem | null {
  if (/command not found|not found$/m.test(stderr) && !/^sudo: (?!.*command not found)/m.test(stderr))
    return /certdesk-deploy/.test(stderr)
      ? { state: 'helper-missing', message: 'the helper certdesk-deploy is not installed', fix: HELP }
      : { state: 'not-installed', message: 'sudo is not installed', fix: INSTALL_SUDO };
  if (/a password is required|a terminal is required|must have a tty/.test(stderr))
    return {
      state: 'password-required',
      message: 'sudo asks for a password, because no line of its configuration allows the helper without one',
      fix: HELP,
    };
  if (/is not allowed to|not in the sudoers|may not run sudo/.test(stderr))
    return { state: 'not-allowed', message: 'sudo does not allow the helper', fix: HELP };
  if (exitCode === 127 || exitCode === 126)
    return { state: 'helper-missing', message: 'the helper certdesk-deploy cannot be started', fix: HELP };
  return null;
}
