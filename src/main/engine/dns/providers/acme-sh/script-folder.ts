// The private folder that a script runs in. Scripts save their credentials there in clear, so it goes when the script
// has ended; what a power cut has left goes when the next script runs.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the names of these folders begin with. */
export const SCRIPT_FOLDER = 'certdesk-acme-sh-';

/** Much longer than any script may run. */
const ABANDONED_MS = 10 * 60_000;

/** Runs `work` with the path of a new folder that only this user may read, and removes it whatever happens. */
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
  // One that cannot be removed (another user's) holds up no script.
  await Promise.all(paths.map((path) => removeIfAbandoned(path).catch(() => undefined)));
}

async function removeIfAbandoned(path: string): Promise<void> {
  const { mtimeMs, uid } = await stat(path);
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < ABANDONED_MS) return;
  await rm(path, { recursive: true, force: true });
}
