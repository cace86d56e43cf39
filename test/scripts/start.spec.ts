// npm start and npm run certdesk on a throw-away checkout: what starts, why, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDesktop, type Surroundings } from '../../scripts/lib/desktop.ts';
import { type Checkout, makeCheckout } from '../support/tools/checkout.ts';

let checkout: Checkout;
beforeAll(() => {
  checkout = makeCheckout();
});
afterAll(() => checkout?.remove());

interface Running {
  readonly pid: number;
  /** When it and all its children have ended: the last one closes the output. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  output(): string;
  until(text: string): Promise<void>;
}

/** No display, whatever the machine has. */
function launch(program: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(program, args, {
    cwd: checkout.root,
    env: {
      PATH: `${join(checkout.root, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: checkout.root,
      ...env,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return {
    pid: child.pid ?? -1,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
    output: () => output,
    until: (text) => expect.poll(() => output).toContain(text),
  };
}
const script = (name: string, ...args: string[]): Running =>
  launch(process.execPath, [join(checkout.root, 'scripts', name), ...args]);

describe('without a display', () => {
  test('npm start runs the server with its arguments, says why, and exits like the server', async () => {
    const start = script('start.mjs', '--port', '0');
    await start.until('LISTENING');
    expect(start.output()).toContain(
      'Starting the headless server: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n' +
        'PROGRAM serve --port 0\n',
    );
    process.kill(start.pid, 'SIGTERM');
    expect(await start.ended).toEqual({ code: 7, signal: null });
    expect(start.output()).toMatch(/STOPPED\n$/);
  });

  test.each([
    ['start', []],
    ['run', ['certdesk', '--', 'serve']],
  ])('a SIGTERM to `npm %s` ends the server, which npm alone would not', async (command, args) => {
    const npm = launch('npm', [command, ...args]);
    await npm.until('LISTENING');
    process.kill(npm.pid, 'SIGTERM');
    await npm.ended;
    expect(npm.output()).toContain('STOPPED');
  });
});

describe('the desktop application', () => {
  const at = (more: Partial<Surroundings> = {}): Surroundings => ({
    platform: 'linux',
    env: { DISPLAY: ':99' },
    uid: 1000,
    root: checkout.root,
    ...more,
  });

  /** @param body A shell script; `$1` is its first argument. */
  async function withElectron<T>(body: string, work: (binary: string) => Promise<T>): Promise<T> {
    const folder = join(checkout.root, 'electron');
    mkdirSync(folder, { recursive: true });
    const binary = join(folder, 'electron');
    writeFileSync(binary, `#!/bin/sh\n${body}\n`);
    chmodSync(binary, 0o755);
    process.env.ELECTRON_OVERRIDE_DIST_PATH = folder;
    try {
      return await work(binary);
    } finally {
      delete process.env.ELECTRON_OVERRIDE_DIST_PATH;
    }
  }

  test('is available with a display and a binary that starts', async () => {
    await withElectron('echo v45.0.0', async (binary) => {
      expect(await findDesktop(at())).toEqual({ binary });
      expect(await findDesktop(at({ env: { WAYLAND_DISPLAY: 'wayland-0' } }))).toEqual({ binary });
      expect(await findDesktop(at({ platform: 'darwin', env: {}, uid: 0 }))).toEqual({ binary });
      expect(await findDesktop(at({ platform: 'win32', env: {}, uid: undefined }))).toEqual({ binary });
    });
  });

  test('is unavailable without a display, as root, or if the binary does not start', async () => {
    await withElectron('echo "libgtk-3.so.0: cannot open shared object file" >&2; exit 127', async () => {
      const reason = (pattern: RegExp) => ({ reason: expect.stringMatching(pattern) });
      expect(await findDesktop(at({ env: { DISPLAY: '' } }))).toEqual(reason(/^there is no display/));
      expect(await findDesktop(at({ uid: 0 }))).toEqual(reason(/root/));
      expect(await findDesktop(at())).toEqual(reason(/does not start \(libgtk-3\.so\.0: cannot open/));
    });
  });

  test('is unavailable without its binary', async () => {
    process.env.ELECTRON_OVERRIDE_DIST_PATH = join(checkout.root, 'nowhere');
    process.env.electron_config_cache = join(checkout.root, 'cache');
    process.env.ELECTRON_MIRROR = 'http://127.0.0.1:1/'; // nothing listens there
    try {
      expect(await findDesktop(at())).toEqual({ reason: expect.stringMatching(/could not be downloaded/) });
    } finally {
      delete process.env.ELECTRON_OVERRIDE_DIST_PATH;
      delete process.env.electron_config_cache;
      delete process.env.ELECTRON_MIRROR;
    }
  });
});
