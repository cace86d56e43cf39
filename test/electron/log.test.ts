// The desktop application's log if its standard error accepts nothing. In its own process, whose standard error
// that is; errors are caught and logged there as lifecycle.ts does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../../src/main/electron/log.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-desktop-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `
  const { createDesktopLogger } = await import(${JSON.stringify(SOURCE)});
  const logger = createDesktopLogger(process.env.LOG_FOLDER);
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'Internal error');
    if (++mistakes >= 20) process.exit(1); // otherwise it would never end
  });
  let mistakes = 0;
  process.stdout.write('ready');
  process.stdin.once('data', async () => {
    for (const warning of ['first', 'second']) {
      logger.warn(warning);
      // Until standard error has refused it, and its listeners know.
      await new Promise((done) => process.stderr.write('.', () => setImmediate(done)));
    }
    process.exit(0);
  });`;

it.each([
  ['on a full disk', () => openSync('/dev/full', 'w')],
  ['no longer read by anybody', () => 'pipe' as const],
])('continues in its file, each line once, if standard error is %s', async (_, open) => {
  const stderr = open();
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { ...process.env, LOG_FOLDER: folder },
    stdio: ['pipe', 'pipe', stderr],
  });
  const ended = once(child, 'exit');
  if (typeof stderr === 'number') closeSync(stderr);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('It has no pipes');
  await once(stdout, 'data');
  child.stderr?.destroy();
  stdin.write('go on');
  expect(await ended).toEqual([0, null]);
  const lines = readFileSync(join(folder, 'logs/certdesk.log'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['first', 'second']);
});
