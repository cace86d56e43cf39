// Builds installers when Electron's binary and fpm cannot be fetched: electron-builder itself runs, with a folder that
// has a small script in place of Electron (with Electron's fuse wire in it), and with fpm-stand-in.ts for deb and rpm.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runChild } from '../../../scripts/lib/child.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const MAKE_MS = 300_000;

export interface Installers {
  /** Contains headless/, and the recorded arguments. */
  readonly folder: string;
  /** The application as a folder, which electron-builder names after the processor. */
  readonly unpacked: string;
  readonly output: string;
  remove(): void;
}

/** @param targets As electron-builder names them: `deb`. @throws with its output. */
export async function makeInstallers(targets: readonly string[]): Promise<Installers> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-dist-'));
  const electron = writeElectron(join(folder, 'electron'));
  const fpm = join(folder, 'fpm');
  const program = join(import.meta.dirname, 'fpm-stand-in.ts');
  writeFileSync(fpm, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const args = [
    join(ROOT, 'scripts/dist.mjs'),
    '--linux',
    ...targets,
    `--${process.arch}`,
    `-c.electronDist=${electron}`,
  ];
  const { code, output } = await runChild(process.execPath, args, {
    cwd: ROOT,
    env: { CERTDESK_DIST_DIR: join(folder, 'dist'), CUSTOM_FPM_PATH: fpm },
    stdio: 'collect',
    timeoutMs: MAKE_MS,
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const made = join(folder, 'dist');
  const unpacked = code === 0 ? readdirSync(made).find((name) => name.endsWith('-unpacked')) : undefined;
  if (unpacked !== undefined) return { folder: made, unpacked: join(made, unpacked), output, remove };
  remove();
  throw new Error(`npm run dist ended with ${code}:\n${output}`);
}

/** The sentinel, version 1, nine fuses: the defaults of Electron 45 (`1` is on), which @electron/fuses looks for. */
const FUSES = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100011';

function writeElectron(folder: string): string {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  writeFileSync(join(folder, 'LICENSE'), 'The licence of Electron');
  const binary = join(folder, 'electron');
  writeFileSync(binary, `#!/bin/sh\necho 'a stand-in for Electron'\nexit 1\n${FUSES}\n`, 'latin1');
  chmodSync(binary, 0o755);
  return folder;
}
