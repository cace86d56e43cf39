// Builds the arguments for a start at login, and the autostart entry for Linux (freedesktop.org, Desktop Application
// Autostart Specification).
import { resolve } from 'node:path';
import { LINK_SCHEME } from './addresses.ts';

/** The option to start in the tray without the window. */
export const HIDDEN = '--hidden';

/**
 * Builds arguments that repeat this start on the same data folder, without the window and without opening a link.
 * @param given The arguments of this start, after those from the environment (options.ts), which differs at login.
 */
export function argsAtLogin(given: readonly string[]): readonly string[] {
  const kept = given.filter((arg) => arg !== HIDDEN && !arg.startsWith(`${LINK_SCHEME}:`));
  const absolute = kept.map((arg, index) => {
    // The working directory differs at login, too.
    if (PATHS.includes(kept[index - 1] ?? '')) return resolve(arg);
    const path = PATHS.find((option) => arg.startsWith(`${option}=`));
    return path === undefined ? arg : `${path}=${resolve(arg.slice(path.length + 1))}`;
  });
  return [...absolute, HIDDEN];
}

/** Options with a path. */
const PATHS: readonly string[] = ['--data-dir', '--acme-ca-file'];

/** @param program The AppImage or the installed program. If it no longer exists, nothing starts (TryExec). */
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

/** Quotes an argument (Desktop Entry Specification, "The Exec key"): " ` $ \ are escaped, and % is doubled. */
function quote(word: string): string {
  const escaped = word.replace(/["`$\\]/g, (char) => `\\${char}`).replaceAll('%', '%%');
  return /^[A-Za-z0-9_\-./=]+$/.test(word) ? word : `"${escaped.replaceAll('\\', '\\\\')}"`;
}
