// What V8 makes of the built program is kept beside it, so that the next start need not compile it anew. What is kept is
// run as code: the folder is one that nobody but the owner of the installation can write, and where there is none
// (installed by root, run by another user; Windows, where the owner is not to be told), a start does without.
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

const FOLDER = '.compile-cache';

/** @param outFolder `out` of the installation. @returns the folder that is used, null where none is. */
export function keepCompiled(outFolder: string): string | null {
  const uid = process.getuid?.();
  if (uid === undefined) return null;
  const folder = join(outFolder, FOLDER);
  try {
    if (!isOwn(statSync(outFolder), uid)) return null;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOwn(found, uid)) return null;
    // By its name alone the program could not even be linked on a Node without it, and would not say which one it needs.
    return module.enableCompileCache?.(folder).directory ?? null;
  } catch {
    return null; // a start is no worse without it than the first one
  }
}

const OTHERS_MAY_WRITE = 0o022;

function isOwn({ uid, mode }: { readonly uid: number; readonly mode: number }, self: number): boolean {
  return uid === self && (mode & OTHERS_MAY_WRITE) === 0;
}
