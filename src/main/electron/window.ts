// Manages the application's window: creates it on demand, prevents navigation away from our page, and recreates it
// after a crash of the page.
import { join } from 'node:path';
import { BrowserWindow, screen, shell, type WebContents } from 'electron';
import type { Logger } from 'pino';
import { isOurPage, opensInBrowser, PAGE } from '../desktop/addresses.ts';
import { windowOptions } from '../desktop/window-options.ts';
import { placeWindow, type WindowPlace } from '../desktop/window-place.ts';

export interface WindowDeps {
  readonly logger: Logger;
  /** The folder of the installation. */
  readonly folder: string;
  /** The address of the local server; null while it is not running. */
  server(): string | null;
  /** The saved position of the window, before validation. */
  savedPlace(): unknown;
  keepPlace(place: WindowPlace): void;
  /** Called if the page crashes repeatedly. */
  onHopeless(): void;
}

export interface MainWindow {
  /** Shows the window; creates it if necessary. @param address The page to open; default: the current one. */
  show(address?: string): void;
  /** Reloads the page if there is a window. */
  reload(): void;
  isOurs(webContentsId: number): boolean;
  isFocused(): boolean;
}

/** This many crashes within WITHIN_MS count as repeated. */
const CRASHES = 3;
const WITHIN_MS = 60_000;

export function createMainWindow(deps: WindowDeps): MainWindow {
  let window: BrowserWindow | null = null;
  let crashes: readonly number[] = [];

  function make(address: string): BrowserWindow {
    const place = placeWindow(
      deps.savedPlace(),
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const made = new BrowserWindow(
      windowOptions({
        preload: join(deps.folder, 'out', 'preload', 'preload.cjs'),
        icon: join(deps.folder, 'assets', 'icon.png'),
        place,
      }),
    );
    if (place.maximized) made.maximize();
    made.once('ready-to-show', () => made.show());
    guard(made.webContents, deps.server);
    watchPlace(made, deps.keepPlace);
    made.once('closed', () => {
      if (window === made) window = null;
    });
    made.webContents.on('render-process-gone', (_, { reason, exitCode }) => onGone(made, reason, exitCode));
    made
      .loadURL(address)
      .catch((error: unknown) => deps.logger.error({ err: error }, 'The page did not load'));
    return made;
  }

  function onGone(made: BrowserWindow, reason: string, exitCode: number): void {
    if (reason === 'clean-exit') return;
    deps.logger.error({ reason, exitCode }, 'The page of the window crashed; reloading it');
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < WITHIN_MS), now];
    made.destroy();
    if (crashes.length >= CRASHES) {
      crashes = [];
      deps.onHopeless();
    } else window = make(PAGE);
  }

  return {
    show(address) {
      if (window === null) {
        window = make(address ?? PAGE);
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      if (address !== undefined) void window.loadURL(address).catch(() => undefined);
    },
    reload: () => window?.webContents.reload(),
    isOurs: (id) => window?.webContents.id === id,
    isFocused: () => window?.isFocused() === true,
  };
}

/** Prevents navigation to other pages; opens web links in the user's browser. */
function guard(contents: WebContents, server: () => string | null): void {
  const openOutside = (address: string): void => {
    if (opensInBrowser(address, server())) void shell.openExternal(address);
  };
  contents.on('will-navigate', (event) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    openOutside(event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

function watchPlace(window: BrowserWindow, keep: (place: WindowPlace) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    clearTimeout(timer);
    if (!window.isDestroyed()) keep({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(now, 500);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', now);
}
