// Is the desktop application to be had here? It needs a display, and Electron's binary, which its npm package fetches
// when it is asked for the first time and which may be out of reach.
import { existsSync } from 'node:fs';
import { runChild } from './child.ts';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's id; undefined on Windows. */
  readonly uid: number | undefined;
  readonly root: string;
}

/** Either the binary, or in half a sentence why there is no desktop application here. */
export type Desktop = { readonly binary: string } | { readonly reason: string };

const FETCH_TIMEOUT_MS = 180_000;
const PROBE_TIMEOUT_MS = 20_000;

/** Checks what costs nothing first: where there is no display, nothing is fetched. */
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
    return { reason: "Electron's binary could not be fetched (npx install-electron says why)" };
  const probe = await runChild(binary, ['--version'], { stdio: 'collect', timeoutMs: PROBE_TIMEOUT_MS });
  if (probe.code === 0) return { binary };
  return {
    reason: `Electron's binary does not start (${lastLine(probe.output) || `exit code ${probe.code}`})`,
  };
}

/** In a child: `require('electron')` blocks for as long as it fetches. */
async function resolveBinary(root: string): Promise<string | null> {
  const code = "process.stdout.write('\\n' + require('electron'))"; // what it says while it fetches comes before
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
