// The GUI below a path of a reverse proxy, which removes the path. npm run interop does the same with a real nginx and
// HTTPS.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signInAddress } from '../../src/main/engine/access/sessions.ts';
import { findOperation } from '../support/gui/api-reference.ts';
import { buildGui, GUI_FOLDER, launchChromium, newContext } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const PREFIX = '/tools/certdesk';

describeWith('chromium', 'below a path of a reverse proxy', () => {
  let app: TestApp;
  let proxy: Server;
  let browser: Browser;

  beforeAll(async () => {
    await buildGui();
    app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
    proxy = await startProxy(app.app.address);
    browser = await launchChromium();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    proxy?.close();
    proxy?.closeAllConnections();
    await app?.stop();
  });

  it('signs in, shows live changes and the API page, and requests nothing outside the path', async () => {
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${PREFIX}`;
    const page = await (await newContext(browser)).newPage();
    const wrong: string[] = [];
    page.on('response', (answer) => {
      if (!answer.url().startsWith(`${url}/`) || answer.status() >= 400)
        wrong.push(`${answer.status()} ${answer.url()}`);
    });
    const { secret } = await app.app.engine.sessions.createLink();
    await page.goto(signInAddress(url, secret));
    await page.getByText('Get your first certificate').waitFor(); // another page would interrupt the sign-in
    expect(page.url()).toMatch(new RegExp(`^${url}/(#/)?$`));
    await page.getByRole('link', { name: 'Projects' }).first().click();
    await page.getByText('No projects yet').waitFor();
    await app.project('live.example.com');
    await page.getByText('live.example.com').first().waitFor();
    await page.reload();
    await page.getByText('live.example.com').first().waitFor();
    await page.getByRole('link', { name: 'About' }).first().click();
    const docs = await page.locator('a[href$="/api/docs"]').first().getAttribute('href');
    await page.goto(docs ?? '');
    await (await findOperation(page, 'get /health')).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText(`${url}/api/v1/health`).first().waitFor();
    expect(wrong).toEqual([]);
  });
});

/** Answers 404 outside of the path. */
async function startProxy(upstream: string): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url = '' } = incoming;
    if (!url.startsWith(`${PREFIX}/`)) return void outgoing.writeHead(404).end();
    const headers = { ...incoming.headers, 'x-forwarded-prefix': PREFIX };
    const passed = request(upstream + url.slice(PREFIX.length), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
