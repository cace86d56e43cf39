// The built desktop application for a spec: on Electron itself with E2E_ELECTRON=real, else on the stand-in.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright';
import { COMPILED } from '../tools/compiled.ts';
import { toolPath } from '../tools/tools.ts';
import { fromChromium } from './addresses.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const HERE = import.meta.dirname;
/** Shortly before the test's own end, so that what it has printed is seen. */
const START_MS = 100_000;

export const REAL = process.env.E2E_ELECTRON === 'real';
/** For the titles of suites: every run says which it was. */
export const ON = REAL
  ? 'on Electron'
  : "on the stand-in for Electron (E2E_ELECTRON=real for Electron's binary)";

export interface DesktopOptions {
  readonly dataFolder: string;
  /** Where package.json and out/ are; this checkout where left out. */
  readonly folder?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What to start it in: `dbus-run-session -- …`, say. Stand-in only. */
  readonly wrapper?: readonly string[];
  /** `sealed-file` where left out. */
  readonly secretStore?: 'sealed-file' | 'auto' | 'keychain';
  /** Null: none is named. 0, any free one, where left out. */
  readonly port?: number | null;
  /** Shown on the display of the environment, not headless. */
  readonly headed?: boolean;
}

/** Electron's modules, as a function in the main process gets them. */
export type ElectronModule = typeof import('electron');

export interface Desktop {
  /** Runs in the main process; what it uses must be its own. */
  evaluate<A, R>(fn: (electron: ElectronModule, arg: A) => R | Promise<R>, arg: A): Promise<R>;
  /** The page of the window, when there is one. */
  page(): Promise<Page>;
  /** As the page knows it: app://certdesk/… */
  addressOf(page: Page): string;
  output(): string;
  readonly pid: number;
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | string>;
  /** As a person quits it; resolves with the exit code. */
  quit(): Promise<number | string>;
  /** At once, whatever it does. */
  kill(): Promise<void>;
}

let said = false;

/** Ready when it resolves: `whenReady`, not yet its window. */
export async function launchDesktop(options: DesktopOptions): Promise<Desktop> {
  if (!said) console.info(`The desktop application runs ${ON}`); // suites that pass do not show their titles
  said = true;
  const { dataFolder, folder = ROOT, secretStore = 'sealed-file', port = 0 } = options;
  const ports = port === null ? [] : ['--port', String(port)];
  const all = [
    folder,
    '--data-dir',
    dataFolder,
    '--secret-store',
    secretStore,
    ...ports,
    ...(options.args ?? []),
  ];
  return REAL ? launchReal(all, options) : launchStandIn(all, options);
}

async function launchReal(args: readonly string[], { env = {} }: DesktopOptions): Promise<Desktop> {
  const recorder = ['-r', join(HERE, 'recorder.cjs')];
  const app: ElectronApplication = await _electron.launch({
    args: [...recorder, ...args],
    env: { ...cleanEnv(), ...env },
  });
  const child = app.process();
  const { output, ended } = watch(child);
  return {
    evaluate: (fn, arg) => app.evaluate(fn as never, arg as never) as never,
    page: async () => app.windows().find((page) => !page.isClosed()) ?? app.waitForEvent('window'),
    addressOf: (page) => page.url(),
    output,
    pid: child.pid ?? 0,
    ended,
    async quit() {
      await app.evaluate((electron) => setTimeout(() => electron.app.quit(), 0)).catch(() => undefined);
      return ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function launchStandIn(args: readonly string[], options: DesktopOptions): Promise<Desktop> {
  const { env = {}, wrapper = [], headed = false } = options;
  const main = join(args[0] ?? ROOT, 'out/main/electron.js');
  const node = [process.execPath, '--import', join(HERE, 'register.ts'), main];
  const [program = '', ...rest] = [...wrapper, ...node, ...args.slice(1)];
  const child = spawn(program, rest, {
    env: {
      ...cleanEnv(),
      ...COMPILED, // Playwright alone takes a third of a second of each start
      STANDIN_CHROMIUM: toolPath('CERTDESK_TEST_CHROMIUM'),
      ...(headed ? { STANDIN_HEADED: '1' } : {}),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { output, ended } = watch(child);
  const cdpUrl = await ready(child, output);
  let browser: Browser | null = null;
  const close = async (): Promise<void> => {
    await browser?.close().catch(() => undefined);
  };
  const evaluate = createEvaluate(child);
  return {
    evaluate,
    async page() {
      browser ??= await chromium.connectOverCDP(cdpUrl);
      return firstPage(browser);
    },
    addressOf: (page) => fromChromium(page.url()),
    output,
    pid: child.pid ?? 0,
    ended,
    async quit() {
      await evaluate((electron) => void setTimeout(() => electron.app.quit(), 0), null).catch(
        () => undefined,
      );
      const code = await ended;
      await close();
      return code;
    },
    async kill() {
      // Without its channel it ends too, where it stands behind a wrapper.
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
      await ended;
      await close();
    },
  };
}

/** Chromium writes into its profile for a moment longer. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** The window's page, as soon as it shows one of the application's. */
async function firstPage(browser: Browser): Promise<Page> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const pages = browser.contexts().flatMap((context) => context.pages());
    const page = pages.find((each) => fromChromium(each.url()).startsWith('app://'));
    if (page !== undefined) return page;
    if (Date.now() > deadline) throw new Error(`No window shows a page: ${pages.map((each) => each.url())}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

function createEvaluate(child: ChildProcess): Desktop['evaluate'] {
  let ids = 0;
  return (fn, arg) => {
    ids += 1;
    const id = ids;
    return new Promise((resolve, reject) => {
      const onMessage = (message: { type?: string; id?: number; value?: unknown; error?: string }): void => {
        if (message.type !== 'result' || message.id !== id) return;
        child.off('message', onMessage);
        child.off('exit', onExit);
        if (message.error === undefined) resolve(message.value as never);
        else reject(new Error(message.error));
      };
      const onExit = (): void => reject(new Error('The application has ended'));
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send({ type: 'evaluate', id, fn: String(fn), arg });
    });
  };
}

function watch(child: ChildProcess): { output(): string; ended: Promise<number | string> } {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  return { output: () => output, ended: once(child, 'exit').then(([code, signal]) => code ?? signal) };
}

function ready(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`The application did not start:\n${output()}`));
    }, START_MS);
    child.on('message', (message: { type?: string; cdpUrl?: string }) => {
      if (message.type !== 'ready') return;
      clearTimeout(timer);
      done(message.cdpUrl ?? '');
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`The application ended (${code}) before it was ready:\n${output()}`));
    });
  });
}

function cleanEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('VITEST'),
  );
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
