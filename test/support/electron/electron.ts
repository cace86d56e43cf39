// The module that `import … from 'electron'` loads in the main process on a machine without Electron's binary.
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import type { Route } from 'playwright';
import { fromChromium } from './addresses.ts';
import { App } from './app.ts';
import { makeBrowserWindow } from './browser-window.ts';
import { type Chromium, startChromium } from './chromium.ts';
import { IpcMain } from './ipc-main.ts';
import recorder from './recorder.cjs';
import { protocol, Session } from './session.ts';
import {
  dialog,
  Menu,
  MenuItem,
  Notification,
  nativeImage,
  net,
  powerMonitor,
  screen,
  shell,
  Tray,
} from './system.ts';

const app = new App();
const ipcMain = new IpcMain();
const defaultSession = new Session();
const session = { defaultSession };
let chromium: Chromium | null = null;

const BrowserWindow = makeBrowserWindow({
  chromium() {
    if (chromium === null) throw new Error('Cannot create BrowserWindow before app is ready');
    return chromium;
  },
  ipcMain,
  session: defaultSession,
  isReady: app.isReady,
  onAllClosed() {
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
    else app.quit();
  },
});

app.hooks = {
  closeWindows() {
    for (const window of BrowserWindow.getAllWindows()) window.close();
    return BrowserWindow.getAllWindows().length === 0;
  },
  closeChromium: async () => chromium?.close(),
};

async function start(): Promise<void> {
  chromium = await startChromium(join(app.getPath('userData'), 'chromium'));
  await defaultSession.attach(chromium.context, mayNavigate);
  app.markReady();
  process.send?.({ type: 'ready', cdpUrl: chromium.cdpUrl });
}

/** Each window's contents check the navigations of their own page; foreign pages have none. */
function mayNavigate(route: Route): boolean {
  const request = route.request();
  const frame = request.frame();
  const contents = BrowserWindow.getAllWindows().find(({ webContents }) => webContents.page === frame.page());
  if (contents === undefined) return false;
  return contents.webContents.mayNavigate(fromChromium(request.url()), frame.parentFrame() === null);
}

const electron = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  net,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};
recorder.install(electron);

// electronApp.evaluate() of Playwright, with the same contract.
process.on('message', async (message: { type?: string; id?: number; fn?: string; arg?: unknown }) => {
  if (message.type !== 'evaluate') return;
  const answer = (rest: object) => process.send?.({ type: 'result', id: message.id, ...rest });
  try {
    const run = runInThisContext(`(${message.fn})`) as (module: object, arg: unknown) => unknown;
    answer({ value: (await run(electron, message.arg)) ?? null });
  } catch (error) {
    answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => app.exit(1)); // the test has ended
setInterval(() => undefined, 2 ** 30); // Electron's main process does not end with an empty event loop
setImmediate(() => {
  start().catch((error: unknown) => {
    console.error('stand-in: Chromium could not be started', error);
    process.exit(70);
  });
});

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  Notification,
  nativeImage,
  net,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};
export default electron;
