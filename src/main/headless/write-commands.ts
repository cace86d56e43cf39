// A step of the build: writes out/main/commands.json, which the client reads, the manual page, and completion scripts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LocalCommand } from '../../shared/command-line.ts';
import { COMPLETION_SCRIPTS } from '../cli/completion-scripts.ts';
import { createProgram as createClient } from '../cli/program.ts';
import { readInstallation } from '../installation.ts';
import { describeCommands } from './describe-commands.ts';
import { createProgram } from './main.ts';
import { writeManualPage } from './manual-page.ts';

const [, , out = ''] = process.argv;
const { version } = readInstallation();
const server = createProgram();
const table = describeCommands(server.commands.map(describeLocal));
write('main/commands.json', `${JSON.stringify(table)}\n`);
const examples = table.remote.flatMap((command) => command.examples ?? []);
write('man/certdesk.1', writeManualPage({ client: createClient(table, version), server, version, examples }));
for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS))
  write(`completion/certdesk.${shell}`, script);

function write(path: string, text: string): void {
  mkdirSync(join(out, path, '..'), { recursive: true });
  writeFileSync(join(out, path), text);
}

function describeLocal(command: Command): LocalCommand {
  return {
    name: command.name(),
    summary: command.description(),
    options: command.options.map(({ long, required, argChoices }) => ({
      flag: long ?? '',
      takesValue: required,
      ...(argChoices === undefined ? {} : { choices: argChoices }),
    })),
    commands: command.commands.map(describeLocal),
  };
}
