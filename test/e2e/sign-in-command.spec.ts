// What `certdesk serve` prints about signing in: a link on a terminal, elsewhere only the command that creates one.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { startServer } from '../support/server/server.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/certdesk.mjs');
const SECRET = /cdl_[\w-]+/;

describe('certdesk serve', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk sign-in '));
    expect(await ensureBuilt()).toBeNull();
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints no link into a pipe or a journal, but a command that creates one', async () => {
    const server = await startServer({ dataFolder: join(folder, 'piped') });
    try {
      await expect.poll(() => server.output()).toMatch(/Create an API token/);
      expect(server.output()).not.toMatch(SECRET);
      const [, command = ''] = /Create a sign-in link for the browser with: (.*)/.exec(server.output()) ?? [];
      const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: '/' });
      expect(stdout).toMatch(new RegExp(`^${server.address}/login#${SECRET.source}\n$`));
      const { body } = await server.call('GET', '/sign-in-command');
      expect(body).toEqual({ command });
    } finally {
      await server.stop();
    }
  });

  it.runIf(process.platform === 'linux')('prints a link on a terminal', async () => {
    const serve = `'${process.execPath}' '${PROGRAM}' serve --port 0 --challenge-host 127.0.0.1 --secret-store sealed-file`;
    const child = spawn('script', ['-qec', `${serve} --data-dir '${join(folder, 'tty')}'`, '/dev/null'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk));
    try {
      await expect.poll(() => output, { timeout: 30_000 }).toMatch(/Create an API token/);
      expect(output).toMatch(
        new RegExp(`Sign in within 10 minutes: http://127.0.0.1:\\d+/login#${SECRET.source}`),
      );
    } finally {
      child.stdin.write('\u0003'); // Ctrl-C
      await ended;
    }
  });
});
