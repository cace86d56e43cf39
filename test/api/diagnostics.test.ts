// Diagnostics to copy: useful facts, without secrets or names of customers.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

it('shows versions, listeners, the database, numbers and the state of the engine', async () => {
  await app.project('customer.example.com');
  const { status, body } = await app.call('GET', '/diagnostics');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    version: '0.0.0-test',
    node: process.version,
    secretStore: { kind: 'sealed-file', reason: expect.stringMatching(/\w/) },
    listeners: {
      api: new URL(app.app.address).host,
      challenges: `127.0.0.1:${app.app.challengePort}`,
    },
    projects: { total: 1, none: 1 },
    engine: { queue: { running: 0, queued: 0 }, clock: { ok: true } },
    lastErrors: [],
  });
  expect(Number(body.database?.bytes)).toBeGreaterThan(10_000);
  expect(Number(body.database?.schema)).toBeGreaterThanOrEqual(4);
});

it('shows the codes of failures, but no domain, message or secret', async () => {
  const id = await app.project('customer.example.com');
  const made = await app.call('POST', '/dns-credentials', {
    body: {
      name: 'our secret account',
      provider: 'cloudflare',
      credentials: { apiToken: 'cf-secret-value' },
    },
  });
  expect(made.status).toBe(201);
  const body = { challengeType: 'http-01', ca: 'https://127.0.0.1:1/dir' };
  expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(502);
  const { text, body: diagnostics } = await app.call('GET', '/diagnostics');
  expect(diagnostics.lastErrors?.['0']).toMatchObject({ kind: 'obtain', code: 'ACME_UNAVAILABLE' });
  for (const word of ['customer', 'our secret account', 'cf-secret-value', app.token]) {
    expect(text).not.toContain(word);
  }
});

it('is refused to callers that do not see all projects', async () => {
  const token = await app.makeToken(['projects:read'], [await app.project('one.example.com')]);
  expect((await app.call('GET', '/diagnostics', { token })).status).toBe(403);
});
