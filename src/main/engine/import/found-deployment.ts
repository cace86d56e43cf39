// Defines what another client did after a renewal as a deployment on this machine, before it is created, and turns its
// shell commands into commands of a deployment.
import type { CreateDeployment, DeploymentFile, DeploymentSteps } from '../../../shared/deployment.ts';

export interface FoundDeployment {
  /** Where the other client names it, such as `renew_hook of certbot`. */
  readonly name: string;
  readonly body: DeploymentBody;
  /** Why a person must read it before it runs, as a sentence; null if it is created ready to run. */
  readonly pausedBecause: string | null;
  /** What the user should know or do, as sentences. */
  readonly notes: readonly string[];
}

/** A variable of a script of acme.sh, as the script saved it. */
export interface FoundVariable {
  readonly name: string;
  readonly value: string;
  /** Whether the value becomes a credential, which nobody can read again. */
  readonly isSecret: boolean;
}

/** What the deployment does. Its host is this machine, unless its kind has none. */
export type DeploymentBody =
  | {
      readonly kind: 'files';
      readonly files: readonly DeploymentFile[];
      readonly steps: DeploymentSteps;
    }
  | { readonly kind: 'command'; readonly command: { readonly argv: readonly string[] } }
  | {
      readonly kind: 'acme-sh-hook';
      readonly script: string;
      readonly variables: readonly FoundVariable[];
    }
  | { readonly kind: 'files'; readonly recipe: 'nginx' | 'apache'; readonly options: Options };

type Options = CreateDeployment['options'];

export const READ_FIRST = 'It runs only after you have read it and resumed it.';

/** Words with which a line of the shell begins that no program of this name could run. */
const SHELL_WORDS =
  /^(\.|:|alias|case|cd|command|eval|exec|exit|export|for|if|return|set|shift|source|test|trap|type|ulimit|umask|unset|until|while|\[)$/;
/** Only words without quotes, expansions and redirections. */
const PLAIN = /^[\w./:=@%+,-]+( +[\w./:=@%+,-]+)*$/;

/**
 * The arguments of a command that another client passes to its shell: the plain words if no shell is needed, otherwise
 * the shell with the command.
 */
export function toArgv(command: string): [string, ...string[]] {
  const text = command.trim();
  const [program = '', ...rest] = text.split(/ +/);
  const needsShell = !PLAIN.test(text) || program.includes('=') || SHELL_WORDS.test(program);
  return needsShell ? ['/bin/sh', '-c', text] : [program, ...rest];
}

export function foundCommand(name: string, argv: readonly string[]): FoundDeployment {
  return { name, body: { kind: 'command', command: { argv } }, pausedBecause: READ_FIRST, notes: [] };
}
