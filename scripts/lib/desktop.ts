// Decides whether the desktop application can start here. It needs a display and Electron's binary, which Electron's npm
// package downloads at first use. The download may fail.
import { existsSync } from 'node:fs';
import { runChild } from './child.ts';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's id; undefined on Windows. */
  readonly uid: number | undefined;
  readonly root: string;
}

/** The binary, or the reason why the desktop application cannot start, as half a sentence. */
export type Desktop = { readonly binary: string } | { readonly reason: string };

const FETCH_TIMEOUT_MS = 180_000;
const PROBE_TIMEOUT_MS = 20_000;

/** Checks the display first, so that nothing is downloaded without one. */
export async function findDesktop(surroundings: Surroundings): Promise<Desktop> {
  const { platform, env, uid } = surroundings;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return { reason: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)' };
  }
  if (platform === 'linux' && uid === 0) {
    return { reason: "Electron's sandbox does not run as root (start it as an ordinary user)" };
  }
  const binary = await resolveBinary(surroundings.root);
  if (binary === null)
    return { reason: "Electron's binary could not be downloaded (npx install-electron shows the reason)" };
  const probe = await runChild(binary, ['--version'], { stdio: 'collect', timeoutMs: PROBE_TIMEOUT_MS });
  if (probe.code === 0) return { binary };
  return {
    reason: `Electron's binary does not start (${lastLine(probe.output) || `exit code ${probe.code}`})`,
  };
}

/** In a child process, because `require('electron')` blocks during the download. */
async function resolveBinary(root: string): Promise<string | null> {
  const code = "process.stdout.write('\\n' + require('electron'))"; // the download prints its progress before
  const { code: exitCode, output } = await runChild(process.execPath, ['-e', code], {
    cwd: root,
    stdio: 'collect',
    timeoutMs: FETCH_TIMEOUT_MS,
  });
  const path = lastLine(output);
  return exitCode === 0 && existsSync(path) ? path : null;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
