// Electron's WebContents: a Chromium page whose preload runs in its own world.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import type { Page } from 'playwright';
import { fromChromium, toChromium } from './addresses.ts';
import type { Chromium, OpenPage } from './chromium.ts';
import { makeCodec } from './codec.ts';
import { preventable, StrictEmitter } from './emitter.ts';
import type { IpcMain } from './ipc-main.ts';
import { makeCrossing } from './page/crossing.ts';
import { runIsolatedWorld } from './page/isolated-world.ts';
import type { Session } from './session.ts';

const EVENTS = [
  'did-start-navigation',
  'did-finish-load',
  'did-fail-load',
  'dom-ready',
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview',
  'render-process-gone',
  'unresponsive',
  'preload-error',
  'destroyed',
];
const WORLD = 'Electron Isolated Context';
const codec = makeCodec();

interface ContextDescription {
  readonly id: number;
  readonly name: string;
  readonly auxData?: { readonly frameId?: string };
}

interface BindingCalled {
  readonly name: string;
  readonly payload: string;
  readonly executionContextId: number;
}

interface Frame {
  url: string;
  readonly parent: Frame | null;
}

export interface World {
  readonly chromium: () => Chromium;
  readonly ipcMain: IpcMain;
  readonly session: Session;
}

export interface ContentsHooks {
  onLoaded(): void;
  onClosed(): void;
}

let ids = 0;

export class WebContents extends StrictEmitter {
  readonly id: number;
  readonly session: Session;
  readonly mainFrame: Frame = { url: 'about:blank', parent: null };
  readonly opened: Promise<OpenPage>;
  page: Page | null = null;
  readonly #world: World;
  readonly #hooks: ContentsHooks;
  readonly #binding = `standin${randomUUID().replaceAll('-', '')}`;
  /** Execution contexts of the preload's world -> frame. */
  readonly #contexts = new Map<number, string>();
  #mainFrameId = '';
  #current: number | null = null;
  #windowOpen: ((details: { url: string }) => { action: string }) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #destroyed = false;
  #crashed = false;
  #loadingByUs = 0;

  constructor(world: World, hooks: ContentsHooks, preload: string | null) {
    super('webContents', EVENTS);
    ids += 1;
    this.id = ids;
    this.#world = world;
    this.#hooks = hooks;
    this.session = world.session;
    this.opened = this.#open(preload);
    this.opened.catch((error: unknown) => console.error('stand-in: a page could not be opened', error));
  }

  async #open(preload: string | null): Promise<OpenPage> {
    const opened = await this.#world.chromium().open();
    const { page, cdp } = opened;
    this.page = page;
    page.on('crash', () => this.#onCrash());
    page.on('close', () => this.#hooks.onClosed());
    page.on('pageerror', (error) => console.error('stand-in: error in the page:', error));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.mainFrame.url = fromChromium(frame.url());
    });
    cdp.on('Page.windowOpen', ({ url }) => this.#windowOpen?.({ url: fromChromium(url) }));
    cdp.on('Runtime.executionContextCreated', ({ context }) => this.#onContext(context));
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      this.#contexts.delete(executionContextId),
    );
    cdp.on('Runtime.bindingCalled', (event) => void this.#onMessage(event));
    await cdp.send('Page.enable');
    this.#mainFrameId = (await cdp.send('Page.getFrameTree')).frameTree.frame.id;
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: this.#binding, executionContextName: WORLD });
    const ends = this.#scripts(preload);
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: ends.page });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: ends.preload, worldName: WORLD });
    return opened;
  }

  #scripts(preload: string | null): { readonly page: string; readonly preload: string } {
    const nonce = randomUUID();
    const crossing = (side: string): string =>
      `(${makeCrossing})({ codec: (${makeCodec})(), side: '${side}', nonce: '${nonce}' })`;
    const options = `{ codec: (${makeCodec})(), crossing: ${crossing('preload')}, preload: ${this.#wrap(preload)}, binding: '${this.#binding}', deliver: '${this.#binding}In' }`;
    return {
      page: `if (window === window.top) ${crossing('page')};`,
      preload: `if (window === window.top) (${runIsolatedWorld})(${options});`,
    };
  }

  /** A sandboxed preload is a classic script: `import` is a SyntaxError in both. */
  #wrap(preload: string | null): string {
    if (preload === null) return 'null';
    const wrapped = `function (require, module, exports, process) {${readFileSync(preload, 'utf8')}\n}`;
    try {
      new vm.Script(`(${wrapped})`);
      return wrapped;
    } catch (error) {
      console.error(`Unable to load preload script: ${preload}`, error);
      setImmediate(() => this.emit('preload-error', preventable(), preload, error));
      return 'null';
    }
  }

  #onContext({ id, name, auxData }: ContextDescription): void {
    if (name !== WORLD) return;
    const frame = String(auxData?.frameId);
    this.#contexts.set(id, frame);
    if (frame === this.#mainFrameId) this.#current = id;
  }

  async #onMessage({ name, payload, executionContextId }: BindingCalled): Promise<void> {
    if (name !== this.#binding) return;
    const { kind, channel, id, args } = JSON.parse(payload);
    const given = codec.decode(args) as readonly unknown[];
    const main = this.#contexts.get(executionContextId) === this.#mainFrameId;
    const senderFrame = main ? { ...this.mainFrame } : { url: 'unknown', parent: this.mainFrame };
    const event = { sender: this, senderFrame, ports: [] };
    if (kind === 'preload-error') {
      console.error(`Unable to load preload script: ${given[0]}`);
      this.emit('preload-error', preventable(), '', new Error(String(given[0])));
    } else if (kind === 'send') this.#world.ipcMain.emit(channel, event, ...given);
    else {
      const answer = await this.#world.ipcMain.answer(channel, event, given);
      await this.#deliver([null, id, codec.encode(answer)], executionContextId);
    }
  }

  /** As in Electron, values that cannot be cloned are refused at once. */
  send(channel: string, ...args: readonly unknown[]): void {
    const text = codec.encode(args);
    this.#enqueue(() => this.#deliver([channel, 0, text], this.#current)).catch(() => undefined);
  }

  async #deliver(args: readonly unknown[], context: number | null): Promise<void> {
    if (context === null || this.#destroyed || this.#crashed) return;
    const { cdp } = await this.opened;
    const expression = `globalThis['${this.#binding}In']?.(...${JSON.stringify(args)})`;
    await cdp.send('Runtime.evaluate', { expression, contextId: context }).catch(() => undefined); // it has navigated elsewhere
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Whether the application allows the page's own navigation. Called for each navigation request. */
  mayNavigate(url: string, mainFrame: boolean): boolean {
    if (this.#loadingByUs === 0) {
      const event = preventable({
        url,
        isMainFrame: mainFrame,
        isSameDocument: false,
        frame: this.mainFrame,
      });
      // In this order, and the second only if the first was not prevented.
      if (mainFrame) this.emit('will-navigate', event);
      if (!event.defaultPrevented) this.emit('will-frame-navigate', event);
      if (event.defaultPrevented) return false;
    }
    if (mainFrame) this.emit('did-start-navigation', { url, isMainFrame: true, isSameDocument: false });
    return true;
  }

  async loadURL(address: string): Promise<void> {
    await this.#enqueue(async () => {
      const { page } = await this.opened;
      this.#loadingByUs += 1;
      try {
        await page.goto(toChromium(address), { waitUntil: 'load' });
      } finally {
        this.#loadingByUs -= 1;
      }
      this.emit('did-finish-load', preventable());
      this.#hooks.onLoaded();
    });
  }

  reload(): void {
    void this.#enqueue(async () => {
      this.#loadingByUs += 1;
      await (await this.opened).page.reload().finally(() => {
        this.#loadingByUs -= 1;
      });
    });
  }

  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.opened).page.evaluate(code);
  }

  forcefullyCrashRenderer(): void {
    void this.opened.then(({ cdp }) => cdp.send('Page.crash')).catch(() => undefined);
  }

  #onCrash(): void {
    this.#crashed = true;
    this.emit('render-process-gone', preventable(), { reason: 'crashed', exitCode: 139 });
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#windowOpen = (details) => {
      const answer = handler(details);
      if (answer.action !== 'deny') throw new Error('stand-in: windows that pages open are not there');
      return answer;
    };
  }

  getURL = (): string => this.mainFrame.url;
  isDestroyed = (): boolean => this.#destroyed;
  isCrashed = (): boolean => this.#crashed;
  openDevTools(): void {}

  /** Called by the window. */
  destroyNow(): void {
    this.#destroyed = true;
    void this.opened.then(({ page }) => page.close()).catch(() => undefined);
    this.emit('destroyed');
  }
}
