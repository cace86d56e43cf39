// Defines the commands for the parser, from the table that the build has written.
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { CommandOption, CommandTable, RemoteCommand } from '../../shared/command-line.ts';
import { complete } from './completion.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from './completion-scripts.ts';
import { type ConnectionOptions, connect, connectionOptions } from './connection.ts';
import { listFirstProjects } from './projects.ts';
import { runCommand } from './run.ts';

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 the command line is wrong.';

export function createProgram(table: CommandTable, version: string): Command {
  const { remote, local } = table;
  const program = configure(new Command('certdesk'))
    .description('Obtain, monitor, renew and revoke TLS certificates')
    .version(version)
    .commandsGroup('Certificates (with a running server):')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText('after', helpText(remote));
  for (const each of remote) addCommand(program, each);
  addCompletion(program, table);
  program.commandsGroup('The server and its data:');
  for (const { name, summary } of local) configure(program.command(name).description(summary));
  return program;
}

/** Errors are thrown, and main.ts reports them. */
function configure(command: Command): Command {
  return command.exitOverride().configureOutput({ outputError: () => undefined });
}

/** Without `[options]`, which every command has. */
function termOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(' ');
}

function helpText(remote: readonly RemoteCommand[]): string {
  const first = ['status', 'obtain', 'export'].flatMap(
    (verb) => remote.find((each) => each.verb === verb)?.examples?.slice(0, 1) ?? [],
  );
  return `\nExamples:\n${exampleLines(first)}\n\n${EXIT_CODES}\ncertdesk COMMAND --help lists the options of a command. certdesk completion bash|zsh|fish prints a completion script.`;
}

function exampleLines(examples: NonNullable<RemoteCommand['examples']>): string {
  return examples.map(([command, purpose]) => `  # ${purpose}\n  certdesk ${command}`).join('\n');
}

function addCommand(program: Command, remote: RemoteCommand): void {
  const words = remote.verb.split(' ');
  const verb = words.pop() ?? '';
  const parent = words.reduce((above, word) => groupOf(above, word), program);
  const command = configure(parent.command(verb))
    .description(sentence(remote.summary))
    .summary(remote.summary);
  for (const { name, optional = false, many = false, description } of remote.args ?? []) {
    const inner = `${name}${many ? '...' : ''}`;
    command.argument(optional ? `[${inner}]` : `<${inner}>`, description);
  }
  for (const option of remote.options.flatMap(toOptions)) command.addOption(option);
  command.option('--json', "print the server's answer as JSON");
  if (remote.runs === true)
    command.option('--no-wait', 'print the runs and return, instead of waiting for their end');
  if (remote.job) command.option('--no-wait', 'print the job and return, instead of waiting for its end');
  if (remote.confirm !== undefined) command.option('--yes', 'do not ask for confirmation');
  if (remote.form !== 'json')
    command.option('-o, --output <file>', 'file to write (default: standard output)');
  for (const option of connectionOptions()) command.addOption(option);
  if (remote.examples !== undefined)
    command.addHelpText('after', `\nExamples:\n${exampleLines(remote.examples)}`);
  command.action((...given) => {
    const self: Command = given[given.length - 1];
    return runCommand(remote, self.processedArgs, toRunOptions(remote, self));
  });
}

function addCompletion(program: Command, table: CommandTable): void {
  configure(program.command('completion'))
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'shell of the script').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExamples:\n  # for this user, in ~/.bashrc\n  source <(certdesk completion bash)',
    )
    .action((shell: Shell) => void process.stdout.write(COMPLETION_SCRIPTS[shell]));
  configure(program.command('complete', { hidden: true }))
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      const shared = connectionOptions().map(({ long, required }) => ({
        flag: long ?? '',
        takesValue: required,
      }));
      const found = await complete(words, { table, shared, names: readNames });
      process.stdout.write(found.map((each) => `${each}\n`).join(''));
    });
}

/** Uses the server that the typed options name. */
async function readNames(words: readonly string[]): Promise<readonly string[]> {
  const typed = new Command().allowUnknownOption().allowExcessArguments();
  for (const option of connectionOptions()) typed.addOption(option);
  try {
    configure(typed).parse([...words], { from: 'user' });
    const isGiven = (name: string) => typed.getOptionValueSource(name) === 'cli';
    const projects = await listFirstProjects(await connect(typed.opts<ConnectionOptions>(), isGiven));
    return projects.map(({ domain, name }) => domain ?? name);
  } catch {
    return []; // a shell has no place for an error
  }
}

/** What the commands of a group are about. The group of a word that is a command itself has its description. */
const GROUPS: Readonly<Record<string, string>> = {
  'caa-lock': 'print and check CAA records that bind a project to its CA and account',
  'client-use': 'acknowledge that a service may present its certificate as a client',
  deployment: 'preview a deployment before it is defined',
  endpoint: 'add, check, show and remove an endpoint',
  incident: 'show an incident, or rehearse one',
  'persist-record': 'print the TXT records for dns-persist-01',
  project: 'create, tag and delete a project',
};

function groupOf(above: Command, word: string): Command {
  const found = above.commands.find((each) => each.name() === word);
  // `hosts` is a command and has commands: what follows `test` in `hosts test ID --json` belongs to `test`.
  if (found !== undefined) return found.enablePositionalOptions();
  return configure(
    above
      .command(word)
      .description(sentence(GROUPS[word] ?? word))
      .summary(GROUPS[word] ?? word),
  ).helpCommand(false);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function toOptions({ flag, type, choices, description }: CommandOption): readonly Option[] {
  if (type === 'secret') return secretOptions(flag, description);
  if (type === 'on' || type === 'off') return [new Option(flag, description)];
  const value = { text: 'text', number: 'number', list: 'list', json: 'file' }[type];
  const option = new Option(
    `${flag} <${value}>`,
    type === 'list' ? `${description}; comma-separated, repeatable` : description,
  );
  if (choices !== undefined) option.choices([...choices]);
  if (type === 'list') option.argParser(collect);
  if (type === 'number') option.argParser(toNumber);
  return [option];
}

function secretOptions(flag: string, description: string): readonly Option[] {
  const file = new Option(`${flag}-file <file>`, `read the ${description}, from the first line of this file`);
  return [
    file,
    new Option(`${flag}-stdin`, 'read it from the first line of standard input').conflicts(
      file.attributeName(),
    ),
  ];
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
}

function toNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Use a number.');
}

function toRunOptions({ options }: RemoteCommand, command: Command) {
  const parsed = command.opts<Record<string, unknown> & ConnectionOptions>();
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const given = Object.fromEntries(
    options.map(({ field, flag, type }) => {
      const name = new Option(flag).attributeName();
      if (type !== 'secret') return [field, isGiven(name) ? parsed[name] : undefined];
      return [field, parsed[`${name}Stdin`] === true ? '-' : parsed[`${name}File`]];
    }),
  );
  return {
    json: parsed.json === true,
    wait: parsed.wait !== false,
    yes: parsed.yes === true,
    output: typeof parsed.output === 'string' ? parsed.output : null,
    given,
    connect: () => connect(parsed, isGiven),
  };
}
