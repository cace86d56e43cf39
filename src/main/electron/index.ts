// The root of the desktop application: the same createApp as the headless server, and a window that shows its page.

import { join } from 'node:path';
import { app, BrowserWindow, dialog, session, shell } from 'electron';
import { pino } from 'pino';
import { type App, createApp, DEFAULT_LIMITS } from '../app.ts';
import { readInstallation } from '../installation.ts';

async function start(): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  await app.whenReady();
  // Nothing that a page can ask for is needed: camera, location, notifications of the web …
  session.defaultSession.setPermissionRequestHandler((_, __, decide) => decide(false));
  const certdesk = await open();
  const show = () => showWindow(certdesk);
  app.on('second-instance', show);
  app.on('activate', show);
  // The engine goes on when the window is closed; Quit ends it.
  app.on('window-all-closed', () => undefined);
  app.once('will-quit', (event) => {
    event.preventDefault();
    void certdesk.close().finally(() => app.exit());
  });
  show();
}

function open(): Promise<App> {
  return createApp({
    ...readInstallation(),
    dataFolder: join(app.getPath('userData'), 'data'),
    secretStore: 'auto',
    api: { host: '127.0.0.1', port: 7878 },
    challenge: { host: '::', port: 80, required: false },
    allowedHosts: [],
    directories: {},
    dns: { resolvers: [], endpoints: {}, authorityPort: null },
    acmeRoots: null,
    logger: pino({ base: null }),
    clock: { now: () => new Date() },
    limits: DEFAULT_LIMITS,
  });
}

function showWindow({ address, signInLink }: App): void {
  const [open] = BrowserWindow.getAllWindows();
  if (open !== undefined) {
    open.show();
    open.focus();
    return;
  }
  const window = new BrowserWindow({
    width: 1200,
    height: 800,
    minWidth: 900,
    webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false },
  });
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://') || url.startsWith(address)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  void signInLink().then((link) => window.loadURL(link));
}

start().catch((error: unknown) => {
  dialog.showErrorBox('Certdesk cannot start', error instanceof Error ? error.message : String(error));
  app.exit(1);
});
