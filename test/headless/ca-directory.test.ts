// certdesk ca-directory: lists and withdraws the ACME directories that users approved.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noteDirectory } from '../../src/main/engine/acme/directory-origin.ts';
import { listCaDirectories, withdrawCaDirectory } from '../../src/main/headless/ca-directory.ts';
import { withEngineParts } from '../../src/main/headless/with-database.ts';

const URL_INSIDE = 'https://ca.inside.example/directory';
let dataDir: string;
let printed: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'certdesk-directory-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true, force: true });
});

it('lists a directory and withdraws it once, with an audit entry', async () => {
  await withEngineParts(
    dataDir,
    ({ stores }) => noteDirectory(stores.settings, URL_INSIDE, { kind: 'window', id: 's', name: 'Firefox' }),
    'create',
  );
  await listCaDirectories({ dataDir });
  expect(printed).toBe(`${URL_INSIDE}\tFirefox\t0\n`);
  await withdrawCaDirectory(URL_INSIDE, { dataDir });
  printed = '';
  await listCaDirectories({ dataDir });
  expect(printed).toBe('');
  await expect(withdrawCaDirectory(URL_INSIDE, { dataDir })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await withEngineParts(dataDir, async ({ audit }) => {
    const { entries } = await audit.list({ limit: 10 });
    expect(entries.map(({ operation, result }) => `${operation} ${result}`)).toContain(
      'caDirectories.withdraw ok',
    );
  });
});
