// Whether Certdesk starts, in the tray, when its user logs in: as the setting says.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { autostartEntry } from '../desktop/autostart.ts';

export interface AutostartOptions {
  /** The program as the user has it. */
  readonly program: string;
  /** With what keeps its window closed. */
  readonly args: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** @throws where the entry cannot be written. */
export function applyAutostart(wanted: boolean, { program, args, platform }: AutostartOptions): void {
  if (platform !== 'linux') {
    // The name on Windows: build/installer.nsh removes it with the program.
    app.setLoginItemSettings({ openAtLogin: wanted, path: program, args: [...args], name: 'Certdesk' });
    return;
  }
  // Electron knows no login items on Linux.
  const path = join(app.getPath('appData'), 'autostart', 'certdesk.desktop');
  if (!wanted) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, autostartEntry(program, args));
}
