// The root of the desktop application: the same createApp as the headless server, a window that talks to it by IPC, the
// tray. Decisions are in ../desktop; here is what Electron is told.
import { join } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { readDesktopOptions, type ServeOptions } from '../headless/options.ts';
import { runDesktop } from './desktop.ts';
import { registerScheme } from './protocol.ts';

function begin(): void {
  const options = readOptions();
  if (options === null) return;
  // One window a data folder: the lock of the single instance, and what Chromium keeps, are within it.
  app.setPath('userData', join(options.dataDir, 'window'));
  registerScheme(protocol);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.exit(0); // the other one shows its window
    return;
  }
  const { argv } = process;
  // An AppImage is mounted elsewhere at each start: what starts at login is the file itself.
  const program = process.env.APPIMAGE ?? process.execPath;
  const programArgs = app.isPackaged ? [] : argv.slice(1, 2);
  runDesktop({ options, argv, program, programArgs }).catch((error: unknown) => {
    dialog.showErrorBox('Certdesk cannot start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
}

/** Null where they are wrong, which has been said. */
function readOptions(): ServeOptions | null {
  try {
    // Not packaged, Electron itself is the first argument and the application's folder the second.
    return readDesktopOptions(process.argv.slice(app.isPackaged ? 1 : 2));
  } catch (error) {
    dialog.showErrorBox('Certdesk cannot start', error instanceof Error ? error.message : String(error));
    app.exit(2);
    return null;
  }
}

begin();
