// Writes the manual page certdesk(1) from the definitions of the commands (man(7) macros).
import type { Argument, Command, Help } from 'commander';

export interface ManualPage {
  /** The commands that call the server. */
  readonly client: Command;
  /** The commands that run the server or work on its data. */
  readonly server: Command;
  readonly version: string;
  readonly examples: readonly (readonly [command: string, purpose: string])[];
}

export function writeManualPage({ client, server, version, examples }: ManualPage): string {
  const help = client.createHelp();
  const local = new Set(server.commands.map((each) => each.name()));
  const remote = help.visibleCommands(client).filter((each) => !local.has(each.name()));
  // Every client command has the same options for the server, which therefore get a section of their own.
  const shared = remote[0]?.options.filter(({ helpGroupHeading }) => helpGroupHeading !== undefined) ?? [];
  return [
    `.TH CERTDESK 1 "" "Certdesk ${text(version)}" "User Commands"`,
    '.SH NAME',
    'certdesk \\- obtain, monitor, renew and revoke TLS certificates',
    '.SH SYNOPSIS',
    '.B certdesk',
    '.I COMMAND',
    '[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]',
    '.SH DESCRIPTION',
    'Certdesk manages the TLS certificates of projects.',
    'Most commands call the running server: the one on the data folder of this machine, or the one that',
    '.B \\-\\-url',
    'names. The others run the server or work on its data folder.',
    '.SH COMMANDS FOR CERTIFICATES',
    'NAME is a domain, or the name or ID of a project.',
    ...remote.flatMap((command) => commandLines(command, help, shared)),
    '.SH OPTIONS FOR THE SERVER',
    'All commands for certificates have these options.',
    ...shared.flatMap((option) => entry(help.optionTerm(option), help.optionDescription(option))),
    '.SH COMMANDS FOR THE SERVER AND ITS DATA',
    ...server.commands.flatMap((command) => commandLines(command, help, [])),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, purpose]) => entry(`certdesk ${command}`, purpose)),
    '.SH EXIT STATUS',
    ...entry('0', 'Done.'),
    ...entry('1', 'The command failed. Standard error says why.'),
    ...entry('2', 'The command line is wrong, or the data folder or a port cannot be used.'),
    ...entry('70', 'A bug in Certdesk.'),
    '.SH ENVIRONMENT',
    'Options that name a variable above read it. The option wins.',
    ...entry('NO_COLOR', 'No colours, not even on a terminal.'),
    ...entry('NODE_EXTRA_CA_CERTS', 'A PEM file with certificates to trust for https:// addresses.'),
    '.SH FILES',
    ...entry('/etc/default/certdesk', 'Variables of the systemd service.'),
    ...entry('/var/lib/certdesk', 'Data folder of the systemd service.'),
    '',
  ].join('\n');
}

function commandLines(
  command: Command,
  help: Help,
  shared: readonly Command['options'][number][],
  above = '',
): readonly string[] {
  const name = `${above}${command.name()}`;
  const options = command.options.filter(({ long }) => !shared.some((each) => each.long === long));
  const usage = command.registeredArguments.map(usageOf);
  const inner = command.commands.flatMap((each) => commandLines(each, help, shared, `${name} `));
  // A group of commands; one with options, such as `hosts`, is a command itself.
  if (inner.length > 0 && command.options.length === 0) return inner;
  return [
    `.SS "certdesk ${text([name, ...usage].join(' '))}"`,
    text(sentence(command.description())),
    ...command.registeredArguments.flatMap((argument) =>
      entry(help.argumentTerm(argument), help.argumentDescription(argument)),
    ),
    ...options.flatMap((option) => entry(help.optionTerm(option), help.optionDescription(option))),
    ...inner,
  ];
}

function usageOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? ' ...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

const entry = (term: string, description: string): readonly string[] => [
  '.TP',
  `.B "${text(term)}"`,
  text(sentence(description)),
];

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}

/** Escapes what roff would interpret. A line that begins with a dot or an apostrophe would be a request. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^[.']/gm, '\\&$&')
    .replaceAll('\n', ' ');
}
