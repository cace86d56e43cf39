// Builds src/ into out/ if needed. out/.built-from is written last and contains a hash of the sources, so an interrupted
// build, an edit or the checkout of another commit leads to a new build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runChild } from './child.ts';
import { withFileLock } from './file-lock.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const STAMP = 'out/.built-from';
const SOURCES = [
  'src',
  'docs',
  'scripts/lib/docs-pages.ts',
  'scripts/lib/docs-pages.css',
  'electron.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const BUILD_TIMEOUT_MS = 600_000;

export interface BuildOptions {
  /** Build even if nothing has changed; false by default. */
  readonly force?: boolean;
  /** The checkout; this one by default. */
  readonly root?: string;
}

/**
 * Builds if needed. Of two processes at once, one builds and the other waits for it. Reports on standard error only.
 * @returns null if out/ matches the sources, otherwise the output of the failed build.
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
    const described = await runChild(
      process.execPath,
      [join(root, 'src/main/headless/write-commands.ts'), join(root, 'out')],
      { cwd: root, stdio: 'collect', timeoutMs: BUILD_TIMEOUT_MS },
    );
    if (described.code !== 0) return `${described.output}\nThe commands could not be described.\n`;
    writeFileSync(join(root, STAMP), sources);
    return null;
  });
}

/** ensureBuilt for scripts: prints a failed build and ends the process. */
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

/** SHA-256 of the names and contents of all files and variables that a build reads. A checkout changes times at random. */
function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesOf(root, source))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  // electron.vite.config.ts writes these into the program.
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
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('screenshots'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
