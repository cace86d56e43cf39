// The import of hosts reads the file on a background thread, so that a large inventory does not block the server.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBackground } from '../../../src/main/background/background.ts';
import type { BackgroundThreads } from '../../../src/main/engine/background-tasks.ts';
import { createHostImports, type HostImports } from '../../../src/main/engine/hosts/import-hosts.ts';
import { ImportHostsSchema } from '../../../src/shared/host-import.ts';
import { failureOf } from '../../support/dns/provider-on-stand-in.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';

const BY = { owner: 'test' };
let database: TestDatabase;
let background: BackgroundThreads;
let imports: HostImports;

beforeEach(() => {
  database = openTestDatabase();
  background = createBackground({ limitMs: 600_000 });
  const hosts = { createAll: () => Promise.reject(new Error('a preview adds no host')) };
  imports = createHostImports({ stores: database.stores, hosts, background });
});
afterEach(async () => {
  await background?.close();
  database?.close();
});

it('lets the event loop run while a large inventory is read', async () => {
  const lines = Array.from(
    { length: 500 },
    (_, n) => `    host-${n}:\n      ansible_host: 192.0.2.${n % 250}`,
  );
  const text = `all:\n  hosts:\n${lines.join('\n')}\n`;
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { hosts, refused } = await imports.preview(ImportHostsSchema.parse({ text }), BY);
  isOver = true;
  expect(hosts).toHaveLength(250);
  expect(refused).toHaveLength(250); // the same addresses again
  expect(turns).toBeGreaterThan(10);
});

it('says what is wrong with a file', async () => {
  const body = ImportHostsSchema.parse({ text: '$ANSIBLE_VAULT;1.1;AES256\n6162' });
  expect(await failureOf(imports.preview(body, BY))).toMatchObject({
    code: 'INVALID_REQUEST',
    details: { issues: [{ field: 'text', message: expect.stringContaining('ansible-vault view') }] },
  });
});
