// The entry point of the desktop application: the same createApp as the headless server, a window that uses IPC, and
// the tray. Decisions are in ../desktop; this folder calls Electron.
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
  // One instance per data folder: the single-instance lock and Chromium's data are in it, so it must exist.
  const folder = join(options.dataDir, 'window');
  makeFolderSync(folder);
  app.setPath('userData', folder);
  // Windows shows notifications only for an installed program with this ID, which the installer adds to its shortcuts.
  if (app.isPackaged) app.setAppUserModelId(APP_ID);
  registerScheme(protocol);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.exit(0); // the first instance shows its window
    return;
  }
  const { argv } = process;
  // An AppImage is mounted at a different path at each start, so the login item needs the file itself.
  const program = process.env.APPIMAGE ?? process.execPath;
  const [application = '', ...given] = app.isPackaged ? ['', ...argv.slice(1)] : argv.slice(1);
  const atLogin = argsAtLogin([...argsFromEnvironment(given), ...given]);
  const loginArgs = app.isPackaged ? atLogin : [resolve(application), ...atLogin];
  runDesktop({ options, argv, program, loginArgs }).catch((error: unknown) => sayAndEnd(error, 1));
}

/** The same ID as in electron-builder.config.ts. */
const APP_ID = 'org.certdesk.desktop';

function sayAndEnd(error: unknown, code: number): void {
  dialog.showErrorBox('Certdesk cannot start', error instanceof Error ? error.message : String(error));
  app.exit(code);
}

/** @returns null if the options are invalid, after showing the error */
function readOptions(): ServeOptions | null {
  try {
    // If not packaged, the first argument is Electron itself and the second is the application's folder.
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
