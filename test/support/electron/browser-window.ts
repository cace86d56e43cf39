// Electron's BrowserWindow over a WebContents.
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { preventable, StrictEmitter } from './emitter.ts';
import { WebContents, type World } from './web-contents.ts';

const EVENTS = [
  'close',
  'closed',
  'ready-to-show',
  'show',
  'hide',
  'focus',
  'blur',
  'minimize',
  'restore',
  'maximize',
  'unmaximize',
  'resize',
  'move',
  'session-end',
];
const OPTIONS = new Set(
  'x y width height minWidth minHeight title icon show autoHideMenuBar webPreferences backgroundColor'.split(
    ' ',
  ),
);
/** What the stand-in implements, and what it only checks: each must have this value. */
const PREFERENCES: Readonly<Record<string, unknown>> = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
};

interface Options {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly show?: boolean;
  readonly webPreferences?: Readonly<Record<string, unknown>>;
}

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowWorld extends World {
  isReady(): boolean;
  onAllClosed(): void;
}

/** @returns a class, as Electron does; its world is that of the module that creates it. */
export function makeBrowserWindow(world: WindowWorld) {
  const all = new Set<BrowserWindow>();
  let ids = 0;

  class BrowserWindow extends StrictEmitter {
    static getAllWindows = (): BrowserWindow[] => [...all];
    static getFocusedWindow = (): BrowserWindow | null => [...all].find((each) => each.isFocused()) ?? null;

    readonly id: number;
    readonly options: Options;
    readonly webContents: WebContents;
    #bounds: Bounds;
    #visible: boolean;
    #focused = false;
    #minimized = false;
    #maximized = false;
    #destroyed = false;
    #shownOnce = false;

    constructor(options: Options = {}) {
      super('BrowserWindow', EVENTS);
      if (!world.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      ids += 1;
      this.id = ids;
      this.options = options;
      this.#visible = options.show !== false;
      this.#bounds = {
        x: options.x ?? 40,
        y: options.y ?? 40,
        width: options.width ?? 800,
        height: options.height ?? 600,
      };
      const hooks = { onLoaded: () => this.#onLoaded(), onClosed: () => this.#onPageClosed() };
      this.webContents = new WebContents(world, hooks, checkOptions(options));
      all.add(this);
      void this.webContents.opened
        .then(({ page }) => page.setViewportSize({ width: this.#bounds.width, height: this.#bounds.height }))
        .catch(() => undefined);
    }

    #onLoaded(): void {
      if (this.#shownOnce) return;
      this.#shownOnce = true;
      this.emit('ready-to-show');
    }

    /** The page ended on its own: a crash closes no window, as in Electron. */
    #onPageClosed(): void {
      if (!this.webContents.isCrashed()) this.destroy();
    }

    loadURL = (address: string): Promise<void> => this.webContents.loadURL(address);

    show(): void {
      this.#visible = true;
      this.#minimized = false;
      this.emit('show');
      this.focus();
    }
    hide(): void {
      this.#visible = false;
      this.#focused = false;
      this.emit('hide');
    }
    focus(): void {
      for (const each of all) each.blurNow();
      this.#focused = true;
      this.emit('focus');
    }
    blurNow(): void {
      this.#focused = false;
    }
    minimize(): void {
      this.#minimized = true;
      this.#focused = false;
      this.emit('minimize');
    }
    restore(): void {
      this.#minimized = false;
      this.emit('restore');
    }
    maximize(): void {
      this.#maximized = true;
      this.emit('maximize');
    }
    isVisible = (): boolean => this.#visible;
    isFocused = (): boolean => this.#focused;
    isMinimized = (): boolean => this.#minimized;
    isMaximized = (): boolean => this.#maximized;
    isDestroyed = (): boolean => this.#destroyed;
    getBounds = (): Bounds => ({ ...this.#bounds });
    getNormalBounds = (): Bounds => ({ ...this.#bounds });
    setBounds(bounds: Partial<Bounds>): void {
      Object.assign(this.#bounds, bounds);
      this.emit('resize');
      this.emit('move');
    }

    close(): void {
      if (this.#destroyed) return;
      const event = preventable();
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
    }

    destroy(): void {
      if (this.#destroyed) return;
      this.#destroyed = true;
      all.delete(this);
      this.webContents.destroyNow();
      this.emit('closed');
      if (all.size === 0) world.onAllClosed();
    }
  }
  return BrowserWindow;
}

/** @returns the preload's path. */
function checkOptions({ webPreferences = {}, ...options }: Options): string | null {
  const odd = Object.keys(options).filter((name) => !OPTIONS.has(name));
  if (odd.length > 0)
    throw new Error(`stand-in: BrowserWindow options that it does not know: ${odd.join(', ')}`);
  const { preload = null, ...preferences } = webPreferences;
  for (const [name, value] of Object.entries(preferences)) {
    if (PREFERENCES[name] !== value)
      throw new Error(`stand-in: webPreferences.${name}: ${value} is not what it does`);
  }
  if (preload === null) return null;
  if (typeof preload !== 'string' || !isAbsolute(preload))
    throw new Error('preload script must have absolute path');
  if (!existsSync(preload)) throw new Error(`Unable to load preload script: ${preload}`);
  return preload;
}
