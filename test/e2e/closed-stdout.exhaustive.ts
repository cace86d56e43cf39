// The built program after its reader has closed the pipe: a server continues and stops cleanly, a command that answers
// ends quietly.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { runCertdesk } from '../support/server/server.ts';
import { startOnPorts, TCP } from '../support/tools/ports.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/certdesk.mjs');

describe('a program whose output is closed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-closed-stdout-'));
    expect(await ensureBuilt()).toBeNull();
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const started: ChildProcess[] = [];
  const releases: (() => void)[] = [];
  afterEach(async () => {
    for (const child of started.splice(0)) {
      const running = child.exitCode === null && child.signalCode === null;
      child.kill('SIGKILL');
      if (running) await once(child, 'exit');
    }
    for (const release of releases.splice(0)) release();
  });
  /** @param full The outputs whose every write fails, as on a full disk; the others are pipes. */
  function start(args: readonly string[], full: readonly ('stdout' | 'stderr')[] = []) {
    const device = openSync('/dev/full', 'w');
    const output = (name: 'stdout' | 'stderr') => (full.includes(name) ? device : 'pipe');
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', output('stdout'), output('stderr')],
    });
    closeSync(device);
    started.push(child);
    return { child, ended: once(child, 'close') }; // and all its output is here
  }
  interface Outputs {
    readonly format: string;
    readonly full?: readonly ('stdout' | 'stderr')[];
    /** Closed at once, before the server has written anything. */
    readonly lost?: readonly ('stdout' | 'stderr')[];
  }
  /** Its port is fixed, because the printed address may not be readable. Resolves when it answers. */
  const serve = (dataFolder: string, { format, full = [], lost = [] }: Outputs) =>
    startOnPorts([TCP], async ([port = 0], release) => {
      const ports = ['--port', `${port}`, '--challenge-host', '127.0.0.1', '--challenge-port', '0'];
      const where = ['--data-dir', dataFolder, '--secret-store', 'sealed-file', '--log-format', format];
      const { child, ended } = start(['serve', ...where, ...ports], full);
      let log = '';
      child.stderr?.on('data', (chunk: Buffer) => (log += chunk));
      lose(child, lost);
      const health = async () =>
        (await fetch(`http://127.0.0.1:${port}/api/v1/health`).catch(() => null))?.status ?? null;
      const answers = async () => child.exitCode !== null || (await health()) === 200;
      await expect.poll(answers).toBe(true);
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${log}`);
      releases.push(release);
      return { child, ended, health, log: () => log };
    });
  const lose = (child: ChildProcess, streams: readonly ('stdout' | 'stderr')[]) =>
    streams.forEach((stream) => void child[stream]?.destroy());

  it.each([
    ['standard output, from the start', 'start', ['stdout'], 'json'],
    ['both outputs, log lines as JSON', 'start', ['stdout', 'stderr'], 'json'],
    ['both outputs, log lines for people', 'later', ['stdout', 'stderr'], 'pretty'],
  ] as const)(
    'a server goes on without a reader of %s, and stops in order',
    async (name, when, lost, format) => {
      const dataFolder = join(folder, name.replaceAll(/\W/g, '-'));
      const atOnce = when === 'start' ? lost : [];
      const { child, ended, health, log } = await serve(dataFolder, { format, lost: atOnce });
      lose(child, lost);
      // Everything that it logs from here on is lost.
      const token = ['--data-dir', dataFolder, '--name', 'closed-stdout', '--scope', 'projects:read'];
      expect(await runCertdesk(['token', 'create', ...token])).toMatch(/\S/);
      expect(await health()).toBe(200);
      expect(child.exitCode).toBeNull();
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      // SQLite deletes its write-ahead log when the database is closed, but not if the process ends first.
      expect(existsSync(databasePath(dataFolder))).toBe(true);
      expect(existsSync(`${databasePath(dataFolder)}-wal`)).toBe(false);
      if (!(lost as readonly string[]).includes('stderr'))
        expect(log().match(/Cannot write to standard output any more/g)).toHaveLength(1);
    },
  );

  it.each([
    ['json', ['stderr']],
    ['pretty', ['stderr']],
    ['json', ['stdout', 'stderr']],
  ] as const)(
    'a server goes on where a full disk takes none of its %s log (%j), and stops in order',
    async (format, full) => {
      const dataFolder = join(folder, `full-${format}-${full.length}`);
      const { child, ended, health } = await serve(dataFolder, { format, full });
      for (let asked = 0; asked < 20; asked += 1) expect(await health()).toBe(200);
      expect(child.exitCode).toBeNull();
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(existsSync(`${databasePath(dataFolder)}-wal`)).toBe(false);
    },
  );

  it('ends quietly if it only answers', async () => {
    const dataFolder = join(folder, 'command');
    for (const name of ['one', 'two'])
      await runCertdesk([
        'token',
        'create',
        '--data-dir',
        dataFolder,
        '--name',
        name,
        '--scope',
        'projects:read',
      ]);
    const { child, ended } = start(['token', 'list', '--data-dir', dataFolder]);
    child.stdout?.destroy();
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
    expect([...(await ended), said]).toEqual([0, null, '']);
  });

  const tokensIn = (dataFolder: string) => runCertdesk(['token', 'list', '--data-dir', dataFolder]);

  it.each([
    ['on a full disk', ['stdout'], 'ENOSPC'],
    ['without a reader', [], 'EPIPE'],
  ] as const)(
    'a token that could not be printed %s is revoked, and one line says so',
    async (name, full, code) => {
      const dataFolder = join(folder, name.replaceAll(' ', '-'));
      const where = ['--data-dir', dataFolder];
      await runCertdesk(['token', 'create', ...where, '--name', 'seen', '--scope', 'projects:read']);
      const create = ['token', 'create', ...where, '--name', 'unseen', '--scope', 'projects:read'];
      const { child, ended } = start(create, full);
      child.stdout?.destroy();
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
      expect(await ended).toEqual([2, null]);
      expect(said).toMatch(/^certdesk: cannot write to standard output: [^\n]+ so Certdesk revoked it\n$/);
      expect(said).toContain(code);
      const tokens = (await tokensIn(dataFolder)).trim().split('\n');
      expect(tokens).toHaveLength(2);
      const live = tokens.filter((line) => !line.includes('\trevoked '));
      expect(live).toEqual([expect.stringContaining('\tseen\t')]);
      expect(said).toContain(`${tokens.find((line) => line.includes('\tunseen\t'))?.split('\t')[0]}`);
    },
  );

  it.each([[['token', 'list']], [['audit', 'export']], [['audit', 'verify']]])(
    '%j reports a full disk in one line',
    async (command) => {
      const dataFolder = join(folder, 'answers');
      await runCertdesk([
        'token',
        'create',
        '--data-dir',
        dataFolder,
        '--name',
        'one',
        '--scope',
        'projects:read',
      ]);
      const { child, ended } = start([...command, '--data-dir', dataFolder], ['stdout']);
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk));
      expect(await ended).toEqual([2, null]);
      expect(said).toMatch(/^certdesk: cannot write to standard output: ENOSPC[^\n]+\n$/);
    },
  );

  it('exits 2 even if its error message cannot be written', async () => {
    const { ended } = start(['token', 'list', '--data-dir', join(folder, 'nothing')], ['stdout', 'stderr']);
    expect(await ended).toEqual([2, null]);
  });
});
