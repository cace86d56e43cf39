// The built desktop application for a spec: on Electron itself with E2E_ELECTRON=real, otherwise on the stand-in.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright';
import { PAGE_TIMEOUT_MS } from '../gui/page.ts';
import { COMPILED } from '../tools/compiled.ts';
import { toolPath } from '../tools/tools.ts';
import { fromChromium } from './addresses.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const HERE = import.meta.dirname;
/** Shortly before the test's own time-out, so that the output is shown. */
const START_MS = 100_000;

export const REAL = process.env.E2E_ELECTRON === 'real';
/** For suite titles: every run says which one it used. */
export const ON = REAL
  ? 'on Electron'
  : "on the stand-in for Electron (E2E_ELECTRON=real for Electron's binary)";

export interface DesktopOptions {
  readonly dataFolder: string;
  /** The folder of package.json and out/; default: this checkout. */
  readonly folder?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The command that runs it, such as `dbus-run-session -- …`. Stand-in only. */
  readonly wrapper?: readonly string[];
  /** Default: `sealed-file`. */
  readonly secretStore?: 'sealed-file' | 'auto' | 'keychain';
  /** Null: no option is passed. Default: 0, any free port. */
  readonly port?: number | null;
  /** Shown on the display of the environment, not headless. */
  readonly headed?: boolean;
}

/** Electron's modules, as a function in the main process receives them. */
export type ElectronModule = typeof import('electron');

export interface Desktop {
  /** Runs in the main process; it must not use variables from outside. */
  evaluate<A, R>(fn: (electron: ElectronModule, arg: A) => R | Promise<R>, arg: A): Promise<R>;
  /** The page of the window, once there is one. */
  page(): Promise<Page>;
  /** The URL in the page: app://certdesk/… */
  addressOf(page: Page): string;
  output(): string;
  readonly pid: number;
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | string>;
  /** Quits like a user; resolves with the exit code. */
  quit(): Promise<number | string>;
  /** Kills it at once. */
  kill(): Promise<void>;
}

let said = false;

/** Ready when it resolves: `whenReady`, but not necessarily its window. */
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
      // It also ends without its channel if it runs inside a wrapper.
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
      await ended;
      await close();
    },
  };
}

/** Chromium writes into its profile a moment longer. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** The window's page, as soon as it shows one of the application's. */
async function firstPage(browser: Browser): Promise<Page> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const pages = browser.contexts().flatMap((context) => context.pages());
    const page = pages.find((each) => fromChromium(each.url()).startsWith('app://'));
    if (page !== undefined) {
      page.context().setDefaultTimeout(PAGE_TIMEOUT_MS);
      return page;
    }
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
      // Without a callback, a closed channel would be an error that nobody handles.
      child.send({ type: 'evaluate', id, fn: String(fn), arg }, (error) => error && reject(error));
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
