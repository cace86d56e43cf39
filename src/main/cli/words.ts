// Prepares the words of the command line for the parser.
import type { CommandTable } from '../../shared/command-line.ts';

const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

/**
 * `help serve` becomes `serve --help`. An unknown command loses its `--help`, for which the parser would print the
 * general help and report success: a script that asks whether there is a command must not be told that there is.
 */
export function prepareWords(given: readonly string[], table: CommandTable): readonly string[] {
  const words = given[0] === 'help' ? [...given.slice(1), '--help'] : given;
  return isKnown(words, table) ? words : words.filter((word) => !HELP.has(word));
}

function isKnown(words: readonly string[], { remote, local }: CommandTable): boolean {
  const [first, second] = words;
  if (first === undefined || first.startsWith('-')) return true;
  const inner = [
    ...remote.map(({ verb }) => verb.split(' ')).filter(([word]) => word === first),
    ...local
      .filter(({ name }) => name === first)
      .flatMap(({ commands }) => [[first], ...commands.map(({ name }) => [first, name])]),
  ];
  if (inner.length === 0) return first === 'completion' || first === 'complete';
  const seconds = inner.flatMap(([, word]) => word ?? []);
  return seconds.length === 0 || second === undefined || second.startsWith('-') || seconds.includes(second);
}
