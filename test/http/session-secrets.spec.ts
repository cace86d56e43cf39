// A session needs two secrets and an active user: what a cookie alone opens, and when a session ends.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appRouter } from '../../src/main/api/router.ts';
import type { Meta } from '../../src/main/api/trpc.ts';
import { restOperations } from '../../src/main/http/rest.ts';
import { createBrowser } from '../support/server/browser.ts';
import { type BrowserRig, secretOf, startBrowserRig } from '../support/server/browser-rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let rig: BrowserRig;
beforeEach(async () => {
  rig = await startBrowserRig();
  await rig.signIn();
});
afterEach(() => rig?.app.stop());

describe('the cookie without the page secret', () => {
  /** What a server on another port of this host receives, and then sends like the page would. */
  const thief = () => createBrowser(rig.app.app.address, { cookie: rig.browser.cookie ?? '' });
  const asThePage = { 'Sec-Fetch-Site': 'same-origin' };

  it('opens no operation of the REST API', async () => {
    const answers = await Promise.all(
      restOperations()
        .filter(({ meta }) => meta.scope !== null)
        .map(async ({ path, rest }) => {
          const url = `/api/v1${rest.path.replace(/\{\w+\}/g, 'x')}`;
          const { status } = await thief().send(rest.method, url, {
            body: rest.method === 'GET' || rest.method === 'DELETE' ? undefined : '{}',
            headers: asThePage,
          });
          return `${path} ${status}`;
        }),
    );
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter((answer) => !answer.endsWith(' 401'))).toEqual([]);
  });

  it('opens no procedure of tRPC, and no event stream', async () => {
    const paths = Object.entries(appRouter._def.procedures as Readonly<Record<string, unknown>>)
      .filter(([, procedure]) => (Object(procedure)._def.meta as Meta).scope !== null)
      .map(([path]) => path);
    expect(paths.length).toBeGreaterThan(50);
    const answers = await Promise.all(
      paths.map(async (path) => {
        const [read, change] = [
          await thief().get(`/trpc/${path}?input={}`, asThePage),
          await thief().post(`/trpc/${path}`, '{}', asThePage),
        ];
        const refused = [read, change].some(({ text }) => text.includes('UNAUTHENTICATED'));
        const opened = [read, change].some(({ text }) => text.includes('"result"'));
        return refused && !opened ? [] : [path];
      }),
    );
    expect(answers.flat()).toEqual([]);
    await expect(thief().stream('/api/v1/events')).rejects.toThrow('401');
  });

  it('neither signs out, nor reports activity, nor proves anything', async () => {
    expect((await thief().post('/logout', '', asThePage)).status).toBe(204);
    expect((await thief().post('/activity', '', asThePage)).status).toBe(401);
    expect(await rig.isSignedIn()).toBe(true);
    // A link creates its own session: the user's is unchanged.
    const other = thief();
    await other.signIn(secretOf(await rig.link()));
    expect(await rig.app.app.engine.sessions.list()).toHaveLength(2);
  });

  it('is not accepted with the page secret of another session', async () => {
    const other = createBrowser(rig.app.app.address);
    await other.signIn(secretOf(await rig.link()));
    const mixed = createBrowser(rig.app.app.address, {
      cookie: rig.browser.cookie ?? '',
      pageSecret: other.pageSecret ?? '',
    });
    expect(await rig.isSignedIn(mixed)).toBe(false);
    expect(await rig.isSignedIn(other)).toBe(true);
  });
});

describe('the end of a session', () => {
  it('comes after an hour of inactivity, whatever the page does on its own', async () => {
    for (let minute = 0; minute < 59; minute += 10) {
      expect(await rig.isSignedIn()).toBe(true);
      rig.later(10 * MINUTE);
    }
    expect(await rig.isSignedIn()).toBe(false);
    expect(await rig.app.app.engine.sessions.list()).toEqual([]);
  });

  it('is in the audit trail, whether it was idle or its 12 hours were over', async () => {
    const { engine } = rig.app.app;
    await engine.sweep();
    expect(await rig.isSignedIn()).toBe(true);
    rig.later(HOUR);
    await engine.sweep();
    expect((await createBrowser(rig.app.app.address).signIn(secretOf(await rig.link()))).status).toBe(200);
    rig.later(12 * HOUR);
    await engine.sweep();
    await engine.sweep();
    const { entries } = await engine.audit.list({ limit: 100, operation: 'sessions.end' });
    expect(entries.map(({ actor, message }) => [actor.kind, message])).toEqual([
      ['certdesk', expect.stringMatching(/^The session of .+ ended: it reached 12 hours$/)],
      ['certdesk', expect.stringMatching(/^The session of .+ ended: it was idle for too long$/)],
    ]);
  });

  it('is final, even if the setting later grants more idle minutes', async () => {
    const { engine } = rig.app.app;
    rig.later(HOUR);
    await engine.sweep();
    await engine.settings.update({ sessions: { idleMinutes: 720 } });
    expect(await rig.isSignedIn()).toBe(false);
  });

  it('comes after 12 hours, however active the user is', async () => {
    for (let hour = 0; hour < 24; hour += 1) {
      expect((await rig.browser.post('/activity', '')).status).toBe(204);
      rig.later(HOUR / 2);
    }
    expect((await rig.browser.post('/activity', '')).status).toBe(401);
    expect(await rig.isSignedIn()).toBe(false);
  });

  it('comes after the minutes of the setting, at once for open sessions too', async () => {
    const change = (idleMinutes: number) =>
      rig.browser.send('PATCH', '/api/v1/settings', {
        body: JSON.stringify({ sessions: { idleMinutes } }),
      });
    for (const outside of [4, 721]) expect((await change(outside)).status).toBe(400);
    expect((await change(30)).status).toBe(200);
    rig.later(6 * MINUTE);
    expect((await change(5)).status).toBe(200);
    expect(await rig.isSignedIn()).toBe(false);
  });

  it('is postponed by another link in the same browser, which keeps the session and its secrets', async () => {
    const before = [rig.browser.cookie, rig.browser.pageSecret];
    const [session] = await rig.app.app.engine.sessions.list();
    rig.later(HOUR / 2);
    const { status, body, cookies } = await rig.browser.signIn(secretOf(await rig.link()));
    expect([status, body.pageSecret]).toEqual([200, undefined]);
    expect(cookies[0]).toContain('Max-Age=43200');
    expect([rig.browser.cookie, rig.browser.pageSecret]).toEqual(before);
    expect(await rig.app.app.engine.sessions.list()).toEqual([
      {
        ...session,
        proofAt: '2026-03-01T12:30:00Z',
        lastActiveAt: '2026-03-01T12:30:00Z',
        expiresAt: '2026-03-02T00:30:00Z',
      },
    ]);
  });
});

describe('a fresh proof', () => {
  it('is in the audit log, and so is a link that does not work', async () => {
    const secret = secretOf(await rig.link());
    await rig.browser.signIn(secret);
    expect((await rig.browser.signIn(secret)).body).toMatchObject({ code: 'SIGN_IN_LINK_INVALID' });
    const { body } = await rig.app.call('GET', '/audit?operation=sessions.prove');
    const entries = body.entries as unknown as { actor: { name: string }; result: string }[];
    expect(entries.map(({ actor, result }) => `${actor.name} ${result}`)).toEqual([
      'Browser SIGN_IN_LINK_INVALID',
      'Browser ok',
    ]);
  });

  it('cannot be guessed: the 11th wrong link in a minute is answered with 429', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await rig.browser.signIn(`cdl_${n}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect(await rig.isSignedIn()).toBe(true);
  });
});
