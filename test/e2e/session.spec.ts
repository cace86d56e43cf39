// Signing in and out in a browser behind a reverse proxy, which may be down, refuse, or change what it passes on.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildGui, GUI_FOLDER, launchChromium, newContext } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

/** `own host`: sends its own name for the server as Host, like nginx by default. */
type Proxying = 'pass' | 'own host' | 'hang up' | number;

interface Proxy {
  readonly address: string;
  /** For POST /login and POST /logout; everything else is passed on unchanged. */
  how: Proxying;
  stop(): void;
}

describeWith('chromium', 'signing in and out', () => {
  let app: TestApp;
  let proxy: Proxy;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await buildGui();
    browser = await launchChromium();
  }, 600_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
    proxy = await startProxy(app.app.address);
    page = await (await newContext(browser)).newPage();
  });
  afterEach(async () => {
    await page?.context().close();
    proxy?.stop();
    await app?.stop();
  });

  const heading = () => page.getByRole('heading', { level: 1 });
  const sessions = async () => (await app.app.engine.sessions.list()).length;
  async function openLink(): Promise<string> {
    const link = (await app.app.signInLink()).replace(app.app.address, proxy.address);
    await page.goto(link);
    return link;
  }

  it.each([
    ['does not answer', 'hang up'],
    ['answers for a server that is down', 502],
    ['makes the server refuse it', 'own host'],
  ] as const)('says that nobody was signed out where the proxy %s', async (_, how) => {
    await openLink();
    await heading().waitFor();
    proxy.how = how;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('This browser is still signed in. Try again.').waitFor();
    await page.reload();
    await page.getByText('Get your first certificate').waitFor();
    expect(await sessions()).toBe(1);
    proxy.how = 'pass';
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
    expect(await sessions()).toBe(0);
  });

  it.each([
    ['Sign-in was rejected', 'own host', 'A reverse proxy must pass on the Host header as it is'],
    ['Sign-in was rejected', 403, 'A proxy in front of Certdesk returned HTTP 403.'],
    ['Sign-in was rejected', 401, 'returned HTTP 401.'],
    ['Cannot reach Certdesk', 503, 'Check that the server is running'],
    ['Cannot reach Certdesk', 'hang up', 'Check that the server is running'],
  ] as const)('says "%s" where the proxy does: %s; the link stays good', async (title, how, reason) => {
    proxy.how = how;
    const link = await openLink();
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText(reason).waitFor();
    proxy.how = 'pass';
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByText('Get your first certificate').waitFor();
  });

  it('reports an address without its secret as an incomplete link', async () => {
    await page.goto(`${proxy.address}/login`);
    await page.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
    await openLink();
    await page.getByText('Get your first certificate').waitFor();
    await page.goto(`${proxy.address}/login`);
    await page.getByText('Get your first certificate').waitFor();
  });

  it('needs no new link in another tab, and signing out in one signs out all', async () => {
    await openLink();
    await page.getByText('Get your first certificate').waitFor();
    const tab = await page.context().newPage();
    await tab.goto(proxy.address);
    await tab.getByText('Get your first certificate').waitFor();
    await tab.getByText('Live', { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Sign out' }).click();
    for (const each of [tab, page]) {
      await each.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
      expect(await each.evaluate(() => localStorage.getItem('certdesk-page-secret'))).toBe(null);
    }
    await openLink();
    await tab.getByText('Get your first certificate').waitFor();
  });

  it('shows the sign-in page when the session has ended, not that Certdesk is unreachable', async () => {
    await openLink();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate(() => {
      const seen = new MutationObserver(() => {
        const alert = document.querySelector('[role="alert"]');
        if (alert !== null) document.documentElement.dataset.alert = alert.textContent;
      });
      seen.observe(document.body, { childList: true, subtree: true });
    });
    const [session] = await app.app.engine.sessions.list();
    await app.app.engine.sessions.end(session?.id ?? '');
    await page.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset.alert)).toBeUndefined();
  });

  it('marks the session of this browser, and ending it signs out here', async () => {
    await openLink();
    await page.getByText('Get your first certificate').waitFor(); // another page would interrupt the sign-in
    await page.goto(`${proxy.address}/#/settings/sessions`);
    const row = page.getByRole('row').filter({ hasText: 'This browser' });
    await row.getByRole('button', { name: /^Sign out / }).click();
    await page.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
    expect(await sessions()).toBe(0);
  });

  it('reports the user’s activity at most once a minute, and nothing else', async () => {
    const reports: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/activity')) reports.push(request.method());
    });
    await page.clock.install();
    await openLink();
    await page.getByText('Get your first certificate').waitFor();
    await page.clock.fastForward(5 * 60_000); // refreshes and retries run, without user activity
    expect(reports).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect.poll(() => reports).toEqual(['POST']);
    await page.clock.fastForward(61_000);
    await page.mouse.move(100, 100);
    await expect.poll(() => reports).toEqual(['POST', 'POST']);
  });

  it('says that a used link no longer works', async () => {
    const link = await openLink();
    await page.getByText('Get your first certificate').waitFor();
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: 'This sign-in link is no longer valid' }).waitFor();
  });
});

async function startProxy(upstream: string): Promise<Proxy> {
  const server: Server = createServer((incoming, outgoing) => {
    const how = incoming.method === 'POST' && /^\/log(in|out)$/.test(incoming.url ?? '') ? proxy.how : 'pass';
    if (how === 'hang up') return void incoming.socket.destroy();
    if (typeof how === 'number') return void outgoing.writeHead(how).end('<h1>Not here</h1>');
    const headers = how === 'pass' ? incoming.headers : { ...incoming.headers, host: new URL(upstream).host };
    const passed = request(upstream + incoming.url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = {
    address: `http://127.0.0.1:${port}`,
    how: 'pass',
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}
