// Signing in to the GUI: the link that works once, the cookie, what may be done with it and from where, and its end.
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SIGN_OUT_ON_RESTART } from '../../src/main/engine/sessions.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { freePort } from '../support/ports.ts';

let app: TestApp;
let browser: Browser;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z');
  app = await startApp({ platform: { clock: { now: () => now } } });
  browser = createBrowser(app.app.address);
});
afterEach(() => app.stop());

const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const link = async () => new URL(await app.app.signInLink());
const secretOf = (url: URL) => url.hash.slice(1);
/** A browser that has signed in. */
const signedIn = async () => {
  expect((await browser.signIn(secretOf(await link()))).status).toBe(200);
  return browser;
};
const isSignedIn = async (who: Browser = browser) => (await who.get('/api/v1/projects')).status === 200;

describe('the one-time link', () => {
  it('opens the page of sign-in, with its 256-bit secret behind #', async () => {
    const url = await link();
    expect(url.href.startsWith(`${app.app.address}/login#cdl_`)).toBe(true);
    expect(Buffer.from(secretOf(url).slice(4), 'base64url')).toHaveLength(32);
    expect(secretOf(await link())).not.toBe(secretOf(url));
  });

  it('works once', async () => {
    const secret = secretOf(await link());
    expect(await isSignedIn()).toBe(false);
    expect((await browser.signIn(secret)).status).toBe(200);
    expect(await isSignedIn()).toBe(true);
    const second = createBrowser(app.app.address);
    const answer = await second.signIn(secret);
    expect(answer).toMatchObject({ status: 401, body: { code: 'SIGN_IN_LINK_INVALID' } });
    expect(answer.cookies).toEqual([]);
    expect(await isSignedIn(second)).toBe(false);
  });

  it('works once when it is opened twice at the same moment', async () => {
    const secret = secretOf(await link());
    const both = await Promise.all([browser.signIn(secret), createBrowser(app.app.address).signIn(secret)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('works for 10 minutes', async () => {
    const [first, second] = [secretOf(await link()), secretOf(await link())];
    later(10 * 60_000 - 1000);
    expect((await browser.signIn(first)).status).toBe(200);
    later(1000);
    expect((await createBrowser(app.app.address).signIn(second)).status).toBe(401);
  });

  it('is in no log, and in the database as a hash only', async () => {
    const secret = secretOf(await link());
    const unused = secretOf(await link());
    await browser.signIn(secret);
    await isSignedIn();
    const session = browser.cookie?.split('=')[1] ?? '';
    expect(session).toMatch(/^cds_[\w-]{43}$/);
    const database = await readDatabase();
    for (const each of [secret, unused, session]) {
      expect(app.log.join('\n')).not.toContain(each);
      expect(database).not.toContain(each);
    }
    expect(database).toMatch(/[0-9a-f]{64}/);
  });

  it('is not guessed at: the 11th wrong one in a minute is answered by 429, with any token', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await browser.signIn(`cdl_${n}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect(await browser.signIn('cdl_x')).toMatchObject({ body: { code: 'TOO_MANY_REQUESTS' } });
    expect((await app.call('GET', '/projects', { token: 'cdk_x' })).status).toBe(429);
    expect((await app.call('GET', '/projects')).status).toBe(200);
  });

  it('says which field is missing', async () => {
    for (const body of [
      '{}',
      '{"secret":""}',
      '{"secret":1}',
      '[]',
      '',
      JSON.stringify({ secret: 'x'.repeat(201) }),
    ]) {
      const answer = await browser.post('/login', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    }
  });
});

describe('the cookie', () => {
  const flagsOf = (cookie: string | undefined) => cookie?.split('; ').slice(1);

  it('is out of reach of scripts and of other sites, for 12 hours', async () => {
    const { cookies } = await browser.signIn(secretOf(await link()));
    const port = new URL(app.app.address).port;
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(new RegExp(`^certdesk-${port}=cds_`));
    expect(flagsOf(cookies[0])).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict']);
  });

  it('is bound to https where the browser speaks https, to a proxy before this server', async () => {
    const proxied = createBrowser(app.app.address, {
      origin: `https://${hostname()}`,
      host: hostname(),
    });
    const { status, cookies } = await proxied.signIn(secretOf(await link()));
    expect(status).toBe(200);
    expect(cookies[0]).toMatch(/^__Host-certdesk=cds_/);
    expect(flagsOf(cookies[0])).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict', 'Secure']);
    expect((await proxied.post('/trpc/projects.create', project())).status).toBe(200);
    const downgraded = await proxied.post('/trpc/projects.create', project(), {
      Origin: `http://${hostname()}`,
    });
    expect(downgraded).toMatchObject({
      status: 403,
      body: { error: { data: { body: { code: 'ORIGIN_NOT_ALLOWED' } } } },
    });
  });

  it('is good for 12 hours, used or not', async () => {
    await signedIn();
    later(12 * 3_600_000 - 1000);
    expect(await isSignedIn()).toBe(true);
    later(1000);
    expect(await isSignedIn()).toBe(false);
  });

  it('that is made up opens nothing, and is no failed token', async () => {
    const forger = createBrowser(app.app.address, {
      cookie: `certdesk-${new URL(app.app.address).port}=cds_x`,
    });
    for (let n = 0; n < 12; n += 1) expect((await forger.get('/api/v1/projects')).status).toBe(401);
  });

  it('of another port is not taken for one of this', async () => {
    await signedIn();
    const other = createBrowser(app.app.address, { cookie: (browser.cookie ?? '').replace(/-\d+=/, '-1=') });
    expect(await isSignedIn(other)).toBe(false);
  });
});

const project = () => JSON.stringify({ body: { name: 'x', domain: null, altNames: [] } });

describe('a signed-in browser', () => {
  it('may do everything, and long work is answered by its job', async () => {
    await signedIn();
    const made = await browser.post('/trpc/projects.create', project());
    expect(made.status).toBe(200);
    expect((await browser.get('/trpc/tokens.list')).status).toBe(200);
  });

  it('sends a query whose input is a secret in the body', async () => {
    await signedIn();
    const answer = await browser.post('/trpc/projects.list', '{}');
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
    await signedIn();
    const given: Readonly<Record<string, string | null>> = headers;
    const sent = given.Origin === 'https' ? { Origin: app.app.address.replace('http:', 'https:') } : given;
    for (const path of ['/trpc/projects.create', '/api/v1/projects']) {
      const answer = await browser.post(path, path.startsWith('/trpc') ? project() : '{"name":"x"}', sent);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('ORIGIN_NOT_ALLOWED');
    }
    expect((await browser.post('/logout', '', sent)).status).toBe(403);
    expect((await app.call('GET', '/projects')).body.projects).toEqual([]);
    expect(await isSignedIn()).toBe(true);
  });

  it('is signed in to nothing by a foreign page', async () => {
    const secret = secretOf(await link());
    for (const headers of [{ Origin: 'http://evil.example' }, { Origin: null }]) {
      const answer = await browser.post('/login', JSON.stringify({ secret }), headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' }, cookies: [] });
    }
    expect((await browser.signIn(secret)).status).toBe(200);
  });

  it('reads nothing for a page of another port, and something for a typed address', async () => {
    await signedIn();
    const statusFrom = async (site: string) =>
      (await browser.get('/api/v1/projects', { 'Sec-Fetch-Site': site })).status;
    expect(await statusFrom('same-site')).toBe(403);
    expect(await statusFrom('cross-site')).toBe(403);
    expect(await statusFrom('none')).toBe(200);
    expect(await statusFrom('same-origin')).toBe(200);
  });

  it('is not reached by a name that points at it', async () => {
    await signedIn();
    const rebound = { Host: 'evil.example', Origin: 'http://evil.example' };
    for (const path of ['/trpc/projects.create', '/login', '/logout'])
      expect(await browser.post(path, project(), rebound)).toMatchObject({ status: 421 });
  });

  it('does not send a form: no type of a form is taken', async () => {
    await signedIn();
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
    ]) {
      for (const path of ['/trpc/projects.create', '/api/v1/projects', '/login']) {
        const own = await browser.post(path, project(), { 'Content-Type': type });
        expect(own.status).toBeGreaterThanOrEqual(400);
        expect(own.status).toBeLessThan(500);
        const foreign = await browser.post(path, project(), {
          'Content-Type': type,
          Origin: 'http://evil.example',
        });
        expect(foreign.status).toBeGreaterThanOrEqual(400);
      }
    }
    expect((await app.call('GET', '/projects')).body.projects).toEqual([]);
  });

  it('needs no Origin where it sends a token', async () => {
    const answer = await browser.post('/api/v1/projects', '{"name":"x"}', {
      Origin: null,
      Authorization: `Bearer ${app.token}`,
    });
    expect(answer.status).toBe(201);
  });
});

describe('the end of a session', () => {
  it('comes with sign-out, here and in the database', async () => {
    await signedIn();
    const copy = createBrowser(app.app.address, { cookie: browser.cookie ?? '' });
    expect(await isSignedIn(copy)).toBe(true);
    const { status, cookies } = await browser.post('/logout', '');
    expect(status).toBe(204);
    expect(cookies[0]).toMatch(/=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict$/);
    expect(await isSignedIn(copy)).toBe(false);
    expect((await browser.post('/logout', '')).status).toBe(204);
  });

  it('ends its event streams at once, and those of a revoked token', async () => {
    await signedIn();
    const token = await app.makeToken(['projects:read']);
    const reader = createBrowser(app.app.address, { token });
    const own = await browser.stream('/trpc/jobs.events?input={}');
    const others = [await reader.stream('/trpc/jobs.events?input={}'), await reader.stream('/api/v1/events')];
    await browser.post('/logout', '');
    await own.ended;
    const { body } = await app.call('GET', '/tokens');
    const last = (body.tokens as unknown as { id: string }[]).at(-1);
    await app.call('DELETE', `/tokens/${last?.id}`);
    await Promise.all(others.map(({ ended }) => ended));
  });

  it('can be brought about from another browser', async () => {
    await signedIn();
    const other = createBrowser(app.app.address, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' });
    await other.signIn(secretOf(await link()));
    const { body } = await other.get('/api/v1/sessions');
    const sessions = body.sessions as unknown as { id: string; name: string; current: boolean }[];
    expect(sessions.map(({ name, current }) => [name, current])).toEqual([
      ['Browser', false],
      ['Firefox on Linux', true],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/hash|cds_/);
    expect((await app.call('DELETE', `/sessions/${sessions[0]?.id}`)).status).toBe(200);
    expect(await isSignedIn()).toBe(false);
    expect(await isSignedIn(other)).toBe(true);
    expect(await app.call('DELETE', `/sessions/${sessions[0]?.id}`)).toMatchObject({
      status: 404,
      body: { code: 'SESSION_NOT_FOUND' },
    });
  });

  it.each([
    [undefined, 200],
    [false, 200],
    [true, 401],
  ])('with sign-out-on-restart %s: after a restart it gets %i', async (setting, expected) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'certdesk-session-'));
    const port = await freePort();
    const options = { dataFolder, platform: { api: { host: '127.0.0.1', port } } };
    const first = await startApp(options);
    const secret = new URL(await first.app.signInLink()).hash.slice(1);
    const visitor = createBrowser(first.app.address);
    await visitor.signIn(secret);
    await first.close();
    if (setting !== undefined) {
      const database = openDatabase(databasePath(dataFolder));
      await createStores(database.db).settings.set(SIGN_OUT_ON_RESTART, setting);
      await database.close();
    }
    const second = await startApp(options);
    expect((await visitor.get('/api/v1/projects')).status).toBe(expected);
    await second.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });
});

/** Everything that is in the database, as text. */
async function readDatabase(): Promise<string> {
  const database = openDatabase(databasePath(app.dataFolder));
  const dump = await Promise.all([
    database.db.selectFrom('sessions').selectAll().execute(),
    database.db.selectFrom('login_links').selectAll().execute(),
    database.db.selectFrom('events').selectAll().execute(),
    database.db.selectFrom('settings').selectAll().execute(),
  ]);
  await database.close();
  return JSON.stringify(dump);
}
