// npm start: builds, prints in one line what it starts and why, and starts it.
import { join } from 'node:path';
import { buildOrExit, ROOT } from './build.ts';
import { runChild } from './child.ts';
import { findDesktop } from './desktop.ts';
import { endWithNpm } from './npm-parent.ts';

/** @param args Options for `certdesk serve` or the desktop application, which has the same ones. */
export async function start(args: readonly string[]): Promise<void> {
  await buildOrExit();
  endWithNpm();
  const desktop = await findDesktop({
    platform: process.platform,
    env: process.env,
    uid: process.getuid?.(),
    root: ROOT,
  });
  if ('binary' in desktop) {
    process.stdout.write(`Starting the desktop application (Electron: ${desktop.binary}).\n`);
    process.exitCode = (await runChild(desktop.binary, [ROOT, ...args], { stdio: 'inherit' })).code;
    return;
  }
  process.stdout.write(`Starting the headless server: ${desktop.reason}.\n`);
  const program = join(ROOT, 'bin/certdesk.mjs');
  process.argv = [process.argv[0] ?? process.execPath, program, 'serve', ...args];
  await import('../../bin/certdesk.mjs');
}
