// The GUI in a browser, against the built pages and a real Pebble: from the sign-in link to a certificate with clicks.
import { X509Certificate } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { buildGui, GUI_FOLDER, launchChromium, newContext } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'the GUI', () => {
  let pebble: Pebble;
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    await buildGui();
    pebble = await startPebble();
    app = await startApp({ pebble, platform: { guiFolder: GUI_FOLDER } });
    browser = await launchChromium();
    context = await newContext(browser, { viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('console', (message) => {
      // Chromium logs a refused call; the page explains it.
      const refusal = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !refusal) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(app.app.address) && !request.url().startsWith('data:')) {
        problems.push(`a request to ${request.url()}`);
      }
    });
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await pebble?.stop();
  });

  /** Sends the form with its defaults; test/e2e/obtain.spec.ts has the rest of it. */
  const obtain = () => page.getByRole('button', { name: 'Request certificate' }).click();

  it('signs in with the one-time link, and shows the first steps', async () => {
    await page.goto(await app.app.signInLink());
    await page.getByText('Get your first certificate').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Import' }).waitFor();
    await page.goto(`${app.app.address}/#/projects`);
    await page.getByText('No projects yet').waitFor();
  });

  it('renders no empty frame before a slow overview', async () => {
    const fresh = await newContext(browser);
    const visitor = await fresh.newPage();
    await visitor.route('**/trpc/overview.get*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await route.continue();
    });
    await visitor.addInitScript(waitPatiently);
    await visitor.addInitScript(noteHeadings);
    await visitor.goto(await app.app.signInLink());
    await visitor.getByText('Get your first certificate').waitFor();
    expect(await visitor.evaluate(() => Reflect.get(window, 'headings'))).toEqual(['No certificates yet']);
    await fresh.close();
  });

  it('creates a project and obtains its certificate with clicks, and shows the steps', async () => {
    await page.getByRole('link', { name: 'New certificate' }).first().click();
    await page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill('shop.example.com');
    await obtain();
    await page.getByText('View certificate').waitFor();
    await page.getByText('View certificate').click();
    await page.getByText('SHA-256 fingerprint').waitFor();
    const { body } = await app.call('GET', '/projects?q=shop');
    const { body: chain } = await app.call('GET', `/projects/${body.projects?.['0']?.id}/certificate/chain`);
    const leaf = new X509Certificate(String(chain.chain?.['0']?.pem));
    const panel = page.getByRole('tabpanel', { name: 'Certificate' });
    for (const fingerprint of [leaf.fingerprint256, leaf.fingerprint])
      await expect.poll(() => panel.textContent()).toContain(fingerprint);
  });

  it('explains a failed challenge on the same page', async () => {
    await pebble.challtestsrv.setServfail('broken.example.com');
    const id = await app.project('broken.example.com');
    await page.goto(`${app.app.address}/#/projects/${id}/obtain`);
    await obtain();
    await page.getByText('Could not verify domain ownership').first().waitFor();
    const { body } = await app.call('GET', `/projects/${id}`);
    expect(body.obtainFailure).toMatchObject({ code: 'CHALLENGE_FAILED' });

    // It is also in the list and on the overview, with a link to the reason.
    await page.goto(`${app.app.address}/#/projects`);
    const row = page.getByRole('row').filter({ hasText: 'broken.example.com' });
    await row.getByText('Request failed').waitFor();
    await row.getByText('HTTP-01 challenge failed').waitFor();
    await page.goto(`${app.app.address}/#/`);
    await page.getByRole('link', { name: 'View error' }).click();
    await page.getByText('CA response').first().waitFor();
    await page.goto(`${app.app.address}/#/projects`);
    await row.getByRole('link', { name: 'broken.example.com' }).click();
    await page.getByText('Certificate request failed').waitFor();
  });

  it('reports at the domain field what is wrong with it, also for a pasted URL', async () => {
    await page.goto(`${app.app.address}/#/projects`);
    await page.getByRole('link', { name: 'broken.example.com' }).first().click();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit name and domains' }).click();
    const dialog = page.getByRole('dialog');
    const domain = dialog.getByRole('textbox', { name: 'Domain' });
    await domain.fill('https://shop.example.com/cart');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Did you mean shop.example.com?').waitFor();
    expect(await domain.getAttribute('aria-invalid')).toBe('true');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('finds typed text in the command palette, and opens the first result with Enter', async () => {
    for (const [typed, heading] of [
      ['settings', 'Settings'],
      ['shop.ex', 'shop.example.com'],
    ] as const) {
      await page.keyboard.press('Control+k');
      const field = page.getByPlaceholder('Search projects or run a command');
      await field.fill(typed);
      await page.getByRole('dialog').getByText(heading).first().waitFor();
      await field.press('Enter');
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    }
  });

  it('lists actions on certificates in the command palette before those on Certdesk itself', async () => {
    await page.keyboard.press('Control+k');
    const names = page.getByRole('dialog').getByRole('button');
    await names.filter({ hasText: 'Sign out' }).waitFor();
    const listed = await names.allTextContents();
    const order = [
      'New certificate',
      'Renew certificate…',
      'Deploy certificate…',
      'Toggle dark mode',
      'Sign out',
    ];
    expect(listed.filter((name) => order.includes(name))).toEqual(order);
    await page.keyboard.press('Escape');
  });

  it('acts on a project from the command palette, by keyboard only, and returns the focus', async () => {
    const { keyboard } = page;
    const field = (name: string) => page.getByRole('dialog').getByRole('textbox', { name });
    const find = async (typed: string, found: string): Promise<void> => {
      await keyboard.press('Control+k');
      const asked = field('Search projects or run a command');
      await expect.poll(() => asked.evaluate((element) => element === document.activeElement)).toBe(true);
      await keyboard.type(typed);
      await expect.poll(() => asked.inputValue()).toBe(typed);
      await page.getByRole('dialog').getByRole('button', { name: found }).waitFor();
      await keyboard.press('Enter');
    };
    const search = page.getByRole('textbox', { name: 'Search' });
    await page.goto(`${app.app.address}/#/projects`);
    await search.focus();
    await find('renew shop', 'Renew shop.example.com');
    await page.getByRole('dialog', { name: 'Renew now?' }).waitFor();
    await keyboard.press('Escape');
    await expect.poll(() => search.evaluate((element) => element === document.activeElement)).toBe(true);

    await find('download', 'Export certificate…');
    await field('Export which certificate?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Export shop.example.com' }).waitFor();
    // It has no certificate.
    expect(await page.getByRole('dialog').getByText('broken.example.com').count()).toBe(0);
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Export certificate' }).waitFor();
    await keyboard.press('Escape');

    await find('request broken', 'Request a certificate for broken.example.com');
    await page.waitForURL(/#\/projects\/[^/]+\/obtain$/);
    await find('deploy shop', 'Deploy shop.example.com');
    await page.waitForURL(/#\/projects\/[^/]+\/deploy$/);
    await find('30 days', 'Certificates expiring in 30 days');
    await page.waitForURL(/#\/projects\?status=expiring_soon&sort=expiry$/);
  });

  it('has a page for each part of the settings, in their navigation and the palette', async () => {
    await page.goto(`${app.app.address}/#/settings`);
    const list = page.getByRole('navigation', { name: 'Settings pages' });
    for (const name of await list.getByRole('link').allTextContents()) {
      await list.getByRole('link', { name, exact: true }).click();
      await expect.poll(() => page.title()).toBe(`${name} · Settings · Certdesk`);
      expect(await list.getByRole('link', { name, exact: true }).getAttribute('aria-current')).toBe('page');
    }
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search projects or run a command').fill('validation');
    await page.getByRole('dialog').getByText('Settings: DNS validation').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/settings\/dns$/);
  });

  it('redirects from the former places of notifications and backups', async () => {
    for (const name of ['notifications', 'backups'] as const) {
      await page.goto(`${app.app.address}/#/settings/${name}`);
      await page.waitForURL(`${app.app.address}/#/${name}`);
    }
  });

  it('shows a change made by REST', async () => {
    await page.goto(`${app.app.address}/#/projects`);
    await page.getByText('shop.example.com').first().waitFor();
    await app.project('live.example.com');
    await page.getByText('live.example.com').first().waitFor();
  });

  it('shows the other screens', async () => {
    for (const name of ['tokens', 'about'] as const) {
      await page.goto(`${app.app.address}/#/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    const { body } = await app.call('GET', '/projects?q=shop');
    await page.goto(`${app.app.address}/#/projects/${body.projects?.['0']?.id}`);
    await page.getByText('Renews automatically').first().waitFor();
    await page.goto(`${app.app.address}/#/projects/${body.projects?.['0']?.id}/upload`);
    await page.getByRole('button', { name: 'Upload' }).waitFor();
  });

  it('saves the ports for the next start, and reports an invalid one at its field', async () => {
    await page.goto(`${app.app.address}/#/settings/network`);
    const form = page.locator('form').filter({ has: page.getByLabel('HTTP-01 port', { exact: true }) });
    const save = form.getByRole('button', { name: 'Save' });
    await form.getByLabel('HTTP-01 port', { exact: true }).fill('');
    await save.click();
    await expect
      .poll(() => form.getByLabel('HTTP-01 port', { exact: true }).getAttribute('aria-invalid'))
      .toBe('true');
    await form.getByLabel('HTTP-01 port', { exact: true }).fill('8080');
    await save.click();
    await page.getByText('Settings saved').waitFor();
    const { body } = await app.call('GET', '/settings');
    expect(body.listeners).toEqual({ apiPort: 7878, challengePort: 8080 });
    expect(await page.getByText('Start Certdesk at login').count()).toBe(0); // only in the desktop application
  });

  it('signs out from the command palette', async () => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search projects or run a command').fill('sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in to Certdesk' }).waitFor();
  });

  it('logs no error and requests nothing from other hosts', () => expect(problems).toEqual([]));
});

/**
 * In the page: main.tsx stops waiting for an answer after 0.4 s, which may be too short on a busy machine. Here it
 * never stops.
 */
function waitPatiently(): void {
  const { setTimeout } = window;
  const never = (ms = 0) => ms >= 300 && ms < 1_000;
  const patient = (work: () => void, ms?: number) => (never(ms) ? 0 : setTimeout(work, ms));
  Reflect.set(window, 'setTimeout', patient);
}

/** In the page: `headings`, each text that its heading has had; "Overview" would be that of the empty frame. */
function noteHeadings(): void {
  const headings: string[] = [];
  Reflect.set(window, 'headings', headings);
  new MutationObserver(() => {
    const text = document.querySelector('h1')?.textContent;
    if (text !== undefined && headings.at(-1) !== text) headings.push(text);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
