// Creates the private folder in which a script runs. Scripts save their credentials there in plain text, so the folder is
// deleted after the script; folders left by a power cut are deleted when the next script runs.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Prefix of the folder names. */
export const SCRIPT_FOLDER = 'certdesk-acme-sh-';

/** Much longer than the time limit of a script, which is an hour at most. */
const ABANDONED_MS = 3 * 60 * 60_000;

/** Runs `work` with the path of a new folder that only this user can read, and deletes the folder afterwards. */
export async function withScriptFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), SCRIPT_FOLDER));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const paths = names.filter((name) => name.startsWith(SCRIPT_FOLDER)).map((name) => join(tmpdir(), name));
  // A folder that cannot be deleted (another user's) must not prevent the script from running.
  await Promise.all(paths.map((path) => removeIfAbandoned(path).catch(() => undefined)));
}

async function removeIfAbandoned(path: string): Promise<void> {
  const { mtimeMs, uid } = await stat(path);
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < ABANDONED_MS) return;
  await rm(path, { recursive: true, force: true });
}
