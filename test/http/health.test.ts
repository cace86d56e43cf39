// GET /health: the secret store is checked, but not for every caller at every call.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
let now = new Date('2026-11-29T12:00:00Z');
beforeAll(async () => {
  app = await startApp({ platform: { clock: { now: () => now } } });
});
afterAll(() => app?.stop());

const health = async (token: string | null): Promise<unknown> =>
  (await app.call('GET', '/health', { token })).body;
const OK = { ok: true, secretStore: 'sealed-file', https: null };
const DOWN = { ok: false, secretStore: 'unavailable', https: null };

it('asks the secret store at most once in ten seconds for callers without a token', async () => {
  expect(await health(null)).toEqual(OK);
  const sealed = join(app.dataFolder, 'secrets.sealed');
  await writeFile(sealed, 'damaged', { mode: 0o600 });
  now = new Date(now.getTime() + 9_999);
  expect(await health(null)).toEqual(OK);
  expect(await health(app.token)).toEqual(DOWN);
  await rm(sealed);
  expect(await health(null)).toEqual(DOWN); // checked for the token just now
  now = new Date(now.getTime() + 10_000);
  expect(await health(null)).toEqual(OK);
});
