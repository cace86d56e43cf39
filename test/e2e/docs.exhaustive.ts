// The API reference page in a browser on another machine: over plain http, at an address that is not loopback.
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findOperation, listOperations } from '../support/gui/api-reference.ts';
import { launchChromium, newContext } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const NAME = 'certdesk.test';

describeWith('chromium', 'the API reference page', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp({ platform: { allowedHosts: [NAME] } });
    browser = await launchChromium([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  it.each([
    ['/api/docs', 'every operation'],
    ['/api/docs/', 'an operation'], // the same page: its relative addresses must work here, too
  ])('at %s shows %s from its own files alone', async (path, shown) => {
    const page = await (await newContext(browser)).newPage();
    const origin = `http://${NAME}:${new URL(app.app.address).port}`;
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => void said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', ({ message }) => void said.push(message));
    page.on('request', (request) => void asked.push(request.url()));
    await page.goto(origin + path);
    if (shown === 'every operation') {
      const { paths } = await (await fetch(`${app.app.address}/api/docs/json`)).json();
      const operations = Object.entries<object>(paths).flatMap(([of, methods]) =>
        Object.keys(methods).map((method) => `${method} ${of}`.toLowerCase()),
      );
      expect([...(await listOperations(page))].sort()).toEqual(operations.sort());
      await page.reload();
    }
    const operation = await findOperation(page, 'get /projects');
    // Its style sheet loads, and expanding and requesting work too.
    expect(await page.locator('.swagger-ui .opblock-get').first().evaluate(background)).not.toBe(
      'rgba(0, 0, 0, 0)',
    );
    await operation.click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('UNAUTHENTICATED').first().waitFor();
    expect(said.filter((line) => !/status of 401/.test(line))).toEqual([]); // Chromium logs the request
    expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([]);
    await page.context().close();
  });

  it('runs operations as the signed-in browser', async () => {
    const page = await (await newContext(browser)).newPage();
    await page.goto(await app.app.signInLink());
    // The GUI is not built here; the test does what its page at /login does with the link.
    await page.evaluate(async () => {
      const body = JSON.stringify({ secret: location.hash.slice(1) });
      const answer = await fetch('/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      localStorage.setItem('certdesk-page-secret', (await answer.json()).pageSecret);
    });
    await page.goto(`${app.app.address}/api/docs`);
    await (await findOperation(page, 'get /sessions')).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('"current": true').first().waitFor();
    await page.context().close();
  });

  it('is isolated from pages that open it if the browser trusts the connection', async () => {
    const page = await (await newContext(browser)).newPage();
    const answer = await page.goto(`${app.app.address}/api/docs`);
    expect(await answer?.headerValue('cross-origin-opener-policy')).toBe('same-origin');
    await page.context().close();
  });
});

/** In the page. */
const background = (element: Element): string => getComputedStyle(element).backgroundColor;
