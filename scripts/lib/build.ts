// Builds src/ into out/ where that is not done yet. out/.built-from is written last and names the sources that went
// in, so an interrupted build, an edit, a checkout of another commit are all seen.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withFileLock } from '../../src/main/secrets/file-lock.ts';
import { runChild } from './child.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const STAMP = 'out/.built-from';
const SOURCES = ['src', 'electron.vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'];
const BUILD_TIMEOUT_MS = 600_000;

export interface BuildOptions {
  /** Build even what is built; false where left out. */
  readonly force?: boolean;
  /** The checkout; this one where left out. */
  readonly root?: string;
}

/**
 * Null when out/ is built from the sources as they are, else what the build said when it failed. Two at once: one
 * builds, the other waits and uses it. Says on standard error that it builds, and nothing on standard output.
 */
export async function ensureBuilt({ force = false, root = ROOT }: BuildOptions = {}): Promise<string | null> {
  if (!force && isBuilt(root)) return null;
  mkdirSync(join(root, '.tools'), { recursive: true });
  return withFileLock(join(root, '.tools/build.lock'), BUILD_TIMEOUT_MS, async () => {
    const sources = fingerprint(root);
    if (!force && isBuilt(root)) return null;
    process.stderr.write('Building Certdesk …\n');
    rmSync(join(root, 'out'), { recursive: true, force: true });
    const program = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
    const { code, output } = await runChild(process.execPath, [program, 'build'], {
      cwd: root,
      stdio: 'collect',
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    if (code !== 0) return `${output}\nThe build failed (exit code ${code}).\n`;
    writeFileSync(join(root, STAMP), sources);
    return null;
  });
}

/** ensureBuilt for the scripts: a build that fails is printed and ends the process. */
export async function buildOrExit(options: BuildOptions = {}): Promise<void> {
  const failure = await ensureBuilt(options);
  if (failure === null) return;
  process.stderr.write(failure);
  process.exit(1);
}

function isBuilt(root: string): boolean {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root);
}

/** SHA-256 over the names and contents of what a build reads, and the environment that it reads. Contents, not times: a checkout changes those at will. */
function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesOf(root, source))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  // What electron.vite.config.ts puts into the program.
  for (const name of ['CERTDESK_UPDATE_FEED', 'CERTDESK_UPDATE_KEY'])
    hash.update(`${name}=${process.env[name] ?? ''}\0`);
  return hash.digest('hex');
}

function filesOf(root: string, source: string): readonly string[] {
  if (!existsSync(join(root, source))) return [];
  const inFolder = source.includes('.')
    ? null
    : readdirSync(join(root, source), { recursive: true, withFileTypes: true });
  if (inFolder === null) return [source];
  return inFolder
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
