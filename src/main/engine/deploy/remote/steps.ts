// Turns commands into text for the host, and their results into CommandResult.
import { CertdeskError } from '../../core/errors.ts';
import { quote, quoteAll, toCommandLine } from '../quote.ts';
import type { Command, CommandInput, CommandResult, Step, StepName, StepResult } from '../transport.ts';
import { MAX_OUTPUT, toOutput } from '../transports/output.ts';
import type { RequestLine } from './request.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The command as POSIX sh: exported names, secrets as variables without export, then the command.
 * @throws INVALID_REQUEST for a bad name, or for secrets of a command that is not a script
 */
export function toScript(command: Command, { environment = {}, secrets = {} }: CommandInput): string {
  const assignments = (values: Readonly<Record<string, string>>, prefix: string) =>
    Object.entries(values).map(([name, value]) => {
      if (!NAME.test(name)) throw invalid(`environment.${name}`, 'Not a name of a variable');
      return `${prefix}${name}=${quote(value)}\n`;
    });
  const prelude = [...assignments(environment, 'export '), ...assignments(secrets, '')].join('');
  if ('script' in command) return `${prelude}${command.script}`;
  if (Object.keys(secrets).length > 0)
    throw invalid(
      'secrets',
      'Secret values reach scripts only: use a script that passes them on standard input',
    );
  return `${prelude}exec ${quoteAll(command.argv)}`;
}

/** The lines of a request for a step. With `sudo` it must be an argv, which the helper compares with its list. */
export function stepLines(
  name: 'validate' | 'reload' | 'command',
  step: Step,
  sudo: boolean,
): readonly RequestLine[] {
  const seconds = Math.max(1, Math.ceil(step.timeoutSeconds));
  if (!sudo) {
    const text = Buffer.from(toScript(step.command, step)).toString('base64');
    return [[name, seconds, 'script', text]];
  }
  if ('script' in step.command || Object.keys(step.secrets ?? {}).length > 0)
    throw invalid(
      name,
      'The sudo helper runs only commands of its list: save the script on the host, and list its path',
    );
  const environment = Object.entries(step.environment ?? {}).map(
    ([key, value]): RequestLine => ['env', key, value],
  );
  return [[name, seconds, 'line', toCommandLine(step.command.argv)], ...environment];
}

/** @param fields Of an answer: `step`, name, exit code, whether it timed out, output in Base64. */
export function readStep(fields: readonly string[], redact: readonly string[]): StepResult {
  const [, name = '', code = '', timedOut = '', output = ''] = fields;
  return { step: name as StepName, ...readCommand(Number(code), timedOut === 'yes', output, redact) };
}

function readCommand(
  code: number,
  timedOut: boolean,
  encoded: string,
  redact: readonly string[],
): CommandResult {
  const bytes = Buffer.from(encoded, 'base64');
  // POSIX sh reports a signal as 128 plus its number.
  const ended = timedOut || code > 128;
  return { exitCode: ended ? null : code, timedOut, ...toOutput(bytes, redact, bytes.length > MAX_OUTPUT) };
}

/** The values that must not appear in the output of these steps. */
export function redactedBy(...inputs: readonly (CommandInput | 'later' | null)[]): readonly string[] {
  return inputs.flatMap((input) =>
    input === null || input === 'later'
      ? []
      : [...Object.values(input.secrets ?? {}), ...(input.redact ?? [])],
  );
}

function invalid(field: string, message: string): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', `${message}.`, { issues: [{ field, message }] });
}
