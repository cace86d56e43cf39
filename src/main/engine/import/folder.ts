// A folder that is looked into and never changed: bounded in depth, number and size; a symbolic link is followed only
// where it stays inside. Files are opened for reading only, and neither locked nor touched.

import { constants, type Dirent } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, sep } from 'node:path';
import type { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';

/** A certificate with its chain is some 6 KiB. */
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 5_000;
const MAX_DEPTH = 6;
const MAX_SKIPPED = 100;

/** All are null where there is no such file. */
export interface FileRead {
  /** As UTF-8. */
  readonly text: string | null;
  readonly bytes: Buffer | null;
  /** Why it could not be read, as what follows its name in a sentence. */
  readonly problem: string | null;
}

export interface Folder {
  /** Real and absolute. */
  readonly path: string;
  /** The last names of what is in a folder below it; empty where there is none. Links count as what they lead to. */
  folders(relative: string): Promise<readonly string[]>;
  files(relative: string): Promise<readonly string[]>;
  /** Every file below it, as relative paths; linked folders are not gone into. */
  walk(): Promise<readonly string[]>;
  read(relative: string): Promise<FileRead>;
  /** Takes note of a file that is of no use, and why. */
  skip(relative: string, reason: string): void;
  /** The files that were skipped, each with the reason, for the person who asked. */
  skipped(): readonly string[];
}

/** @throws INVALID_REQUEST (details.issues) where there is no such folder, or it may not be read. */
export async function openFolder(given: string): Promise<Folder> {
  const wanted = given.trim().replace(/^~(?=$|[/\\])/, homedir());
  if (!isAbsolute(wanted) || wanted.includes('\0')) throw invalidFolder('give the whole path, from / on');
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

  async function named(relative: string, want: 'isFile' | 'isDirectory'): Promise<readonly string[]> {
    const names: string[] = [];
    for (const entry of await entries(relative)) {
      if (entry[want]() || (entry.isSymbolicLink() && (await leadsTo(join(relative, entry.name), want))))
        names.push(entry.name);
    }
    return names;
  }

  async function leadsTo(relative: string, want: 'isFile' | 'isDirectory'): Promise<boolean> {
    const inside = await resolveInside(path, relative);
    if (inside.problem !== null) skip(`${relative}: ${inside.problem}`);
    if (inside.path === null) return false;
    const found = await stat(inside.path).catch(() => null);
    return found?.[want]() === true;
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
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsTo(below, 'isFile'))))
        all.push(below);
    }
    return all;
  }

  return {
    path,
    folders: (relative) => named(relative, 'isDirectory'),
    files: (relative) => named(relative, 'isFile'),
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

/** A regular file of bounded size. @param path Its links are followed already: one that is put there since is not. */
export async function readPlainFile(path: string): Promise<FileRead> {
  try {
    // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
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

/** Not by its size: files of /proc say 0 and never end. */
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
