// Applies the setting that starts Certdesk in the tray when the user logs in.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { autostartEntry } from '../desktop/autostart.ts';

export interface AutostartOptions {
  /** The path of the installed program. */
  readonly program: string;
  /** Arguments, including the one that keeps the window closed. */
  readonly args: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** Adds or removes the login item. @throws if the entry cannot be written */
export function applyAutostart(wanted: boolean, { program, args, platform }: AutostartOptions): void {
  if (platform !== 'linux') {
    // On Windows, build/installer.nsh removes the entry of this name with the program.
    app.setLoginItemSettings({ openAtLogin: wanted, path: program, args: [...args], name: 'Certdesk' });
    return;
  }
  // Electron does not support login items on Linux.
  const path = join(app.getPath('appData'), 'autostart', 'certdesk.desktop');
  if (!wanted) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, autostartEntry(program, args));
}
