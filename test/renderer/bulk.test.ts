// The runner over many projects, and the ZIP file of many exports, compared with another implementation.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type ItemState, runBulk } from '../../src/renderer/projects/bulk/run-bulk.ts';
import { makeZip } from '../../src/renderer/ui/zip.ts';

const signal = new AbortController().signal;

test('runs a few at a time, and continues after one that fails', async () => {
  const states = new Map<number, ItemState[]>();
  let now = 0;
  let most = 0;
  await runBulk({
    items: [1, 2, 3, 4, 5, 6, 7],
    concurrency: 3,
    signal,
    onState: (item, state) => states.set(item, [...(states.get(item) ?? []), state]),
    async work(item) {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      if (item === 4) throw new Error('no');
    },
  });
  expect(most).toBe(3);
  expect(states.get(4)).toMatchObject([{ state: 'running' }, { state: 'failed', error: { message: 'no' } }]);
  for (const item of [1, 2, 3, 5, 6, 7]) expect(states.get(item)?.at(-1)).toEqual({ state: 'done' });
});

test('finishes what runs when stopped, and starts nothing more', async () => {
  const controller = new AbortController();
  const ends: string[] = [];
  await runBulk({
    items: ['a', 'b', 'c'],
    concurrency: 1,
    signal: controller.signal,
    onState: (item, { state }) => void (state === 'running' || ends.push(`${item} ${state}`)),
    work: async () => controller.abort(),
  });
  expect(ends).toEqual(['a done', 'b stopped', 'c stopped']);
});

test('creates a ZIP that unzip extracts byte for byte', async () => {
  const binary = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7) % 256);
  const zip = makeZip([
    { name: 'a.example.com.pem', bytes: new TextEncoder().encode('hello\n') },
    { name: 'b.cer', bytes: binary },
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-zip-'));
  try {
    const path = join(folder, 'x.zip');
    await writeFile(path, zip);
    const program =
      'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor n in z.namelist(): print(n, z.read(n).hex())';
    const { stdout } = await promisify(execFile)('python3', ['-c', program, path]);
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    expect(stdout).toBe(`a.example.com.pem ${hex(Buffer.from('hello\n'))}\nb.cer ${hex(binary)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
