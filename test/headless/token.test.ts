// certdesk token create: a token that could never be used is refused, in the words of the command line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../src/main/headless/token.ts';
import { withEngineParts } from '../../src/main/headless/with-database.ts';
import { PROJECT } from '../support/engine/records.ts';

const LONG_ID = '3d6b0c8e-58f5-4b6e-9a3c-2f0f0d1c7a55';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'certdesk-token-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test.each([
  [{ expires: '2020-01-01T00:00:00Z' }, /^--expires \([^)]+\): must be in the future$/],
  [{ expires: 'tomorrow' }, /^--expires \([^)]+\): /],
  [{ project: ['nope'] }, /^--project: There is no project nope\. `certdesk projects` lists all$/],
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

describe('--project', () => {
  const ADDRESS = '2001:db8::1';
  const project = (id: string, name: string, domain: string | null, altNames: string[] = []) => ({
    ...PROJECT,
    id,
    name,
    domain,
    altNames,
  });
  beforeEach(() =>
    withEngineParts(
      dataDir,
      async ({ stores }) => {
        await stores.projects.create(project('p1', 'Shop', 'shop.example.com', ['www.shop.example.com']));
        await stores.projects.create(project(LONG_ID, 'Router', ADDRESS));
        await stores.projects.create(project('p3', 'Twin', 'twin.example.com'));
        await stores.projects.create(project('p4', 'Twin', null));
      },
      'create',
    ),
  );
  const create = (...names: string[]) =>
    createToken({ dataDir, name: 'ci', scope: ['projects:read'], project: names });
  async function limits(): Promise<unknown> {
    let found: unknown;
    await withEngineParts(dataDir, async ({ tokens }) => {
      found = (await tokens.list()).map(({ projectIds }) => projectIds);
    });
    return found;
  }

  test.each([
    ['a domain', 'SHOP.example.com', 'p1'],
    ['a name', 'Shop', 'p1'],
    ['a further name', 'www.shop.example.com', 'p1'],
    ['an IP address', '2001:0DB8:0::1', LONG_ID],
    ['an ID', LONG_ID, LONG_ID],
  ])('takes %s', async (_, name, id) => {
    await create(name);
    expect(await limits()).toEqual([[id]]);
  });

  test('takes several, and each project once', async () => {
    await create('Shop', 'shop.example.com', LONG_ID);
    expect(await limits()).toEqual([['p1', LONG_ID]]);
  });

  test.each([
    [
      'shop.exmple.com',
      /^--project: There is no project shop\.exmple\.com\. Did you mean shop\.example\.com\?$/,
    ],
    ['Twin', /^--project: 2 projects have the name Twin\. Use an ID instead: p3, p4$/],
  ])('refuses %s, and creates no token', async (name, message) => {
    await expect(create('Shop', name)).rejects.toThrow(message);
    expect(await limits()).toEqual([]);
  });
});
