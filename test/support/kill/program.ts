// Certdesk as a process that kills itself with SIGKILL at a given transition, or fills its disk there, or lists the
// transitions that it passes. Started by killable-server.ts with its options as one JSON argument.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { DEFAULT_LIMITS } from '../../../src/main/app/platform.ts';
import { type App, createApp } from '../../../src/main/app.ts';
import { toCertdeskError } from '../../../src/main/engine/core/errors.ts';
import { withQuickTiming } from '../engine/quick-time.ts';
import { keepCompiled } from '../tools/compiled.ts';
import { LOOPBACK_NETWORKS } from '../tools/network.ts';
import type { FromProgram, ProgramOptions, ToProgram } from './messages.ts';
import { watchTransitions } from './transitions.ts';

const options: ProgramOptions = JSON.parse(process.argv[2] ?? '{}');
const tell = (message: FromProgram): void => void process.send?.(message);

let armed: { readonly name: string; readonly action: 'kill' | 'fill'; nth: number } | null = null;
let passed: string[] | null = null;

function at(name: string): void {
  passed?.push(name);
  if (armed === null || armed.name !== name) return;
  armed.nth -= 1;
  if (armed.nth > 0) return;
  if (armed.action === 'kill') process.kill(process.pid, 'SIGKILL');
  armed = null;
  fill();
}

// The APIs of DNS providers are called with fetch.
const { fetch: asked } = globalThis;
globalThis.fetch = async (input, init) => {
  const name = `DNS ${init?.method ?? 'GET'} ${new URL(String(input)).pathname.replace(/[\w-]*\d[\w-]*/g, 'x')}`;
  at(`before ${name}`);
  const answer = await asked(input, init);
  at(`after ${name}`);
  return answer;
};

const disk = dirname(options.dataFolder);
if (options.ownDiskMb !== undefined) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.ownDiskMb}m`, 'tmpfs', disk]);
}

/** To its last byte: SQLite continues in the rest of a page. */
function fill(): void {
  if (options.ownDiskMb === undefined) throw new Error('only a disk of its own is filled');
  const file = openSync(join(disk, 'filler'), 'a');
  try {
    for (const size of [1 << 16, 1 << 12, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

function start(): Promise<App> {
  return createApp({
    dataFolder: options.dataFolder,
    secretStore: 'sealed-file',
    api: { host: '127.0.0.1', port: 0 },
    challenge: { host: '127.0.0.1', port: options.httpPort, required: true },
    allowedHosts: [],
    allowPrivate: LOOPBACK_NETWORKS,
    directories: { production: options.directoryUrl, staging: options.directoryUrl },
    acmeRoots: readFileSync(options.rootsFile, 'utf8'),
    dns: options.dns,
    webPorts: { http: options.httpPort, https: 443 },
    guiFolder: null,
    version: '0.0.0-test',
    shellCommand: (args) => `certdesk ${args}`,
    logger: pino({ level: 'warn', base: null }, process.stderr),
    clock: { now: () => new Date() },
    limits: DEFAULT_LIMITS,
    around: (ports) => watchTransitions(options.quick === true ? withQuickTiming(ports) : ports, at),
  });
}

async function settle(): Promise<void> {
  for (
    let { running, queued } = app.engine.counts();
    running + queued > 0;
    { running, queued } = app.engine.counts()
  )
    await pause(5);
  tell({ kind: 'settled' });
}

async function startReadOnly(): Promise<void> {
  await app.close();
  const mode = (mode: string) => execFileSync('mount', ['-o', `remount,${mode}`, disk]);
  mode('ro');
  const failure = await start().then(
    (started) => started.close().then(() => null),
    (error: unknown) => toCertdeskError(error),
  );
  mode('rw');
  app = await start();
  tell({ kind: 'refused', code: failure?.code ?? 'it started', message: failure?.message ?? '' });
  tell({ kind: 'ready', address: app.address, token, link: await app.signInLink() });
}

const DEEDS: Readonly<Record<ToProgram['kind'], (message: ToProgram) => void>> = {
  arm(message) {
    if (message.kind === 'arm') armed = { ...message };
  },
  record() {
    passed = [];
  },
  settle: () => void settle(),
  recorded: () => tell({ kind: 'recorded', names: passed ?? [] }),
  fill,
  free: () => rmSync(join(disk, 'filler')),
  'read-only': () => void startReadOnly(),
};
process.on('message', (message: ToProgram) => {
  DEEDS[message.kind](message);
  tell({ kind: 'done' });
});
process.on('disconnect', () => process.exit(1)); // the test has ended

let app = await start();
keepCompiled();
const given = { scopes: ['admin' as const], projectIds: null, expiresAt: null };
const token = options.token ?? (await app.engine.tokens.create({ name: 'kill', ...given })).secret;
tell({ kind: 'ready', address: app.address, token, link: await app.signInLink() });
