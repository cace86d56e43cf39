// Electron's `app`, as far as Certdesk uses it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Preventable, preventable, StrictEmitter } from './emitter.ts';

const EVENTS = [
  'ready',
  'second-instance',
  'activate',
  'open-url',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
  'web-contents-created',
  'child-process-gone',
];

export interface AppHooks {
  /** Closes all windows; false if one of them stayed. */
  closeWindows(): boolean;
  closeChromium(): Promise<void>;
}

export class App extends StrictEmitter {
  readonly isPackaged = false;
  readonly name = 'certdesk';
  hooks: AppHooks = { closeWindows: () => true, closeChromium: async () => undefined };
  readonly #paths: Record<string, string> = {
    userData: join(tmpdir(), `standin-${process.pid}`),
    appData: process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'),
  };
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #lockTimer: NodeJS.Timeout | undefined;
  #login: object = {};

  constructor() {
    super('app', EVENTS);
  }

  markReady(): void {
    this.#isReady = true;
    this.emit('ready', preventable(), {});
    this.#ready.resolve();
  }

  isReady = (): boolean => this.#isReady;
  whenReady = (): Promise<void> => this.#ready.promise;
  getLocale = (): string => 'en-US';
  getVersion = (): string => '0.0.0-standin';
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  setAppUserModelId(_: string): void {}
  setAsDefaultProtocolClient = (_: string): boolean => true;

  getPath(name: string): string {
    const path = this.#paths[name];
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** As strict as the documentation of the real one. */
  setPath(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} is not there`);
    this.#paths[name] = path;
  }

  setLoginItemSettings(settings: object): void {
    this.#login = settings;
  }

  getLoginItemSettings = (): object => ({ openAtLogin: false, ...this.#login });

  /** With a file that has the process's id in the folder of `userData`, where the real one uses a socket. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    const path = join(folder, 'standin.lock');
    const holder = readPid(path);
    if (holder !== process.pid && isAlive(holder)) {
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(process.argv));
      return false;
    }
    writeFileSync(path, String(process.pid));
    this.#lockTimer = setInterval(() => this.#hearOthers(folder), 50).unref();
    return true;
  }

  #hearOthers(folder: string): void {
    for (const name of readdirSync(folder).filter((each) => /^standin\.lock\.\d+$/.test(each))) {
      const text = readFileSync(join(folder, name), 'utf8');
      if (text === '') continue; // it is being written
      unlinkSync(join(folder, name));
      this.emit('second-instance', preventable(), JSON.parse(text), '/', undefined);
    }
  }

  quit(): void {
    if (this.#prevented('before-quit') || !this.hooks.closeWindows() || this.#prevented('will-quit')) return;
    this.emit('quit', preventable(), 0);
    this.exit(0);
  }

  #prevented(name: string): boolean {
    const event: Preventable = preventable();
    this.emit(name, event);
    return event.defaultPrevented;
  }

  exit(code = 0): void {
    clearInterval(this.#lockTimer);
    if (this.#lockTimer !== undefined)
      rmSync(join(this.getPath('userData'), 'standin.lock'), { force: true });
    void this.hooks
      .closeChromium()
      .catch(() => undefined)
      .finally(() => process.exit(code));
  }
}

function readPid(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
