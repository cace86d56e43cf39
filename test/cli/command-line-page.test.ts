// docs/command-line.md names every command and every option of `serve`, with the defaults of the program.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeCommands } from '../../src/main/headless/describe-commands.ts';
import { createProgram } from '../../src/main/headless/main.ts';

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const server = createProgram();

/** The first cells of all table rows: what a row is about. */
const subjects = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ')[0] ?? '');
const isNamed = (words: string): boolean =>
  subjects.some((cell) => new RegExp(`\\x60${words}(?:[ …\\x60]|$)`).test(cell));

describe('docs/command-line.md', () => {
  it('has a row for each command that calls the server', () => {
    const verbs = describeCommands([]).remote.map(({ verb }) => verb);
    expect(verbs.length).toBeGreaterThan(30);
    expect(verbs.filter((verb) => !isNamed(verb))).toEqual([]);
  });

  it('has a row for each command that works without the REST API', () => {
    const commands = server.commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((inner) => `${command.name()} ${inner.name()}`),
    );
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((words) => !isNamed(words))).toEqual([]);
  });

  it('has a row for each option of serve', () => {
    const options = server.commands.find((command) => command.name() === 'serve')?.options ?? [];
    expect(options.length).toBeGreaterThan(20);
    expect(options.map(({ long }) => long ?? '').filter((long) => !isNamed(long))).toEqual([]);
  });
});
