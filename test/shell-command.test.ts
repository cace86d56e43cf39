// The command line as a user has to type it: in a checkout, installed, and beside a service.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dataFolderToName, defaultDataFolder } from '../src/main/platform/data-folder.ts';
import { createShellCommand } from '../src/main/shell-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('names the installed command', () => {
  const command = createShellCommand({ folder, dataFolder: null, isService: false });
  expect(command('login-link')).toBe('certdesk login-link');
});

it('runs the command as root beside a service, on the data folder of the service', () => {
  const command = createShellCommand({ folder, dataFolder: '/var/lib/certdesk', isService: true });
  expect(command('login-link')).toBe('sudo certdesk login-link --data-dir /var/lib/certdesk');
});

it('goes through npm in a checkout, from any folder', () => {
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'scripts', 'certdesk.mjs'), '');
  const command = createShellCommand({ folder, dataFolder: null, isService: false });
  expect(command('login-link')).toBe(`npm --prefix ${folder} run --silent certdesk -- login-link`);
});

it.each(["it's here", 'a b', '$(id)', '`id`', 'back\\slash', '*'])('quotes %s for a shell', (name) => {
  const command = createShellCommand({ folder, dataFolder: `/tmp/${name}`, isService: false });
  const output = execFileSync('sh', ['-c', `certdesk() { printf %s "$3"; }; ${command('login-link')}`]);
  expect(output.toString()).toBe(`/tmp/${name}`);
});

it('names a data folder only if the command would not find it', () => {
  expect(dataFolderToName(defaultDataFolder({}))).toBeNull();
  expect(dataFolderToName('data')).toBe(join(process.cwd(), 'data'));
});
