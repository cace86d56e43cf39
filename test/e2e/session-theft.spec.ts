// The attack that a review demonstrated: a server on another port of the same host gets the session's cookie from the
// browser, and calls the API with it from outside of the browser.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', 'a server on another port of the same host', () => {
  let app: TestApp;
  let gui: GuiPage;
  let other: Server;
  const received: string[] = [];
  const address = () => `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

  beforeAll(async () => {
    await buildGui();
    app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
    gui = await openGui(app.app);
    // It serves a page with a script, which is what an attacker has there.
    other = createServer((request, response) => {
      received.push(request.headers.cookie ?? '');
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title>');
    });
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    other?.close();
    await app?.stop();
  });

  it('receives the cookie, which opens nothing, and its page cannot read the page secret', async () => {
    const tab = await gui.page.context().newPage();
    await tab.goto(address());
    const cookie = received.find((each) => each.includes('=cds_'));
    expect(cookie, 'the premise: the browser has sent the cookie to the other port').toBeDefined();
    const thief = createBrowser(app.app.address, { cookie: cookie ?? '' });
    const asThePage = { 'Sec-Fetch-Site': 'same-origin' };
    const token = JSON.stringify({ name: 'thief', scopes: ['projects:write'] });
    expect((await thief.post('/api/v1/tokens', token, asThePage)).status).toBe(401);
    expect((await thief.post('/trpc/tokens.create', `{"body":${token}}`, asThePage)).status).toBe(401);
    expect((await thief.get('/api/v1/projects', asThePage)).status).toBe(401);
    const secret = await gui.page.evaluate(() => localStorage.getItem('certdesk-page-secret'));
    expect(secret).toMatch(/^cdp_/);
    expect(await tab.evaluate(() => JSON.stringify({ ...localStorage }))).toBe('{}');
    // With both, as the page itself has them, it is the session: so the secret was all that was missing.
    const page = createBrowser(app.app.address, { cookie: cookie ?? '', pageSecret: secret ?? '' });
    expect((await page.get('/api/v1/projects', asThePage)).status).toBe(200);
    await tab.close();
  });
});
