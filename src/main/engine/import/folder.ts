// Gives read-only access to a folder, bounded in depth, number and size of files. A symbolic link is followed only if
// its target is inside the folder. Files are neither locked nor changed.

import { constants, type Dirent } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, sep } from 'node:path';
import type { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';

/** A certificate with its chain has about 6 KiB. */
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 5_000;
const MAX_DEPTH = 6;
const MAX_SKIPPED = 100;

/** All fields are null if the file does not exist. */
export interface FileRead {
  /** As UTF-8. */
  readonly text: string | null;
  readonly bytes: Buffer | null;
  /** Why the file could not be read, as the clause that follows its name. */
  readonly problem: string | null;
}

export interface Folder {
  /** Absolute, with links resolved. */
  readonly path: string;
  /** Lists the names of the folders in a subfolder; none if it does not exist. A link counts as its target. */
  folders(relative: string): Promise<readonly string[]>;
  files(relative: string): Promise<readonly string[]>;
  /** Lists the names of executable files in a subfolder. A link counts as its target, also outside of the folder. */
  executables(relative: string): Promise<readonly string[]>;
  /** Lists all files below the folder as relative paths. Linked folders are not entered. */
  walk(): Promise<readonly string[]>;
  read(relative: string): Promise<FileRead>;
  /** Records a file that cannot be used, and why. */
  skip(relative: string, reason: string): void;
  /** The skipped files with the reason, for the user. */
  skipped(): readonly string[];
}

/**
 * Opens a folder.
 * @throws INVALID_REQUEST (details.issues) if it does not exist or cannot be read
 */
export async function openFolder(given: string): Promise<Folder> {
  const wanted = given.trim().replace(/^~(?=$|[/\\])/, homedir());
  if (!isAbsolute(wanted) || wanted.includes('\0')) throw invalidFolder('enter an absolute path');
  const path = await realpath(wanted).catch((error: unknown) => {
    throw invalidFolder(reasonOf(error));
  });
  if (!(await stat(path)).isDirectory()) throw invalidFolder('it is a file: enter its folder');
  await readdir(path).catch((error: unknown) => {
    throw invalidFolder(reasonOf(error));
  });
  return createFolder(path);
}

function createFolder(path: string): Folder {
  const skipped: string[] = [];
  let moreSkipped = 0;
  let count = 0;
  const skip = (line: string): void => {
    if (skipped.includes(line)) return;
    if (skipped.length < MAX_SKIPPED) skipped.push(line);
    else moreSkipped += 1;
  };

  async function entries(relative: string): Promise<readonly Dirent[]> {
    const inside = await resolveInside(path, relative);
    if (inside.path === null) {
      if (inside.problem !== null) skip(`${relative}: ${inside.problem}`);
      return [];
    }
    const found = await readdir(inside.path, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTDIR') skip(`${relative}: ${reasonOf(error)}`);
        return [];
      },
    );
    count += found.length;
    if (count <= MAX_FILES) return found.toSorted((a, b) => a.name.localeCompare(b.name));
    skip(`It contains more than ${MAX_FILES} files; Certdesk did not read the rest. Select a smaller folder`);
    return [];
  }

  async function listNames(relative: string, kind: 'isFile' | 'isDirectory'): Promise<readonly string[]> {
    const names: string[] = [];
    for (const entry of await entries(relative)) {
      if (entry[kind]() || (entry.isSymbolicLink() && (await isKind(join(relative, entry.name), kind))))
        names.push(entry.name);
    }
    return names;
  }

  async function isKind(relative: string, kind: 'isFile' | 'isDirectory'): Promise<boolean> {
    const inside = await resolveInside(path, relative);
    if (inside.problem !== null) skip(`${relative}: ${inside.problem}`);
    if (inside.path === null) return false;
    const found = await stat(inside.path).catch(() => null);
    return found?.[kind]() === true;
  }

  async function walk(relative: string, depth: number): Promise<readonly string[]> {
    if (depth > MAX_DEPTH) {
      skip(`${relative}: it is deeper than ${MAX_DEPTH} folders`);
      return [];
    }
    const all: string[] = [];
    for (const entry of await entries(relative)) {
      const below = join(relative, entry.name);
      if (entry.isDirectory()) all.push(...(await walk(below, depth + 1)));
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isKind(below, 'isFile')))) all.push(below);
    }
    return all;
  }

  return {
    path,
    folders: (relative) => listNames(relative, 'isDirectory'),
    files: (relative) => listNames(relative, 'isFile'),
    async executables(relative) {
      const names: string[] = [];
      for (const { name } of await entries(relative)) {
        const facts = await stat(join(path, relative, name)).catch(() => null);
        if (facts?.isFile() === true && (facts.mode & 0o111) !== 0) names.push(name);
      }
      return names;
    },
    walk: () => walk('.', 0),
    async read(relative) {
      const inside = await resolveInside(path, relative);
      return inside.path === null
        ? { text: null, bytes: null, problem: inside.problem }
        : readPlainFile(inside.path);
    },
    skip: (relative, reason) => skip(`${relative}: ${reason}`),
    skipped: () => (moreSkipped === 0 ? skipped : [...skipped, `${moreSkipped} more files`]),
  };
}

async function resolveInside(
  root: string,
  relative: string,
): Promise<{ readonly path: string | null; readonly problem: string | null }> {
  try {
    const real = await realpath(join(root, relative));
    if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
      return { path: real, problem: null };
    return {
      path: null,
      problem: 'it is a link to a place outside the folder, which Certdesk does not follow',
    };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { path: null, problem: missing ? null : reasonOf(error) };
  }
}

/**
 * Reads a regular file of bounded size.
 * @param path Its links are already resolved; a link that replaced the file since is not followed.
 */
export async function readPlainFile(path: string): Promise<FileRead> {
  try {
    // O_NONBLOCK: opening a pipe without a writer would block for ever.
    const file = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const { size, ...facts } = await file.stat();
      if (!facts.mode || (facts.mode & constants.S_IFMT) !== constants.S_IFREG)
        return { text: null, bytes: null, problem: 'it is not a regular file' };
      if (size > MAX_BYTES) return TOO_LARGE;
      return await readBounded(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { text: null, bytes: null, problem: missing ? null : reasonOf(error) };
  }
}

/** Does not rely on the file size: files in /proc report 0 and may not end. */
async function readBounded(file: FileHandle): Promise<FileRead> {
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length, null));
  }
  if (length > MAX_BYTES) return TOO_LARGE;
  const bytes = buffer.subarray(0, length);
  return { text: bytes.toString('utf8'), bytes, problem: null };
}

const TOO_LARGE: FileRead = { text: null, bytes: null, problem: `it is larger than ${MAX_BYTES / 1024} KiB` };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder on the server',
  EACCES: 'Certdesk’s user may not read it',
  EPERM: 'Certdesk’s user may not read it',
  ENOTDIR: 'a part of the path is a file',
  ELOOP: 'its links form a loop',
};

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? `it cannot be read (${code ?? 'unknown reason'})`;
}

function invalidFolder(reason: string): CertdeskError {
  return invalid('folder', `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
}
