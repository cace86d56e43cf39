// The page "New certificate": from the first start to a certificate in three clicks, dry run, a second project for the
// same domain, cancel, failure and retry, and the other ways to add a certificate.
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const RECORDS = ['first A 127.0.0.1', 'www A 127.0.0.1', 'again A 127.0.0.2', 'dry A 127.0.0.1'];

describeWith(['pebble', 'bind9', 'chromium'], 'the page for a new certificate', () => {
  let rig: DnsRig;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig([{ name: 'example.com', bare: true, records: RECORDS }]);
    onStop(() => rig.stop());
    return startGuiApp({ pebble: rig.pebble, staging: rig.pebble, platform: { dns: rig.dns } });
  });

  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const names = (): Locator => gui.page.getByRole('textbox', { name: 'Domain names or IP addresses' });
  const summary = (): Locator => gui.page.getByRole('region', { name: 'Summary' });
  const projects = async () =>
    Object.values((await gui.app.call('GET', '/projects')).body.projects ?? {}) as unknown as {
      readonly name: string;
      readonly domain: string;
      readonly altNames: readonly string[];
      readonly tags: readonly string[];
    }[];
  const open = async (): Promise<void> => {
    // So that the form is empty again: Playwright accepts the question of the browser.
    await gui.page.goto(`${gui.app.app.address}/icon.svg`);
    await gui.open('/new');
    await names().waitFor();
  };

  it('leads from the first start to a certificate in three clicks', async () => {
    let clicks = 0;
    await gui.page.exposeFunction('countClick', () => {
      clicks += 1;
    });
    await gui.page.evaluate(() => addEventListener('click', () => Reflect.get(window, 'countClick')(), true));
    await gui.page.getByRole('link', { name: 'New certificate' }).first().click();
    await gui.takeScreenshots('new-1-empty');
    await expect.poll(() => names().evaluate((field) => field === document.activeElement)).toBe(true);
    await gui.page.keyboard.type('https://first.example.com/shop, www.example.com');
    await gui.page.getByText('127.0.0.1 reaches this Certdesk').first().waitFor();
    const ca = new URL(rig.pebble.directoryUrl).host;
    await summary()
      .getByText(
        `A certificate for first.example.com and www.example.com from ${ca}, checked over HTTP, renewed automatically.`,
      )
      .waitFor();
    await gui.takeScreenshots('new-2-http');
    await button('Request certificate').click();
    await gui.page.getByText('Certificate issued').waitFor();
    expect(clicks).toBeLessThanOrEqual(3);
    expect(clicks).toBeGreaterThan(0);
    await gui.takeScreenshots('new-3-issued');
    expect(await projects()).toMatchObject([
      { name: 'first.example.com', domain: 'first.example.com', altNames: ['www.example.com'] },
    ]);
  });

  it('then offers the files, how to use them, and a token that fetches nothing else', async () => {
    const region = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
    const saved = gui.page.waitForEvent('download');
    await button('Download: Combined PEM').click();
    const pem = await readFile(await (await saved).path(), 'utf8');
    expect((await saved).suggestedFilename()).toBe('first.example.com.combined.pem');
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    await region('Set up your server').getByRole('tab', { name: 'HAProxy' }).click();
    await gui.page.getByText('crt /etc/haproxy/certs/first.example.com.combined.pem').waitFor();
    await gui.takeScreenshots('use-haproxy');
    await button('Create download token').click();
    const dialog = gui.page.getByRole('dialog', { name: 'New API token' });
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Download first.example.com');
    await gui.takeScreenshots('use-token');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    const token = String(await dialog.getByRole('figure', { name: 'Token' }).textContent());
    const command = String(
      await region('Fetch it automatically').getByRole('figure', { name: 'With curl' }).textContent(),
    );
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    const address = /https?:\S+$/.exec(command.trim())?.[0] ?? '';
    const fetched = await fetch(address, { headers: { authorization: `Bearer ${token.trim()}` } });
    expect(await fetched.text()).toContain('BEGIN PRIVATE KEY');
    const list = await fetch(`${gui.app.app.address}/api/v1/projects`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    });
    expect(list.status).toBe(403);
  });

  it('offers the project that has the domain already, or a second one', async () => {
    await open();
    await names().fill('FIRST.example.com');
    await button('Advanced: CA, key type, profile, staging, project name, tags').click();
    await gui.page.getByLabel('Project name').fill('Second shop');
    const tags = gui.page.getByLabel('Tags', { exact: true }).first();
    for (const tag of ['EU', 'shop']) {
      await tags.fill(tag);
      await tags.press('Enter');
    }
    await gui.page.getByText('127.0.0.1 reaches this Certdesk').first().waitFor();
    await button('Request certificate').click();
    await gui.page.getByText('Another project has this domain').waitFor();
    await gui.takeScreenshots('new-duplicate');
    const there = gui.page.getByRole('link', { name: 'Continue in first.example.com' });
    expect(await there.getAttribute('href')).toMatch(/\/obtain$/);
    await button('Create a second project').click();
    await gui.page.getByText('Certificate issued').waitFor();
    const made = (await projects()).map(({ name, tags }) => [name, tags]);
    expect(made).toEqual([
      ['first.example.com', []],
      ['Second shop', ['eu', 'shop']],
    ]);
  });

  it('performs a dry run, after which Cancel leaves nothing behind', async () => {
    await gui.open('/projects');
    const before = (await projects()).length;
    await gui.page.getByRole('link', { name: 'New certificate' }).first().click();
    await names().fill('dry.example.com');
    await button('Dry run').click();
    await gui.page.getByText('Dry run succeeded').waitFor();
    await gui.takeScreenshots('new-dry-run');
    expect(await names().inputValue()).toBe('dry.example.com');
    expect(await projects()).toHaveLength(before + 1);
    const asked = gui.page.waitForEvent('dialog').then((question) => question.accept());
    await button('Cancel').click();
    await asked;
    await gui.page.waitForURL(/#\/projects$/);
    await expect.poll(async () => (await projects()).length).toBe(before);
  });

  it('creates no project if the server refuses the request, and keeps what was typed', async () => {
    const before = (await projects()).length;
    await open();
    await button('Request certificate').click();
    await gui.page.getByText('Enter at least one domain name or IP address.').waitFor();
    await expect.poll(() => names().evaluate((field) => field === document.activeElement)).toBe(true);
    await names().fill('bad_name.example.com');
    await button('Request certificate').click();
    await gui.page.getByText('bad_name.example.com contains an underscore').waitFor();
    await gui.takeScreenshots('new-bad-name');
    await names().fill('refused.example.com');
    await button('Advanced: CA, key type, profile, staging, project name, tags').click();
    await gui.page.getByLabel('Account email').fill('no..body@example.com');
    await button('Advanced: CA, key type, profile, staging, project name, tags').click();
    await button('Request certificate').click();
    const email = gui.page.getByLabel('Account email'); // the part opens again
    await expect.poll(() => email.getAttribute('aria-invalid')).toBe('true');
    expect(await email.inputValue()).toBe('no..body@example.com');
    await gui.takeScreenshots('new-bad-email');
    expect(await names().inputValue()).toBe('refused.example.com');
    expect(await projects()).toHaveLength(before);
  });

  it('has the typed values again when the CA could not validate the domain', async () => {
    await open();
    await names().fill('again.example.com');
    await button('Advanced: CA, key type, profile, staging, project name, tags').click();
    await gui.page.getByRole('combobox', { name: 'Key type' }).click();
    await gui.page.getByRole('option', { name: 'RSA 2048' }).click();
    await gui.page.getByText('Port 80 of 127.0.0.2 is closed').waitFor();
    await gui.takeScreenshots('new-unreachable');
    await button('Request certificate').click();
    await gui.page.getByText('Could not verify domain ownership').first().waitFor();
    await gui.page.getByRole('link', { name: 'Try again' }).click();
    await gui.page.getByRole('heading', { name: 'Request a certificate for again.example.com' }).waitFor();
    await summary().getByText('with an RSA 2048 key').waitFor();
  });

  it('has upload and import as equals beside the request', async () => {
    await open();
    const ways = gui.page.getByRole('navigation', { name: 'Ways to add a certificate' });
    await ways.getByRole('link', { name: /^Import/ }).click();
    await gui.page.getByRole('combobox', { name: 'Folder' }).waitFor();
    await ways.getByRole('link', { name: /^Upload files/ }).click();
    await gui.page.getByText('Drop files here').waitFor();
    await gui.takeScreenshots('new-upload');
  });
});
