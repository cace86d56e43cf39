// A token whose calls are refused repeatedly is throttled, and does not fill the audit trail.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
let reader: string;
beforeAll(async () => {
  app = await startApp();
  reader = (
    await app.app.engine.tokens.create({
      name: 'reader',
      scopes: ['projects:read'],
      projectIds: null,
      expiresAt: null,
    })
  ).secret;
});
afterAll(() => app?.stop());

it('answers 60 refused calls a minute and more with 429; 500 of them create two entries', async () => {
  const id = await app.project('a.example.com');
  const call = () => app.call('DELETE', `/projects/${id}`, { token: reader });
  const statuses: number[] = [];
  for (let at = 0; at < 500; at += 1) statuses.push((await call()).status);
  expect(statuses.filter((status) => status === 403)).toHaveLength(60);
  const last = await call();
  expect(last).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  // Its permitted calls continue.
  expect((await app.call('GET', `/projects/${id}`, { token: reader })).status).toBe(200);
  expect((await app.call('GET', `/projects/${id}`)).status).toBe(200);
  await app.app.engine.journal.flush();
  const { entries } = await app.app.engine.audit.list({ limit: 100, result: 'FORBIDDEN' });
  expect(entries).toHaveLength(2);
  expect(entries[0]?.message).toMatch(/^500 more failures like this/);
});
