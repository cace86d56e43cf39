// certdesk backup create|verify|restore of the built program, beside a running server and after damage.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Server, startServer } from '../support/server/server.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/certdesk.mjs');
const PASSPHRASE = 'four words chosen by dice';
let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-e2e-backup-'));
  expect(await ensureBuilt()).toBeNull();
  await writeFile(join(folder, 'pass'), `${PASSPHRASE}\n`);
}, 600_000);
afterAll(async () => {
  for (const server of servers) await server.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], input = ''): Promise<Ended> {
  const running = promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  running.child.stdin?.end(input);
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );
}

const start = async (name: string): Promise<Server> => {
  const args = ['--challenge-host', '127.0.0.1', '--challenge-port', '0'];
  const server = await startServer({ dataFolder: join(folder, name), args });
  servers.push(server);
  return server;
};

it('restores a running server to another folder with working tokens, and over damaged data', async () => {
  const passphrase = ['--passphrase-file', join(folder, 'pass')];
  const data = (name: string) => ['--data-dir', join(folder, name)];
  const first = await start('one');
  const token = (
    await run(['token', 'create', ...data('one'), '--name', 'e2e', '--scope', 'admin'])
  ).stdout.trim();
  const { body: project } = await first.call('POST', '/projects', {
    token,
    body: { domain: 'b.example.com' },
  });

  const created = await run([
    'backup',
    'create',
    ...data('one'),
    '--folder',
    join(folder, 'backups'),
    ...passphrase,
  ]);
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const file = created.stdout.trim();
  expect(await readdir(join(folder, 'backups'))).toHaveLength(1);
  const verified = await run(['backup', 'verify', file, '--passphrase-stdin'], `${PASSPHRASE}\n`);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/is valid: projects: 1,/) });
  const oneLine = (said: RegExp) => ({
    code: 2,
    stderr: expect.stringMatching(new RegExp(`^certdesk: .*${said.source}.*\n$`)),
  });
  expect(
    await run(['backup', 'verify', file, '--passphrase-stdin'], 'a wrong one, quite wrong'),
  ).toMatchObject(oneLine(/passphrase of the backup .* is wrong/));
  // No terminal, and no passphrase given: the error says what to do.
  expect(await run(['backup', 'verify', file])).toMatchObject(
    oneLine(/--passphrase-file FILE or --passphrase-stdin/),
  );
  expect(await run(['backup', 'restore', file, ...data('one'), ...passphrase])).toMatchObject(
    oneLine(/Another Certdesk uses/),
  );
  expect(await first.stop()).toBe(0);
  expect(await run(['backup', 'restore', file, ...data('one'), ...passphrase])).toMatchObject(
    oneLine(/already contains data/),
  );

  const restored = await run([
    'backup',
    'restore',
    file,
    ...data('two'),
    '--secret-store',
    'sealed-file',
    ...passphrase,
  ]);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/Restored projects: 1,/) });
  const second = await start('two');
  expect((await second.call('GET', `/projects/${project.id}`, { token })).body.domain).toBe('b.example.com');
  expect((await second.call('GET', '/audit', { token })).text).toContain('backups.restore');
  expect((await second.call('GET', '/health')).body).toEqual({
    ok: true,
    secretStore: 'sealed-file',
    https: null,
  });
  await second.stop();

  await truncate(join(folder, 'one', 'certdesk.db'), 9_000);
  const serve = ['serve', ...data('one'), '--port', '0', '--challenge-port', '0'];
  const refused = await run(serve);
  expect(refused).toMatchObject(oneLine(/is damaged: it was cut/));
  const [, command = ''] = /To go on from it: certdesk (.+)\n/.exec(refused.stderr) ?? [];
  expect(await run([...command.split(' '), ...passphrase])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/The previous data was moved to/),
  });
  const third = await start('one');
  expect((await third.call('GET', `/projects/${project.id}`, { token })).body.domain).toBe('b.example.com');
  await third.stop();
}, 300_000);
