// What starts Certdesk at login: its arguments, and the entry on Linux (freedesktop.org, Desktop Application Autostart
// Specification).
import { resolve } from 'node:path';
import { LINK_SCHEME } from './addresses.ts';

/** Starts in the tray, without its window. */
export const HIDDEN = '--hidden';

/**
 * As it was started, on the same data, without its window; no link is opened at each login.
 * @param given What followed the program.
 */
export function argsAtLogin(given: readonly string[]): readonly string[] {
  const kept = given.filter((arg) => arg !== HIDDEN && !arg.startsWith(`${LINK_SCHEME}:`));
  const absolute = kept.map((arg, index) => {
    // At login the working directory is another one.
    if (kept[index - 1] === DATA_DIR) return resolve(arg);
    return arg.startsWith(`${DATA_DIR}=`) ? `${DATA_DIR}=${resolve(arg.slice(DATA_DIR.length + 1))}` : arg;
  });
  return [...absolute, HIDDEN];
}

const DATA_DIR = '--data-dir';

/** @param program As it was started: the AppImage, or the installed program. Where it is gone, nothing is started. */
export function autostartEntry(program: string, args: readonly string[]): string {
  const command = [program, ...args].map(quote).join(' ');
  return `[Desktop Entry]
Type=Application
Name=Certdesk
Comment=Keeps TLS certificates renewed
TryExec=${program.replaceAll('\\', '\\\\')}
Exec=${command}
Icon=certdesk-desktop
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}

/** Desktop Entry Specification, "The Exec key": quoted, with " ` $ \ escaped, % doubled. */
function quote(word: string): string {
  const escaped = word.replace(/["`$\\]/g, (char) => `\\${char}`).replaceAll('%', '%%');
  return /^[A-Za-z0-9_\-./=]+$/.test(word) ? word : `"${escaped.replaceAll('\\', '\\\\')}"`;
}
