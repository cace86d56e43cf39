// What a signed-in browser may do and from where, and how its session ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';
import { type BrowserRig, secretOf, startBrowserRig } from '../support/server/browser-rig.ts';
import { startOnPorts, TCP } from '../support/tools/ports.ts';

let rig: BrowserRig;
beforeEach(async () => {
  rig = await startBrowserRig();
});
afterEach(() => rig?.app.stop());

const project = () => JSON.stringify({ body: { name: 'x', domain: null, altNames: [] } });

describe('a signed-in browser', () => {
  it('may do everything, and long work is answered with its job', async () => {
    await rig.signIn();
    const made = await rig.browser.post('/trpc/projects.create', project());
    expect(made.status).toBe(200);
    expect((await rig.browser.get('/trpc/tokens.list')).status).toBe(200);
  });

  it('sends a query with a secret input in the body', async () => {
    await rig.signIn();
    const answer = await rig.browser.post('/trpc/projects.list', '{}');
    expect(answer.status).toBe(200);
  });

  const FOREIGN = [
    ['no Origin', { Origin: null }],
    ['another host', { Origin: 'http://evil.example' }],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { Origin: 'null' }],
    ['another scheme', { Origin: 'https' }],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of another port', { 'Sec-Fetch-Site': 'same-site' }],
    ['an address that was typed', { 'Sec-Fetch-Site': 'none' }],
  ] as const;

  it.each(FOREIGN)('changes nothing from %s', async (_, headers) => {
    await rig.signIn();
    const given: Readonly<Record<string, string | null>> = headers;
    const sent =
      given.Origin === 'https' ? { Origin: rig.app.app.address.replace('http:', 'https:') } : given;
    for (const path of ['/trpc/projects.create', '/api/v1/projects']) {
      const answer = await rig.browser.post(
        path,
        path.startsWith('/trpc') ? project() : '{"name":"x"}',
        sent,
      );
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('ORIGIN_NOT_ALLOWED');
    }
    expect((await rig.browser.post('/logout', '', sent)).status).toBe(403);
    expect((await rig.app.call('GET', '/projects')).body.projects).toEqual([]);
    expect(await rig.isSignedIn()).toBe(true);
  });

  it('is not signed in to anything by a foreign page', async () => {
    const secret = secretOf(await rig.link());
    for (const headers of [{ Origin: 'http://evil.example' }, { Origin: null }]) {
      const answer = await rig.browser.post('/login', JSON.stringify({ secret }), headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' }, cookies: [] });
    }
    expect((await rig.browser.signIn(secret)).status).toBe(200);
  });

  it('returns nothing to a page of another port or a typed address', async () => {
    await rig.signIn();
    const statusFrom = async (site: string) =>
      (await rig.browser.get('/api/v1/projects', { 'Sec-Fetch-Site': site })).status;
    expect(await statusFrom('same-site')).toBe(403);
    expect(await statusFrom('cross-site')).toBe(403);
    expect(await statusFrom('none')).toBe(403);
    expect(await statusFrom('same-origin')).toBe(200);
  });

  it('is not reached by a DNS name that points at it', async () => {
    await rig.signIn();
    const rebound = { Host: 'evil.example', Origin: 'http://evil.example' };
    for (const path of ['/trpc/projects.create', '/login', '/logout'])
      expect(await rig.browser.post(path, project(), rebound)).toMatchObject({ status: 421 });
  });

  it('is not sent by a form: no content type of forms is accepted', async () => {
    await rig.signIn();
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
    ]) {
      for (const path of ['/trpc/projects.create', '/api/v1/projects', '/login']) {
        const own = await rig.browser.post(path, project(), { 'Content-Type': type });
        expect(own.status).toBeGreaterThanOrEqual(400);
        expect(own.status).toBeLessThan(500);
        const foreign = await rig.browser.post(path, project(), {
          'Content-Type': type,
          Origin: 'http://evil.example',
        });
        expect(foreign.status).toBeGreaterThanOrEqual(400);
      }
    }
    expect((await rig.app.call('GET', '/projects')).body.projects).toEqual([]);
  });

  it('needs no Origin if it sends a token', async () => {
    const answer = await rig.browser.post('/api/v1/projects', '{"name":"x"}', {
      Origin: null,
      Authorization: `Bearer ${rig.app.token}`,
    });
    expect(answer.status).toBe(201);
  });
});

describe('the end of a session', () => {
  it('follows sign-out, here and in the database', async () => {
    await rig.signIn();
    const copy = createBrowser(rig.app.app.address, {
      cookie: rig.browser.cookie ?? '',
      pageSecret: rig.browser.pageSecret ?? '',
    });
    expect(await rig.isSignedIn(copy)).toBe(true);
    const { status, cookies } = await rig.browser.post('/logout', '');
    expect(status).toBe(204);
    expect(cookies[0]).toMatch(/=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict$/);
    expect(await rig.isSignedIn(copy)).toBe(false);
    expect((await rig.browser.post('/logout', '')).status).toBe(204);
  });

  it('ends its event streams at once, and so does revoking a token', async () => {
    await rig.signIn();
    const token = await rig.app.makeToken(['projects:read']);
    const reader = createBrowser(rig.app.app.address, { token });
    const own = await rig.browser.stream('/trpc/jobs.events?input={}');
    const others = [await reader.stream('/trpc/jobs.events?input={}'), await reader.stream('/api/v1/events')];
    await rig.browser.post('/logout', '');
    // A browser logs a body that was cut off as an error in its console.
    expect(await own.ended).toBe('complete');
    const { body } = await rig.app.call('GET', '/tokens');
    const last = (body.tokens as unknown as { id: string }[]).at(-1);
    await rig.app.call('DELETE', `/tokens/${last?.id}`);
    expect(await Promise.all(others.map(({ ended }) => ended))).toEqual(['complete', 'complete']);
  });

  it('can be requested from another browser', async () => {
    await rig.signIn();
    const other = createBrowser(rig.app.app.address, {
      agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    });
    await other.signIn(secretOf(await rig.link()));
    const { body } = await other.get('/api/v1/sessions');
    const sessions = body.sessions as unknown as { id: string; name: string; current: boolean }[];
    expect(sessions.map(({ name, current }) => [name, current])).toEqual([
      ['Browser', false],
      ['Firefox on Linux', true],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/hash|cds_/);
    expect((await rig.app.call('DELETE', `/sessions/${sessions[0]?.id}`)).status).toBe(200);
    expect(await rig.isSignedIn()).toBe(false);
    expect(await rig.isSignedIn(other)).toBe(true);
    expect(await rig.app.call('DELETE', `/sessions/${sessions[0]?.id}`)).toMatchObject({
      status: 404,
      body: { code: 'SESSION_NOT_FOUND' },
    });
  });

  it.each([
    [undefined, 200],
    [false, 200],
    [true, 401],
  ])('with signOutOnRestart %s answers %i after a restart', async (setting, expected) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'certdesk-session-'));
    const startOn = (port: number) =>
      startApp({ dataFolder, platform: { api: { host: '127.0.0.1', port } } });
    const { first, port, release } = await startOnPorts([TCP], async ([port = 0], release) => ({
      first: await startOn(port),
      port,
      release,
    }));
    const secret = new URL(await first.app.signInLink()).hash.slice(1);
    const visitor = createBrowser(first.app.address);
    await visitor.signIn(secret);
    if (setting !== undefined) {
      const body = { sessions: { signOutOnRestart: setting } };
      expect(await first.asUser('PATCH', '/settings', { body })).toMatchObject({ status: 200, body });
    }
    await first.close();
    const second = await startOn(port);
    expect((await visitor.get('/api/v1/projects')).status).toBe(expected);
    await second.stop();
    release();
    await rm(dataFolder, { recursive: true, force: true });
  });
});
