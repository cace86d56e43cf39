// certdesk complete: the candidates for the last word of a command line that is being typed.
import type { CommandTable, LocalCommand, RemoteCommand } from '../../shared/command-line.ts';
import { SHELLS } from './completion-scripts.ts';

interface KnownOption {
  readonly flag: string;
  readonly takesValue: boolean;
  readonly choices?: readonly string[];
}

export interface Completion {
  readonly table: CommandTable;
  /** Options of the server's address, which all client commands have. */
  readonly shared: readonly KnownOption[];
  /** The names of projects. It never fails: without a server there are none. */
  readonly names: (words: readonly string[]) => Promise<readonly string[]>;
}

/**
 * @param words The words after `certdesk`, the last one incomplete.
 * @returns none if the shell should complete file names
 */
export async function complete(words: readonly string[], completion: Completion): Promise<readonly string[]> {
  const [before, current] = splitAtEquals(words);
  const found = await candidates(before, current, completion);
  const typed = current.replaceAll('\\', ''); // bash passes the word as typed: `\*.example.com`
  return [...new Set(found)].filter((candidate) => candidate.startsWith(typed)).toSorted();
}

/** bash splits `--format=pem` into three words, other shells do not. */
function splitAtEquals(words: readonly string[]): readonly [before: readonly string[], current: string] {
  const whole = words.flatMap((word) =>
    /^--[a-z-]+=/.test(word) ? word.split(/=(.*)/s).slice(0, 2) : [word],
  );
  const last = whole.at(-1) ?? '';
  return [whole.slice(0, -1).filter((word) => word !== '='), last === '=' ? '' : last];
}

async function candidates(
  before: readonly string[],
  current: string,
  completion: Completion,
): Promise<readonly string[]> {
  const { table, shared, names } = completion;
  const [verb = null] = before;
  if (verb === null)
    return [
      ...table.remote.map(({ verb: each }) => each.split(' ')[0] ?? each),
      ...table.local.map(({ name }) => name),
      'completion',
      '--help',
      '--version',
    ];
  if (verb === 'completion') return SHELLS;
  const local = table.local.find(({ name }) => name === verb);
  if (local !== undefined) return localCandidates(local, before.slice(1), current);
  const pair = `${verb} ${before[1] ?? ''}`;
  const remote =
    table.remote.find((each) => each.verb === pair) ?? table.remote.find((each) => each.verb === verb);
  const inner = table.remote.flatMap((each) =>
    each.verb.startsWith(`${verb} `) ? [each.verb.slice(verb.length + 1)] : [],
  );
  if (remote === undefined) return inner;
  const rest = before.slice(remote.verb.split(' ').length);
  const options = [...optionsOf(remote), ...shared];
  const values = valuesOf(options, rest, current);
  if (values !== null) return values;
  if (inner.length > 0 && before.length === 1) return inner;
  const position = rest.filter(
    (word, at) => !word.startsWith('-') && !takesValue(options, rest[at - 1]),
  ).length;
  const args = remote.args ?? [];
  const argument = args[Math.min(position, args.length - 1)];
  const isProject = ['project', 'new-project', 'deployable'].includes(argument?.is ?? '');
  if (!isProject || (position >= args.length && argument?.many !== true)) return [];
  return names(before);
}

/** @returns the candidates for an option or its value; null if the current word is an argument */
function valuesOf(
  options: readonly KnownOption[],
  rest: readonly string[],
  current: string,
): readonly string[] | null {
  const previous = rest.at(-1);
  if (takesValue(options, previous)) return options.find(({ flag }) => flag === previous)?.choices ?? [];
  return current.startsWith('-') ? [...options.map(({ flag }) => flag), '--help'] : null;
}

const takesValue = (options: readonly KnownOption[], word: string | undefined): boolean =>
  options.some((option) => option.flag === word && option.takesValue);

function localCandidates(command: LocalCommand, rest: readonly string[], current: string): readonly string[] {
  const inner = command.commands.find(({ name }) => name === rest[0]);
  if (inner !== undefined) return localCandidates(inner, rest.slice(1), current);
  const values = valuesOf(command.options, rest, current);
  return values ?? (rest.length === 0 ? command.commands.map(({ name }) => name) : []);
}

function optionsOf({ options, job, runs, confirm, form }: RemoteCommand): readonly KnownOption[] {
  const own = options.flatMap(({ flag, type, choices }): readonly KnownOption[] => {
    if (type === 'secret')
      return [
        { flag: `${flag}-file`, takesValue: true },
        { flag: `${flag}-stdin`, takesValue: false },
      ];
    return [
      { flag, takesValue: type !== 'on' && type !== 'off', ...(choices === undefined ? {} : { choices }) },
    ];
  });
  const general = [
    ['--json', false, true],
    ['--no-wait', false, job || runs === true],
    ['--yes', false, confirm !== undefined],
    ['--output', true, form !== 'json'],
  ] as const;
  return [...own, ...general.flatMap(([flag, value, has]) => (has ? [{ flag, takesValue: value }] : []))];
}
