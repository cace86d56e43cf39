// What starts Certdesk at login: its arguments, and the entry on Linux (freedesktop.org, Desktop Application Autostart
// Specification).
import { resolve } from 'node:path';
import { LINK_SCHEME } from './addresses.ts';

/** Starts in the tray, without its window. */
export const HIDDEN = '--hidden';

/**
 * As it was started, on the same data, without its window; no link is opened at each login.
 * @param given What followed the program, after what its environment has decided (options.ts): at login the environment
 * is another one.
 */
export function argsAtLogin(given: readonly string[]): readonly string[] {
  const kept = given.filter((arg) => arg !== HIDDEN && !arg.startsWith(`${LINK_SCHEME}:`));
  const absolute = kept.map((arg, index) => {
    // So is the working directory.
    if (PATHS.includes(kept[index - 1] ?? '')) return resolve(arg);
    const path = PATHS.find((option) => arg.startsWith(`${option}=`));
    return path === undefined ? arg : `${path}=${resolve(arg.slice(path.length + 1))}`;
  });
  return [...absolute, HIDDEN];
}

/** The options that name a file or a folder. */
const PATHS: readonly string[] = ['--data-dir', '--acme-ca-file'];

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
