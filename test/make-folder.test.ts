// Folders on a real disk, and where none can be created. The synchronous form would block this very process.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, makeFolderSync } from '../src/main/make-folder.ts';

const FORMS = [
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path: string) => makeFolderSync(path)],
] as const;

describe.each(FORMS)('%s', (name, make) => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'certdesk-folder-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('creates all missing folders for its owner only, and changes no existing one', async () => {
    const path = join(root, 'a', 'b', 'c');
    await make(path);
    await make(path);
    await make('/');
    for (const each of [path, join(root, 'a')]) expect((await stat(each)).mode & 0o777).toBe(0o700);
  });

  it('fails for a file', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(make(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(make(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('creates a folder once for concurrent callers', async () => {
    const path = join(root, 'd', 'e', 'f');
    await Promise.all(Array.from({ length: 8 }, () => make(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it.runIf(process.platform === 'linux')(
    'fails if the system cannot create one',
    async () => {
      const source = JSON.stringify(resolve(import.meta.dirname, '../src/main/make-folder.ts'));
      const program = `const m = await import(${source});
      for (const path of ['/proc/certdesk', '/proc/certdesk/below'])
        try { await m.${name}(path) } catch ({ code }) { console.log(code) }`;
      const args = ['--input-type=module', '--eval', program];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        timeout: 10_000,
        killSignal: 'SIGKILL',
      });
      expect(stdout).toBe('ENOENT\nENOENT\n');
    },
    20_000,
  ); // longer than the program's time-out, after which it is ended
});
