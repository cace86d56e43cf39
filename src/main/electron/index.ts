// The root of the desktop application: the same createApp as the headless server, a window that talks to it by IPC, the
// tray. Decisions are in ../desktop; here is what Electron is told.
import { join, resolve } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { argsAtLogin } from '../desktop/autostart.ts';
import { makeFolderSync } from '../make-folder.ts';
import { argsFromEnvironment, readDesktopOptions, type ServeOptions } from '../platform/options.ts';
import { runDesktop } from './desktop.ts';
import { registerScheme } from './protocol.ts';

function begin(): void {
  const options = readOptions();
  if (options === null) return;
  // One window a data folder: the lock of the single instance, and what Chromium keeps, are within it. It must be there.
  const folder = join(options.dataDir, 'window');
  makeFolderSync(folder);
  app.setPath('userData', folder);
  // Windows shows notifications of an installed program only, by this name; its shortcuts have it from the installer.
  if (app.isPackaged) app.setAppUserModelId(APP_ID);
  registerScheme(protocol);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.exit(0); // the other one shows its window
    return;
  }
  const { argv } = process;
  // An AppImage is mounted elsewhere at each start: what starts at login is the file itself.
  const program = process.env.APPIMAGE ?? process.execPath;
  const [application = '', ...given] = app.isPackaged ? ['', ...argv.slice(1)] : argv.slice(1);
  const atLogin = argsAtLogin([...argsFromEnvironment(given), ...given]);
  const loginArgs = app.isPackaged ? atLogin : [resolve(application), ...atLogin];
  runDesktop({ options, argv, program, loginArgs }).catch((error: unknown) => sayAndEnd(error, 1));
}

/** electron-builder.config.ts has the same. */
const APP_ID = 'org.certdesk.desktop';

function sayAndEnd(error: unknown, code: number): void {
  dialog.showErrorBox('Certdesk cannot start', error instanceof Error ? error.message : String(error));
  app.exit(code);
}

/** Null where they are wrong, which has been said. */
function readOptions(): ServeOptions | null {
  try {
    // Not packaged, Electron itself is the first argument and the application's folder the second.
    const options = readDesktopOptions(process.argv.slice(app.isPackaged ? 1 : 2));
    return { ...options, dataDir: resolve(options.dataDir) };
  } catch (error) {
    sayAndEnd(error, 2);
    return null;
  }
}

try {
  begin();
} catch (error) {
  sayAndEnd(error, 1);
}
