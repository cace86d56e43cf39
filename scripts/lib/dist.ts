// npm run dist: builds Certdesk and its installers with electron-builder (electron-builder.config.ts), which downloads
// Electron's binary and the tools for each kind of installer.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildOrExit, ROOT } from './build.ts';
import { runChild } from './child.ts';

/** On Windows npm is a script, which only a shell can run. */
const WINDOWS = process.platform === 'win32';

/** @param args For electron-builder. Ends this process with its exit code. */
export async function dist(args: readonly string[]): Promise<void> {
  await buildOrExit();
  const output = resolve(ROOT, process.env.CERTDESK_DIST_DIR ?? 'dist');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'after-install.tpl'), afterInstall());
  // Debian policy, section 12.1: manual pages are compressed. Node writes no time into the file.
  const manual = readFileSync(join(ROOT, 'out/man/certdesk.1'));
  writeFileSync(join(output, 'certdesk.1.gz'), gzipSync(manual, { level: 9 }));
  await writeBillOfMaterials(output);
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

/**
 * Writes a CycloneDX bill of materials of all packages in the lock file, including development packages: the build
 * bundles some of them (React, Mantine). @throws if npm fails.
 */
async function writeBillOfMaterials(output: string): Promise<void> {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--loglevel=error'];
  const { code, output: bom } = await runChild('npm', args, { cwd: ROOT, stdio: 'collect', shell: WINDOWS });
  if (code !== 0) throw new Error(`npm sbom failed: ${bom}`);
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const bill = JSON.parse(bom);
  bill.metadata.component.name = name; // npm uses the folder's name
  writeFileSync(join(output, `certdesk-${version}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`);
}

const HINT = `No installers were created. electron-builder needs Electron's binary and its own tools, which it fetches from
github.com; without that, -c.electronDist=FOLDER names a folder with Electron's binary, and CUSTOM_FPM_PATH=/usr/bin/fpm
the tool for deb and rpm. More: docs/installers.md\n`;

/** What electron-builder's installation scripts do, and Certdesk's additions. */
function afterInstall(): string {
  const template = packageFile('app-builder-lib', 'templates/linux/after-install.tpl');
  return [template, join(ROOT, 'build/linux/after-install.sh')]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

function packageFile(name: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}
