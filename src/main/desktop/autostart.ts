// The entry that starts Certdesk at login on Linux (freedesktop.org, Desktop Application Autostart Specification).

/** Starts in the tray, without its window. */
export const HIDDEN = '--hidden';

/** @param program As it was started: the AppImage, or the installed program. */
export function autostartEntry(program: string, args: readonly string[]): string {
  const command = [program, ...args].map(quote).join(' ');
  return `[Desktop Entry]
Type=Application
Name=Certdesk
Comment=Keeps TLS certificates renewed
Exec=${command}
Icon=certdesk
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}

/** Desktop Entry Specification, "The Exec key": quoted, with " ` $ \ escaped, % doubled. */
function quote(word: string): string {
  const escaped = word.replace(/["`$\\]/g, (char) => `\\${char}`).replaceAll('%', '%%');
  return /^[A-Za-z0-9_\-./=]+$/.test(word) ? word : `"${escaped.replaceAll('\\', '\\\\')}"`;
}
