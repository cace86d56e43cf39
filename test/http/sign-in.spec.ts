// Signing in to the GUI: the link that works once, and its cookie.
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createBrowser } from '../support/server/browser.ts';
import { type BrowserRig, secretOf, startBrowserRig } from '../support/server/browser-rig.ts';

let rig: BrowserRig;
beforeEach(async () => {
  rig = await startBrowserRig();
});
afterEach(() => rig?.app.stop());

const project = () => JSON.stringify({ body: { name: 'x', domain: null, altNames: [] } });

describe('the one-time link', () => {
  it('opens the sign-in page, with its 256-bit secret behind #', async () => {
    const url = await rig.link();
    expect(url.href.startsWith(`${rig.app.app.address}/login#cdl_`)).toBe(true);
    expect(Buffer.from(secretOf(url).slice(4), 'base64url')).toHaveLength(32);
    expect(secretOf(await rig.link())).not.toBe(secretOf(url));
  });

  it('works once', async () => {
    const secret = secretOf(await rig.link());
    expect(await rig.isSignedIn()).toBe(false);
    expect((await rig.browser.signIn(secret)).status).toBe(200);
    expect(await rig.isSignedIn()).toBe(true);
    const second = createBrowser(rig.app.app.address);
    const answer = await second.signIn(secret);
    expect(answer).toMatchObject({ status: 401, body: { code: 'SIGN_IN_LINK_INVALID' } });
    expect(answer.cookies).toEqual([]);
    expect(await rig.isSignedIn(second)).toBe(false);
  });

  it('works once if it is opened twice at the same moment', async () => {
    const secret = secretOf(await rig.link());
    const both = await Promise.all([
      rig.browser.signIn(secret),
      createBrowser(rig.app.app.address).signIn(secret),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('works for 10 minutes', async () => {
    const [first, second] = [secretOf(await rig.link()), secretOf(await rig.link())];
    rig.later(10 * 60_000 - 1000);
    expect((await rig.browser.signIn(first)).status).toBe(200);
    rig.later(1000);
    expect((await createBrowser(rig.app.app.address).signIn(second)).status).toBe(401);
  });

  it('appears in no log, and in the database only as a hash', async () => {
    const secret = secretOf(await rig.link());
    const unused = secretOf(await rig.link());
    await rig.browser.signIn(secret);
    await rig.isSignedIn();
    const session = rig.browser.cookie?.split('=')[1] ?? '';
    const page = rig.browser.pageSecret ?? '';
    expect(session).toMatch(/^cds_[\w-]{43}$/);
    expect(page).toMatch(/^cdp_[\w-]{43}$/);
    const database = await readDatabase();
    for (const each of [secret, unused, session, page]) {
      expect(rig.app.log.join('\n')).not.toContain(each);
      expect(database).not.toContain(each);
    }
    expect(database).toMatch(/[0-9a-f]{64}/);
  });

  it('cannot be guessed: the 11th wrong one in a minute is answered with 429, with any token', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await rig.browser.signIn(`cdl_${n}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect(await rig.browser.signIn('cdl_x')).toMatchObject({ body: { code: 'TOO_MANY_REQUESTS' } });
    expect((await rig.app.call('GET', '/projects', { token: 'cdk_x' })).status).toBe(429);
    expect((await rig.app.call('GET', '/projects')).status).toBe(200);
  });

  it('names the missing field', async () => {
    for (const body of [
      '{}',
      '{"secret":""}',
      '{"secret":1}',
      '[]',
      '',
      JSON.stringify({ secret: 'x'.repeat(201) }),
    ]) {
      const answer = await rig.browser.post('/login', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    }
  });
});

describe('the cookie', () => {
  const flagsOf = (cookie: string | undefined) => cookie?.split('; ').slice(1);

  it('is unreachable for scripts and other sites, and lasts 12 hours', async () => {
    const { cookies } = await rig.browser.signIn(secretOf(await rig.link()));
    const port = new URL(rig.app.app.address).port;
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(new RegExp(`^certdesk-${port}=cds_`));
    expect(flagsOf(cookies[0])).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict']);
  });

  it('is bound to https if the browser uses https, to a proxy before this server', async () => {
    const proxied = createBrowser(rig.app.app.address, {
      origin: `https://${hostname()}`,
      host: hostname(),
    });
    const { status, cookies } = await proxied.signIn(secretOf(await rig.link()));
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

  it('opens nothing if it is made up, and does not count as a failed token', async () => {
    const forger = createBrowser(rig.app.app.address, {
      cookie: `certdesk-${new URL(rig.app.app.address).port}=cds_x`,
      pageSecret: 'cdp_x',
    });
    for (let n = 0; n < 12; n += 1) expect((await forger.get('/api/v1/projects')).status).toBe(401);
  });

  it('of another port is not accepted for this one', async () => {
    await rig.signIn();
    const other = createBrowser(rig.app.app.address, {
      cookie: (rig.browser.cookie ?? '').replace(/-\d+=/, '-1='),
      pageSecret: rig.browser.pageSecret ?? '',
    });
    expect(await rig.isSignedIn(other)).toBe(false);
  });
});

/** The whole database, as text. */
async function readDatabase(): Promise<string> {
  const database = openDatabase(databasePath(rig.app.dataFolder));
  const dump = await Promise.all([
    database.db.selectFrom('sessions').selectAll().execute(),
    database.db.selectFrom('login_links').selectAll().execute(),
    database.db.selectFrom('events').selectAll().execute(),
    database.db.selectFrom('settings').selectAll().execute(),
  ]);
  await database.close();
  return JSON.stringify(dump);
}
