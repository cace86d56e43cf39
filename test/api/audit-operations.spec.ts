// The audit trail as the API writes and shows it: every change with its actor, origin and result; no reads, and no
// secrets.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';
import type { AuditEntry } from '../../src/shared/audit.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app?.stop());

/** Oldest first. */
async function trail(query = ''): Promise<readonly AuditEntry[]> {
  const { status, body } = await app.call('GET', `/audit?limit=500${query}`);
  expect(status).toBe(200);
  return (body.entries as unknown as AuditEntry[]).toReversed();
}

const short = (entries: readonly AuditEntry[]) =>
  entries.map(({ actor, operation, result }) => `${actor.kind} ${operation} ${result}`);

/** A project with an uploaded certificate. */
async function uploaded(): Promise<{ readonly id: string; readonly privateKey: string }> {
  const openssl = await createOpenSsl();
  const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  const domain = 'up.example.com';
  const pair = await openssl.issue({ ca, subject: `/CN=${domain}`, san: [`DNS:${domain}`], days: 90 });
  await openssl.remove();
  const id = await app.project(domain);
  const { status } = await app.call('POST', `/projects/${id}/certificate/upload`, {
    body: { certificate: pair.certificate, privateKey: pair.privateKey },
  });
  expect(status).toBe(200);
  return { id, privateKey: pair.privateKey };
}

describe('changes in the audit trail', () => {
  it('are recorded with token, operation, project, address and result', async () => {
    const began = toTimestamp(new Date());
    const id = await app.project('shop.example.com');
    const token = await app.makeToken(['projects:read']);
    await app.call('PATCH', `/projects/${id}`, { body: { name: 'Shop' } });
    await app.call('PATCH', `/projects/${id}`, { body: { name: '' } });
    await app.call('DELETE', `/projects/${id}`, { token });
    await app.call('DELETE', '/projects/nobody');
    await fetch(`${app.app.address}/trpc/projects.create`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json' },
      body: '{"name": cdk_not_JSON',
    });
    const entries = await trail();
    expect(short(entries)).toEqual([
      'token projects.create ok',
      'token projects.update ok',
      'token projects.update INVALID_REQUEST',
      'token projects.remove FORBIDDEN',
      'token projects.remove PROJECT_NOT_FOUND',
      'token projects.create INVALID_REQUEST',
    ]);
    expect(entries[1]).toMatchObject({
      actor: { kind: 'token', name: 'test', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      address: '127.0.0.1',
      projectId: id,
      jobId: null,
      message: expect.stringContaining('changed'),
    });
    expect(entries[5]?.message).toBe('The input is not JSON');
    expect(entries.map(({ projectId }) => projectId)).toEqual([id, id, id, id, 'nobody', null]);
    expect(entries[3]?.actor.id).not.toBe(entries[1]?.actor.id);
    expect(String(entries[1]?.at) >= began).toBe(true);
  });

  it('say what happened where a call has changed nothing', async () => {
    expect((await app.call('PATCH', '/settings', { body: {} })).status).toBe(200);
    const [entry] = await trail();
    expect(entry).toMatchObject({ operation: 'settings.update', message: 'Settings saved without changes' });
  });

  it('are recorded for a signed-in browser, with its sign-in and sign-out', async () => {
    const browser = createBrowser(app.app.address, {
      agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    });
    expect((await browser.signIn('cdl_wrong')).status).toBe(401);
    await browser.signIn(new URL(await app.app.signInLink()).hash.slice(1));
    const body = { body: { name: 'Shop', domain: null, altNames: [] } };
    expect((await browser.post('/trpc/projects.create', JSON.stringify(body))).status).toBe(200);
    await browser.post('/logout', '');
    const entries = await trail();
    expect(short(entries)).toEqual([
      'window sessions.begin SIGN_IN_LINK_INVALID',
      'window sessions.begin ok',
      'window projects.create ok',
      'window sessions.end ok',
    ]);
    for (const { actor, address } of entries) {
      expect(actor.name).toBe('Firefox on Linux');
      expect(address).toBe('127.0.0.1');
    }
    expect(entries[0]?.actor.id).toBeNull();
    expect(new Set(entries.slice(1).map(({ actor }) => actor.id)).size).toBe(1);
    expect(entries[1]?.actor.id).not.toBeNull();
  });

  it('are recorded one by one if several come in one request', async () => {
    const names = ['one', 'two'].map((name) => ({ body: { name, domain: null, altNames: [] } }));
    const answer = await fetch(`${app.app.address}/trpc/projects.create,projects.create?batch=1`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...names }),
    });
    expect(answer.status).toBe(200);
    expect(short(await trail())).toEqual(['token projects.create ok', 'token projects.create ok']);
  });

  it('are not recorded for unknown callers', async () => {
    await app.call('POST', '/projects', { body: { name: 'x' }, token: null });
    await app.call('POST', '/projects', { body: { name: 'x' }, token: 'cdk_x' });
    const browser = createBrowser(app.app.address);
    for (let n = 0; n < 15; n += 1) await browser.signIn(`cdl_${n}`);
    const entries = await trail();
    // Wrong sign-ins are recorded up to the limit: 10 failures a minute, one of which was the token's.
    expect(short(entries)).toEqual(Array(9).fill('window sessions.begin SIGN_IN_LINK_INVALID'));
  });

  it('are recorded for a job when it is requested and when it ends', async () => {
    const id = await app.project('shop.example.com');
    const body = { challengeType: 'http-01', ca: 'https://127.0.0.1:1/directory' };
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    expect(answer.body.code).toBe('ACME_UNAVAILABLE');
    const [, asked, ended, ...more] = await trail();
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ operation: 'certificates.obtain', projectId: id, result: 'ok' });
    expect(ended).toMatchObject({
      operation: 'certificates.obtain',
      projectId: id,
      result: 'ACME_UNAVAILABLE',
    });
    expect(asked?.jobId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ended?.jobId).toBe(asked?.jobId);
    expect(ended?.actor).toEqual(asked?.actor);
  });
});

describe('Certdesk on its own schedule', () => {
  it('deletes what was removed 30 days ago, and records it', async () => {
    const { id } = await uploaded();
    expect((await app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
    await app.close();
    const later = () => new Date(Date.now() + 31 * 86_400_000);
    app = await startApp({ dataFolder: app.dataFolder, platform: { clock: { now: later } } });
    await expect.poll(() => trail('&actor=certdesk')).not.toEqual([]);
    const [purged] = await trail('&actor=certdesk');
    expect(purged).toMatchObject({
      actor: { kind: 'certdesk', id: null, name: 'Certdesk' },
      operation: 'certificates.purge',
      result: 'ok',
      address: null,
    });
    expect(purged?.message).toMatch(/^1 certificate/);
  });
});

describe('reads in the audit trail', () => {
  it('are not recorded, whatever their method', async () => {
    const { id } = await uploaded();
    const before = (await trail()).length;
    for (const { rest, meta } of restOperations()) {
      if (rest.method !== 'GET' || rest.form === 'events' || meta.scope === null) continue;
      if (meta.audit === 'failures') continue; // transfers a private key (key-pair.test.ts)
      await app.call('GET', rest.path.replace('{id}', id).replace(/\{\w+\}/g, 'nothing'));
    }
    for (const format of ['pem', 'chain', 'fullchain', 'der', 'nonsense'])
      await app.call('GET', `/projects/${id}/certificate/download?format=${format}`);
    await app.call('POST', `/projects/${id}/certificate/validate`, {
      body: { certificate: 'x', privateKey: 'y' },
    });
    await app.call('POST', `/projects/${id}/certificate/export`, { body: { format: 'pem' } });
    expect((await trail()).length).toBe(before);
  });

  it('are recorded for private keys, even if they are refused', async () => {
    const { id } = await uploaded();
    const before = (await trail()).length;
    const reader = await app.makeToken(['projects:read']);
    const path = `/projects/${id}/certificate`;
    const password = 'correct horse';
    const statuses = [
      await app.call('GET', `${path}/download?format=key`),
      await app.call('POST', `${path}/export`, { body: { format: 'pfx', password } }),
      await app.call('GET', `${path}/download?format=key`, { token: reader }),
      await app.call('POST', `${path}/export`, { body: { format: 'pfx', password: 'short' } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 403, 400]);
    const entries = (await trail()).slice(before);
    expect(short(entries)).toEqual([
      'token certificates.download ok',
      'token certificates.export ok',
      'token certificates.download FORBIDDEN',
      'token certificates.export INVALID_REQUEST',
    ]);
    expect(entries[0]?.message).toBe('Private key of up.example.com exported (key)');
    expect(entries.every(({ projectId }) => projectId === id)).toBe(true);
  });
});

describe('secrets in the audit trail', () => {
  it('appear in no entry', async () => {
    const { id, privateKey } = await uploaded();
    const { body } = await app.asUser('POST', '/tokens', {
      body: { name: 'ci', scopes: ['projects:read'] },
    });
    await app.call('GET', `/projects/${id}/certificate/download?format=pfx`, {
      headers: { 'Certdesk-Export-Password': 'correct horse' },
    });
    const dnsCredentials = { apiToken: 'cf-secret-token-123456' };
    const obtain = {
      challengeType: 'dns-01',
      dnsProvider: 'cloudflare',
      dnsCredentials,
      ca: 'https://127.0.0.1:1/',
    };
    await app.call('POST', `/projects/${id}/certificate/obtain`, {
      body: obtain,
      headers: { Prefer: 'respond-async' },
    });
    await app.call('POST', `/projects/${id}/certificate/obtain`, {
      body: { ...obtain, nonsense: dnsCredentials },
    });
    const text = JSON.stringify(await trail());
    expect((await trail()).length).toBeGreaterThan(4);
    for (const secret of [
      privateKey.slice(30, 90),
      String(body.token),
      'correct horse',
      dnsCredentials.apiToken,
    ])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/cd[kls]_|PRIVATE KEY/);
  });
});

describe('the audit operations', () => {
  it('list entries by page and filter', async () => {
    const id = await app.project('one.example.com');
    await app.project('two.example.com');
    await app.call('DELETE', '/projects/nobody');
    expect(short(await trail(`&project=${id}`))).toEqual(['token projects.create ok']);
    expect(short(await trail('&result=failed'))).toEqual(['token projects.remove PROJECT_NOT_FOUND']);
    expect(short(await trail('&operation=projects.create'))).toHaveLength(2);
    expect(short(await trail('&operation=tokens'))).toEqual([]);
    expect(short(await trail('&actor=test&to=2020-01-01T00:00:00Z'))).toEqual([]);
    const first = await app.call('GET', '/audit?limit=2');
    const rest = await app.call('GET', `/audit?limit=2&cursor=${String(first.body.nextCursor)}`);
    expect(rest.body).toMatchObject({ entries: [{ seq: 1 }], nextCursor: null });
    for (const query of ['limit=0', 'limit=501', 'result=nonsense', 'from=yesterday', 'cursor=x'])
      expect((await app.call('GET', `/audit?${query}`)).status).toBe(400);
  });

  it('require the admin scope', async () => {
    const id = await app.project('one.example.com');
    const one = await app.makeToken(['projects:write'], [id]);
    const all = await app.makeToken(['projects:write']);
    const admin = await app.makeToken(['admin']);
    for (const path of ['/audit', '/audit/verify']) {
      for (const token of [one, all]) expect((await app.call('GET', path, { token })).status).toBe(403);
      expect((await app.call('GET', path, { token: admin })).status).toBe(200);
    }
  });

  it('verify the trail and find the first entry that was changed', async () => {
    for (const domain of ['one.example.com', 'two.example.com', 'three.example.com'])
      await app.project(domain);
    const right = await app.call('GET', '/audit/verify');
    const head = right.body.head as unknown as { seq: number; hash: string };
    expect(right.body).toMatchObject({ ok: true, entries: 3, head: { seq: 3 }, broken: null });
    expect((await app.call('GET', `/audit/verify?seq=3&hash=${head.hash}`)).body.ok).toBe(true);
    expect((await app.call('GET', `/audit/verify?seq=2&hash=${head.hash}`)).body).toMatchObject({
      ok: false,
      broken: { seq: 2 },
    });
    const sqlite = new Sqlite(join(app.dataFolder, 'certdesk.db'));
    sqlite.exec("UPDATE audit SET actor_name = 'somebody else' WHERE seq = 2");
    sqlite.close();
    expect((await app.call('GET', '/audit/verify')).body).toEqual({
      ok: false,
      entries: 1,
      head: { seq: 1, hash: expect.any(String) },
      broken: { seq: 2, reason: 'it was changed' },
    });
    for (const query of ['seq=3', `hash=${head.hash}`, 'seq=x', 'hash=x', 'seq=0'])
      expect((await app.call('GET', `/audit/verify?${query}`)).status).toBe(400);
  });
});
