// Finds the folder and version of this installation, by the nearest package.json above the running code.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Installation {
  readonly version: string;
  /** The folder with package.json. */
  readonly folder: string;
  /** The folder with the built GUI; null if it is not built. */
  readonly guiFolder: string | null;
}

export function readInstallation(): Installation {
  const { folder, version } = findPackage(import.meta.dirname);
  const gui = join(folder, 'out', 'renderer');
  return { version, folder, guiFolder: existsSync(join(gui, 'index.html')) ? gui : null };
}

function findPackage(folder: string): { readonly folder: string; readonly version: string } {
  const path = join(folder, 'package.json');
  if (existsSync(path)) {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
    if (name === 'certdesk') return { folder, version };
  }
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error('The package.json of certdesk is missing: the installation is broken');
  return findPackage(parent);
}
