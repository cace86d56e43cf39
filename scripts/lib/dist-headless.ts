// After packing for Linux: writes the headless server and the command line into a folder that plain Node runs, for deb and
// rpm. It has the contents of the archive without the files that only the window needs.
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { extractAll } from '@electron/asar';
import { type AfterPackContext, Arch } from 'electron-builder';
import { ROOT } from './build.ts';

const OF_THE_WINDOW = ['out/main/electron.js', 'out/preload', 'assets', 'node_modules/electron-updater'];

/** Writes the folder `headless` next to the installers. @throws if there is no Node for that architecture. */
export function makeHeadlessFolder({ appOutDir, electronPlatformName, arch }: AfterPackContext): void {
  if (electronPlatformName !== 'linux') return;
  const folder = join(dirname(appOutDir), 'headless');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  extractAll(join(appOutDir, 'resources/app.asar'), folder);
  for (const path of OF_THE_WINDOW) rmSync(join(folder, path), { recursive: true, force: true });
  const node = join(ROOT, 'node_modules', `node-linux-${Arch[arch]}`);
  copyFileSync(join(node, 'bin/node'), join(folder, 'node'));
  chmodSync(join(folder, 'node'), 0o755);
  copyFileSync(join(node, 'LICENSE'), join(folder, 'LICENSE.node'));
}
