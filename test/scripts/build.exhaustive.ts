// The build with the real electron-vite, on a throw-away checkout.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Checkout, makeCheckout } from '../support/tools/checkout.ts';

const run = promisify(execFile);

let checkout: Checkout;
beforeEach(() => {
  checkout = makeCheckout();
});
afterEach(() => checkout?.remove());

const out = (path: string): string => join(checkout.root, 'out', path);
const builtAt = (): number => statSync(out('main/headless.js')).mtimeMs;
const SAYS = 'Building Certdesk …\n';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function script(name: string, ...args: string[]): Promise<Ended> {
  const started = run(process.execPath, [join(checkout.root, 'scripts', name), ...args]);
  return started.then(
    (ended) => ({ code: 0, ...ended }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

test('creates three programs and a minified page, with little output', async () => {
  expect(await script('build.mjs')).toEqual({ code: 0, stdout: '', stderr: SAYS });
  expect(readdirSync(out('main')).sort()).toEqual([
    'commands.json',
    'electron.js',
    'headless.js',
    'worker.js',
  ]);
  expect(readFileSync(out('main/headless.js'), 'utf8')).toContain('import { createServer } from "node:http"');
  const [asset = ''] = readdirSync(out('renderer/assets'));
  const lines = readFileSync(out(`renderer/assets/${asset}`), 'utf8')
    .trim()
    .split('\n');
  // The first is for the browser: compile all of it at once.
  expect(lines).toEqual(['//# allFunctionsCalledOnLoad', expect.stringMatching(/./)]);
});

test('runs once, by the starting program, whose standard output stays clean', async () => {
  expect(await script('certdesk.mjs', 'token', 'list')).toEqual({
    code: 0,
    stdout: 'PROGRAM token list\n',
    stderr: SAYS,
  });
  const first = builtAt();
  expect(await script('certdesk.mjs', 'again')).toEqual({ code: 0, stdout: 'PROGRAM again\n', stderr: '' });
  expect(builtAt()).toBe(first);
});

test('runs again after an edit, and leaves no old file', async () => {
  await script('build.mjs');
  checkout.write('src/main/headless/index.ts', `console.log('EDITED');`);
  checkout.write('src/main/headless/unused.ts', '');
  expect(await script('certdesk.mjs')).toEqual({ code: 0, stdout: 'EDITED\n', stderr: SAYS });
  checkout.write('out/main/left-over.js', '');
  rmSync(join(checkout.root, 'src/main/headless/unused.ts'));
  expect((await script('certdesk.mjs')).stderr).toBe(SAYS);
  expect(existsSync(out('main/left-over.js'))).toBe(false);
});

test('is repeated after an interruption', async () => {
  await script('build.mjs');
  rmSync(out('.built-from')); // it is written last
  truncateSync(out('main/headless.js'), 10);
  expect(await script('certdesk.mjs', 'x')).toEqual({ code: 0, stdout: 'PROGRAM x\n', stderr: SAYS });
});

test('says why it failed, leaves nothing that would run, and is tried again', async () => {
  checkout.write('src/main/headless/index.ts', `import './nowhere.ts';`);
  for (const name of ['build.mjs', 'certdesk.mjs', 'start.mjs']) {
    const { code, stdout, stderr } = await script(name);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("'./nowhere.ts'");
    expect(stderr).toContain('The build failed');
  }
  checkout.write('src/main/headless/nowhere.ts', `console.log('FIXED');`);
  expect(await script('certdesk.mjs')).toEqual({ code: 0, stdout: 'FIXED\n', stderr: SAYS });
});

test('of three concurrent starts is done by one, and all run', async () => {
  const ended = await Promise.all(['a', 'b', 'c'].map((name) => script('certdesk.mjs', name)));
  expect(ended.map(({ stdout }) => stdout)).toEqual(['PROGRAM a\n', 'PROGRAM b\n', 'PROGRAM c\n']);
  expect(ended.filter(({ stderr }) => stderr === SAYS)).toHaveLength(1);
});

test('is named by the installed command if it is missing', async () => {
  const command = run(process.execPath, [join(checkout.root, 'bin/certdesk.mjs')]);
  await expect(command).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('npm run build'),
  });
});
