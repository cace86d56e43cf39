// A throw-away checkout with this project's scripts and packages, and a tiny program in place of its sources: for the
// tests of the scripts, which should not wait for the real build.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const COPIED = [
  'scripts',
  'bin',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'electron.vite.config.ts',
];

export interface Checkout {
  readonly root: string;
  /** Writes a file into it; the path is relative. */
  write(path: string, content: string): void;
  remove(): void;
}

/** The program prints `PROGRAM` and its arguments; with `serve` it then listens, and exits with code 7 on SIGTERM. */
export function makeCheckout(): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'certdesk-checkout-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write('src/main/headless/index.ts', PROGRAM);
  write('src/main/headless/write-commands.ts', WRITE_COMMANDS);
  write('src/main/electron/index.ts', `import { app } from 'electron'; void app.whenReady();`);
  write(
    'src/main/background/worker.ts',
    `import { parentPort } from 'node:worker_threads'; void parentPort;`,
  );
  write('src/main/electron/preload.ts', `import { contextBridge } from 'electron'; void contextBridge;`);
  write(
    'src/renderer/index.html',
    `<!doctype html><div id="root"></div><script type="module" src="./main.tsx"></script>`,
  );
  write('src/renderer/main.tsx', `document.body.append('A RATHER LONG LINE');\n`);
  write('docs/index.md', '# Certdesk\n');
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Stands for the step that writes the commands. */
const WRITE_COMMANDS = `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2] + '/main/commands.json', '{}');`;

const PROGRAM = `
import { createServer } from 'node:http';
console.log('PROGRAM', ...process.argv.slice(2));
if (process.argv[2] === 'serve') {
  const server = createServer().listen(0, '127.0.0.1', () => console.log('LISTENING', process.pid));
  process.once('SIGTERM', () => {
    console.log('STOPPED');
    server.close();
    process.exitCode = 7;
  });
}
`;
