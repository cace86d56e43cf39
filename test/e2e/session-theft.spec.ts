// The attack of a review: a server on another port of the same host receives the session's cookie from the browser, and
// calls the API with it from outside of the browser.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { createBrowser } from '../support/server/browser.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', 'a server on another port of the same host', () => {
  let other: Server;
  const received: string[] = [];
  const address = () => `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

  const gui = useGui(async (onStop) => {
    const app = await startGuiApp();
    // It serves a page with a script, as an attacker would.
    other = createServer((request, response) => {
      received.push(request.headers.cookie ?? '');
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title>');
    });
    onStop(() => other.close());
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    return app;
  });

  it('receives the cookie, which opens nothing, and its page cannot read the page secret', async () => {
    const tab = await gui.page.context().newPage();
    await tab.goto(address());
    const cookie = received.find((each) => each.includes('=cds_'));
    expect(cookie, 'the premise: the browser has sent the cookie to the other port').toBeDefined();
    const thief = createBrowser(gui.app.app.address, { cookie: cookie ?? '' });
    const asThePage = { 'Sec-Fetch-Site': 'same-origin' };
    const token = JSON.stringify({ name: 'thief', scopes: ['projects:write'] });
    expect((await thief.post('/api/v1/tokens', token, asThePage)).status).toBe(401);
    expect((await thief.post('/trpc/tokens.create', `{"body":${token}}`, asThePage)).status).toBe(401);
    expect((await thief.get('/api/v1/projects', asThePage)).status).toBe(401);
    const secret = await gui.page.evaluate(() => localStorage.getItem('certdesk-page-secret'));
    expect(secret).toMatch(/^cdp_/);
    expect(await tab.evaluate(() => JSON.stringify({ ...localStorage }))).toBe('{}');
    // With both, as the page has them, the session works: only the secret was missing.
    const page = createBrowser(gui.app.app.address, { cookie: cookie ?? '', pageSecret: secret ?? '' });
    expect((await page.get('/api/v1/projects', asThePage)).status).toBe(200);
    await tab.close();
  });
});
