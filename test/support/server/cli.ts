// The built command line as a user runs it: a process, its two outputs, its exit code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { z } from 'zod';
import { createOpenApi } from '../../../src/main/http/openapi.ts';

export const PROGRAM = resolve(import.meta.dirname, '../../../bin/certdesk.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Null unsets a variable. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** What a user types, each once standard output matches. Replaces `input`. */
  readonly dialogue?: readonly (readonly [shows: RegExp, types: string])[];
  /** Standard input. */
  readonly input?: string | Buffer;
  /** Called with the outputs so far, whenever there is more. */
  readonly onOutput?: (stdout: string, stderr: string) => void;
  /** When it resolves, the program gets SIGINT, as by Ctrl-C. */
  readonly interrupt?: Promise<void>;
  /** Another program in place of node with the command line, with the same arguments. */
  readonly program?: readonly [command: string, ...args: string[]];
}

/** Runs `certdesk` without the variables of the surrounding shell. Both outputs are pipes. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const {
    env = {},
    input = '',
    onOutput,
    interrupt,
    dialogue,
    program = [process.execPath, PROGRAM],
  } = options;
  const [command, ...first] = program;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CERTDESK_'));
  const all = Object.entries({ ...Object.fromEntries(inherited), ...env });
  const child = spawn(command, [...first, ...args], {
    env: Object.fromEntries(all.filter((each): each is [string, string] => typeof each[1] === 'string')),
    stdio: 'pipe',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
    onOutput?.(stdout, stderr);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
    onOutput?.(stdout, stderr);
  });
  void interrupt?.then(() => child.kill('SIGINT'));
  child.stdin.on('error', () => undefined); // a program that does not read it
  if (dialogue === undefined) child.stdin.end(input);
  let at = 0;
  child.stdout.on('data', () => {
    const [shows, types] = dialogue?.[at] ?? [];
    if (shows?.test(stdout) !== true) return;
    child.stdin.write(types);
    at += 1;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Runs a command line in a terminal of `script`(1). @returns everything that the terminal shows */
export async function runInTerminal(line: string, options: CliOptions = {}): Promise<Ended> {
  return runCli(['-qec', line, '/dev/null'], { ...options, program: ['script'] });
}

/** The command line as one word of a POSIX shell. */
export const shellLine = (args: readonly string[]): string =>
  [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

const document = createOpenApi('0');

/** The schema of a successful answer in the OpenAPI document. @param path As there: `/projects/{id}` */
export function answerSchema(method: string, path: string, status = 200): z.ZodType {
  const operation = document.paths[path]?.[method.toLowerCase()] as {
    responses: Record<string, { content: Record<string, { schema: object }> }>;
  };
  const schema = operation.responses[status]?.content['application/json']?.schema;
  const { schemas } = document.components as { schemas: object };
  const text = JSON.stringify({ ...schema, $defs: schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}
