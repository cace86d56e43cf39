// What needs a person, and what no longer does: records to add by hand, a revocation on purpose, a second project of
// the same domain.
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9', 'chromium'], 'the attention list', () => {
  let rig: DnsRig;
  let app: TestApp;
  let gui: GuiPage;
  let page: Page;

  beforeAll(async () => {
    await buildGui();
    rig = await startDnsRig([{ name: 'example.com', bare: true, records: ['closed A 127.0.0.1'] }]);
    app = await startApp({ pebble: rig.pebble, platform: { guiFolder: GUI_FOLDER, dns: rig.dns } });
    gui = await openGui(app.app);
    page = gui.page;
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
    await rig?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await gui?.takeScreenshots('failed');
    expect(gui?.problems ?? []).toEqual([]);
  });

  const dialog = (): Locator => page.getByRole('dialog');
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const attention = (): Locator =>
    page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem');

  const shopId = async (): Promise<string> => {
    const { body } = await app.call('GET', '/projects?q=shop.example.com');
    return String(body.projects?.['0']?.id);
  };

  it('lists a job that waits for TXT records at the top of the overview as soon as it waits', async () => {
    await gui.open('/');
    const shop = await app.project('shop.example.com');
    const accepted = await app.call('POST', `/projects/${shop}/certificate/obtain`, {
      body: { challengeType: 'dns-01', keyType: 'ec', dnsProvider: 'manual' },
      headers: { Prefer: 'respond-async' },
    });
    await attention().first().getByText('shop.example.com').waitFor();
    await gui.takeScreenshots('overview-records');
    await attention()
      .first()
      .getByRole('link', { name: /^Show TXT records/ })
      .click();
    const cells = page.getByRole('cell');
    await cells
      .filter({ hasText: /^[\w-]{43}$/ })
      .first()
      .waitFor();
    const values = (await cells.allTextContents()).filter((cell) => /^[\w-]{43}$/.test(cell));
    await rig.bind.update('example.com', '_acme-challenge.shop.example.com', values);
    await app.call('POST', `/jobs/${accepted.body.job?.id}/confirm`);
    await page.getByText('Certificate issued').waitFor();
    await gui.open('/');
    await page.getByRole('heading', { level: 1 }).getByText('1 certificate, renewing on time').waitFor();
  });

  it('promises no automatic renewal if a user adds the records', async () => {
    await gui.open(`/projects/${await shopId()}`);
    await page.getByText('You will be asked to add a record at each renewal.').waitFor();
    await page.getByText(/^Renewal is due in \d+ days/).waitFor();
    expect(await page.getByText('Renews by itself').count()).toBe(0);
    await gui.open('/projects');
    await page.getByText('You will be asked to add a record at each renewal.').first().waitFor();
  });

  it('starts a new request with the values of the last one', async () => {
    const id = await shopId();
    await gui.open(`/projects/${id}/obtain`);
    const next = () => button('Continue').click();
    await next();
    await page.getByRole('radio', { name: /DNS-01/, checked: true }).waitFor();
    const provider = page.getByRole('combobox', { name: 'DNS provider' });
    await expect.poll(() => provider.inputValue()).not.toBe('');
  });

  it('names the name that the certificate does not cover in the header, the list and the overview', async () => {
    const id = await shopId();
    await app.call('PATCH', `/projects/${id}`, { body: { domain: 'second.example.com' } });
    await gui.open(`/projects/${id}`);
    const heading = page.getByRole('heading', { level: 1 });
    await heading.getByText('Name not covered').waitFor();
    expect(await heading.getByText('Valid', { exact: true }).count()).toBe(0);
    const notice = page.getByRole('status').filter({ hasText: 'does not cover second.example.com' });
    await notice.getByRole('link', { name: 'Request new certificate' }).waitFor();
    await gui.takeScreenshots('project-uncovered');
    await gui.open('/projects');
    await page.getByText('The certificate does not cover second.example.com').first().waitFor();
    await gui.open('/');
    await attention().filter({ hasText: 'does not cover second.example.com' }).waitFor();
    await app.call('PATCH', `/projects/${id}`, { body: { domain: 'shop.example.com' } });
    await attention().first().waitFor({ state: 'hidden' });
  });

  it('shows no failed request once a certificate was uploaded', async () => {
    const id = await app.project('uploaded.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(400);
    await gui.open(`/projects/${id}`);
    const failed = page.getByText(/could not be (obtained|issued)/i);
    await failed.first().waitFor();
    const openssl = await createOpenSsl();
    const { certificate, privateKey } = await openssl.issue({
      subject: '/CN=uploaded.example.com',
      san: ['DNS:uploaded.example.com'],
      days: 80,
    });
    await openssl.remove();
    const upload = { body: { certificate, privateKey } };
    expect((await app.call('POST', `/projects/${id}/certificate/upload`, upload)).status).toBe(200);
    await failed.first().waitFor({ state: 'hidden' });
    await gui.open('/');
    await page
      .getByRole('heading', { level: 1 })
      .getByText(/^2 certificates/)
      .waitFor();
    expect(await attention().count()).toBe(0);
    expect((await app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
    expect((await app.call('DELETE', `/projects/${id}`)).status).toBe(200);
  });

  it('ignores a revocation that a user acknowledged with a note, until the acknowledgement is withdrawn', async () => {
    const closed = await app.project('closed.example.com');
    const path = `/projects/${closed}/certificate`;
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await app.call('POST', `${path}/obtain`, { body })).status).toBe(200);
    const reason = { reason: 'cessationOfOperation' };
    expect((await app.call('POST', `${path}/revoke`, { body: reason })).status).toBe(200);
    await gui.open('/');
    const row = attention().filter({ hasText: 'closed.example.com' });
    await row.getByRole('button', { name: /^Acknowledge/ }).click();
    await dialog().getByRole('button', { name: 'Acknowledge' }).click();
    await dialog().getByText('Enter a note.').waitFor();
    await dialog().getByLabel('Note').fill('The shop is closed');
    await gui.takeScreenshots('acknowledge');
    await dialog().getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('Revocation acknowledged').waitFor();
    await page.getByRole('heading', { level: 1 }).getByText('1 certificate, renewing on time').waitFor();
    expect(await attention().count()).toBe(0);
    const counted = page.getByRole('link', { name: /1\s*Revoked/ });
    expect(await counted.locator('[data-tone]').getAttribute('data-tone')).toBe('none');
    await gui.takeScreenshots('overview-acknowledged');

    await gui.open(`/projects/${closed}`);
    await page.getByText('The shop is closed').waitFor();
    await gui.takeScreenshots('project-acknowledged');
    await button('Withdraw').click();
    await page.getByText('The certificate is revoked', { exact: true }).waitFor();
    await gui.takeScreenshots('project-revoked');
    const audit = (await app.call('GET', '/audit?limit=50')).text;
    expect(audit).toContain('Revocation of closed.example.com acknowledged: The shop is closed');
    await gui.open('/');
    await attention().filter({ hasText: 'closed.example.com' }).waitFor();
  });

  it('creates a second project of a domain only if that is confirmed for this domain', async () => {
    await gui.open('/projects');
    await button('New project').click();
    const domain = dialog().getByRole('textbox', { name: 'Domain' });
    await domain.fill('SHOP.example.com');
    await dialog().getByRole('button', { name: 'Create project' }).click();
    await dialog().getByText('Another project has this domain').waitFor();
    await gui.takeScreenshots('project-twin');
    const anyway = dialog().getByRole('button', { name: 'Create anyway' });
    await domain.fill('closed.example.com');
    await anyway.click();
    await dialog().getByRole('link', { name: 'Open closed.example.com' }).waitFor();
    expect((await app.call('GET', '/projects')).body.total).toBe(2);
    await anyway.click();
    await page.getByText('Project created').waitFor();
    expect((await app.call('GET', '/projects')).body.total).toBe(3);

    await button('Actions').click();
    await page.getByRole('menuitem', { name: 'Edit name and domains' }).click();
    await domain.fill('shop.example.com');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByRole('link', { name: 'Open shop.example.com' }).waitFor();
    await dialog().getByRole('button', { name: 'Save anyway' }).click();
    await page.getByText('Project updated').waitFor();
  });
});
