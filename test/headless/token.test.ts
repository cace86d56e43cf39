// certdesk token create: a token that could never be used is refused, in the words of the command line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createToken } from '../../src/main/headless/token.ts';
import { withEngineParts } from '../../src/main/headless/with-database.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'certdesk-token-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test.each([
  [{ expires: '2020-01-01T00:00:00Z' }, /^--expires \([^)]+\): must be in the future$/],
  [{ expires: 'tomorrow' }, /^--expires \([^)]+\): /],
  [{ project: ['nope'] }, /^--project: project nope not found$/],
  [{ name: ' ' }, /^--name: /],
])('%j is refused, and creates no token', async (wrong, message) => {
  const made = createToken({ dataDir, name: 'ci', scope: ['projects:read'], ...wrong });
  await expect(made).rejects.toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  await expect(made).rejects.toThrow(message);
  await withEngineParts(
    dataDir,
    async ({ tokens }) => expect(await tokens.list()).toEqual([]),
    'create', // if the option itself was invalid, there is no database yet
  );
});

test('admin is a scope, and never limited to projects', async () => {
  const wrong = createToken({ dataDir, name: 'ops', scope: ['admin'], project: ['any'] });
  await expect(wrong).rejects.toThrow(/^--project: the scope admin covers the whole installation/);
});

test('certificates:download needs projects, and is the only scope of its token', async () => {
  const scope = ['certificates:download'];
  await expect(createToken({ dataDir, name: 'web', scope })).rejects.toThrow(
    /^--project: the scope certificates:download requires projects/,
  );
  const both = createToken({ dataDir, name: 'web', scope: [...scope, 'projects:read'], project: ['any'] });
  await expect(both).rejects.toThrow(/^--scope: the scope certificates:download cannot be combined/);
});
