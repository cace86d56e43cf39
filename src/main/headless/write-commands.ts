// A step of the build: writes out/main/commands.json, which the client reads, and the manual page.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCommands } from './describe-commands.ts';
import { createProgram } from './main.ts';

const [, , folder = ''] = process.argv;
const local = createProgram().commands.map((command) => ({
  name: command.name(),
  summary: command.description(),
}));
mkdirSync(join(folder, 'main'), { recursive: true });
writeFileSync(join(folder, 'main/commands.json'), `${JSON.stringify(describeCommands(local))}\n`);
