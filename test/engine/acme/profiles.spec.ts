// Profiles and a change of the account's key against a real Pebble, through the API.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

const HTTP_01 = { challengeType: 'http-01', keyType: 'ec' };
const DAY_MS = 86_400_000;

describeWith('pebble', 'a CA with profiles', () => {
  let pebble: Pebble;
  let app: TestApp;
  beforeAll(async () => {
    pebble = await startPebble({ profiles: { usual: 90 * 86_400, shortlived: 6 * 86_400 } });
    app = await startApp({ pebble });
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  async function obtain(domain: string, more: object) {
    const id = await app.project(domain);
    const body = { ...HTTP_01, ...more };
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    const { expiresAt = 0, issuedAt = 0 } = (answer.body.certificate ?? {}) as Record<string, unknown>;
    return {
      id,
      ...answer,
      days: Math.round((Date.parse(`${expiresAt}`) - Date.parse(`${issuedAt}`)) / DAY_MS),
    };
  }

  it('lists them', async () => {
    const { status, body } = await app.call('GET', '/cas/letsencrypt/profiles');
    expect(status).toBe(200);
    expect(body.profiles).toEqual(
      expect.arrayContaining([{ name: 'shortlived', description: 'The profile shortlived' }]),
    );
    expect((await app.call('GET', '/cas/nobody/profiles')).body.code).toBe('UNKNOWN_CA');
  });

  it('issues with the requested one, and renews with it', async () => {
    const { id, days } = await obtain('short.example.com', { profile: 'shortlived', profileUse: 'required' });
    expect(days).toBe(6);
    expect((await app.call('POST', `/projects/${id}/certificate/renew`)).status).toBe(200);
    const { spec } = (await app.call('GET', `/projects/${id}/certificate/details`)).body;
    expect(spec).toMatchObject({ profile: 'shortlived', profileUse: 'required' });
  });

  it('issues its default one if another is only preferred', async () => {
    const { status, text } = await obtain('preferred.example.com', {
      profile: 'gone',
      profileUse: 'preferred',
    });
    expect(status, text).toBe(200);
  });

  it('gets no order if the required one is not offered, and the error lists the profiles', async () => {
    const before = pebble.requests().filter((request) => request.includes('order-plz')).length;
    const { status, body } = await obtain('required.example.com', { profile: 'gone' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toMatchObject({ code: 'ACME_REJECTED' });
    expect(String(body.error)).toMatch(/no profile "gone".*shortlived/);
    expect(pebble.requests().filter((request) => request.includes('order-plz'))).toHaveLength(before);
  });

  it('accepts a new key for the account, which stays the same', async () => {
    const { id } = await obtain('rolled.example.com', { profile: 'usual' });
    const accounts = async () =>
      (await app.call('GET', '/ca-accounts')).body.accounts as unknown as { id: string; url: string }[];
    const [before] = await accounts();
    expect((await app.call('POST', `/ca-accounts/${before?.id}/change-key`)).status).toBe(200);
    expect((await accounts())[0]?.url).toBe(before?.url);
    expect((await app.call('POST', `/projects/${id}/certificate/renew`)).status).toBe(200);
    expect((await app.call('POST', '/ca-accounts/nobody/change-key')).body.code).toBe('CA_ACCOUNT_NOT_FOUND');
  });
});
