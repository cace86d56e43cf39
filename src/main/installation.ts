// Where this Certdesk is installed: found from its package.json, from the sources and from the build alike.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Installation {
  readonly version: string;
  /** Where package.json is. */
  readonly folder: string;
  /** The built GUI; null where it is not built. */
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
