// npm run dist: builds, and makes installers by electron-builder (electron-builder.config.ts), which fetches Electron's
// binary and the tools of each kind of installer.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { buildOrExit, ROOT } from './build.ts';
import { runChild } from './child.ts';

/** @param args For electron-builder. Ends this process with its exit code. */
export async function dist(args: readonly string[]): Promise<void> {
  await buildOrExit();
  const output = resolve(ROOT, process.env.CERTDESK_DIST_DIR ?? 'dist');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'after-install.tpl'), afterInstall());
  const { code } = await runChild(
    process.execPath,
    [
      packageFile('electron-builder', 'cli.js'),
      ...['--config', join(ROOT, 'electron-builder.config.ts'), '--publish', 'never'],
      ...args,
    ],
    { cwd: ROOT, stdio: 'inherit' },
  );
  process.stderr.write(code === 0 ? `The installers are in ${output}.\n` : HINT);
  process.exitCode = code;
}

const HINT = `No installers were made. electron-builder needs Electron's binary and its own tools, which it fetches from
github.com; without that, -c.electronDist=FOLDER names a folder with Electron's binary, and CUSTOM_FPM_PATH=/usr/bin/fpm
the tool for deb and rpm. More: docs/installers.md\n`;

/** What electron-builder's packages do when they are installed, and what Certdesk's does beside. */
function afterInstall(): string {
  const template = packageFile('app-builder-lib', 'templates/linux/after-install.tpl');
  return [template, join(ROOT, 'build/linux/after-install.sh')]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

function packageFile(name: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}
