// What needs attention, and what no longer does: manual TXT records, a deliberate revocation, a second project of the
// same domain.
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { applyFixes } from '../support/doctor/doctor-rig.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9', 'chromium'], 'the attention list', () => {
  let rig: DnsRig;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig([{ name: 'example.com', bare: true, records: ['closed A 127.0.0.1'] }]);
    onStop(() => rig.stop());
    return startGuiApp({ pebble: rig.pebble, platform: { dns: rig.dns } });
  });

  const dialog = (): Locator => gui.page.getByRole('dialog');
  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const attention = (): Locator =>
    gui.page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem');

  const shopId = async (): Promise<string> => {
    const { body } = await gui.app.call('GET', '/projects?q=shop.example.com');
    return String(body.projects?.['0']?.id);
  };

  it('lists a job that waits for TXT records at the top of the overview as soon as it waits', async () => {
    await gui.open('/');
    const shop = await gui.app.project('shop.example.com');
    const accepted = await gui.app.call('POST', `/projects/${shop}/certificate/obtain`, {
      body: { challengeType: 'dns-01', keyType: 'ec', dnsProvider: 'manual' },
      headers: { Prefer: 'respond-async' },
    });
    await attention().first().getByText('shop.example.com').waitFor();
    await gui.takeScreenshots('overview-records');
    await attention()
      .first()
      .getByRole('link', { name: /^Show TXT records/ })
      .click();
    const cells = gui.page.getByRole('cell');
    await cells
      .filter({ hasText: /^[\w-]{43}$/ })
      .first()
      .waitFor();
    const values = (await cells.allTextContents()).filter((cell) => /^[\w-]{43}$/.test(cell));
    await rig.bind.update('example.com', '_acme-challenge.shop.example.com', values);
    await gui.app.call('POST', `/jobs/${accepted.body.job?.id}/confirm`);
    await gui.page.getByText('Certificate issued').waitFor();
    await gui.open('/');
    await gui.page.getByRole('heading', { level: 1 }).getByText('1 certificate, renewing on time').waitFor();
  });

  it('promises no automatic renewal if a user adds the records', async () => {
    await gui.open(`/projects/${await shopId()}`);
    await gui.page.getByText('You will be asked to add a record at each renewal.').waitFor();
    await gui.page.getByText(/^Renewal is due in \d+ days/).waitFor();
    expect(await gui.page.getByText('Renews automatically').count()).toBe(0);
    await gui.open('/projects');
    await gui.page.getByText('You will be asked to add a record at each renewal.').first().waitFor();
  });

  it('starts a new request with the values of the last one', async () => {
    const id = await shopId();
    await gui.open(`/projects/${id}/obtain`);
    await gui.page.getByRole('radio', { name: /^Manual/, checked: true }).waitFor();
  });

  it('names the name that the certificate does not cover in the header, the list and the overview', async () => {
    const id = await shopId();
    await gui.app.call('PATCH', `/projects/${id}`, { body: { domain: 'second.example.com' } });
    await gui.open(`/projects/${id}`);
    const heading = gui.page.getByRole('heading', { level: 1 });
    await heading.getByText('Name not covered').waitFor();
    expect(await heading.getByText('Valid', { exact: true }).count()).toBe(0);
    const notice = gui.page.getByRole('status').filter({ hasText: 'does not cover second.example.com' });
    await notice.getByRole('link', { name: 'Request new certificate' }).waitFor();
    await gui.takeScreenshots('project-uncovered');
    await gui.open('/projects');
    await gui.page.getByText('The certificate does not cover second.example.com').first().waitFor();
    await gui.open('/');
    await attention().filter({ hasText: 'does not cover second.example.com' }).waitFor();
    await gui.app.call('PATCH', `/projects/${id}`, { body: { domain: 'shop.example.com' } });
    await attention().first().waitFor({ state: 'hidden' });
  });

  it('shows no failed request once a certificate was uploaded', async () => {
    const id = await gui.app.project('uploaded.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(400);
    await gui.open(`/projects/${id}`);
    const failed = gui.page.getByText(/^Certificate request failed$/);
    await failed.first().waitFor();
    const openssl = await createOpenSsl();
    const { certificate, privateKey } = await openssl.issue({
      subject: '/CN=uploaded.example.com',
      san: ['DNS:uploaded.example.com'],
      days: 80,
    });
    await openssl.remove();
    const upload = { body: { certificate, privateKey } };
    expect((await gui.app.call('POST', `/projects/${id}/certificate/upload`, upload)).status).toBe(200);
    await failed.first().waitFor({ state: 'hidden' });
    await gui.open('/');
    await gui.page
      .getByRole('heading', { level: 1 })
      .getByText(/^2 certificates/)
      .waitFor();
    expect(await attention().count()).toBe(0);
    expect((await gui.app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
    expect((await gui.app.call('DELETE', `/projects/${id}`)).status).toBe(200);
  });

  it('ignores a revocation that a user acknowledged with a note, until the acknowledgement is withdrawn', async () => {
    const closed = await gui.app.project('closed.example.com');
    const path = `/projects/${closed}/certificate`;
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await gui.app.call('POST', `${path}/obtain`, { body })).status).toBe(200);
    const reason = { reason: 'cessationOfOperation' };
    expect((await gui.app.call('POST', `${path}/revoke`, { body: reason })).status).toBe(200);
    await gui.open('/');
    const row = attention().filter({ hasText: 'closed.example.com' });
    await row.getByRole('button', { name: /^Acknowledge/ }).click();
    await dialog().getByRole('button', { name: 'Acknowledge' }).click();
    await dialog().getByText('Enter a note.').waitFor();
    await dialog().getByLabel('Note').fill('The shop is closed');
    await gui.takeScreenshots('acknowledge');
    await dialog().getByRole('button', { name: 'Acknowledge' }).click();
    await gui.page.getByText('Revocation acknowledged').waitFor();
    await gui.page.getByRole('heading', { level: 1 }).getByText('1 certificate, renewing on time').waitFor();
    expect(await attention().count()).toBe(0);
    const counted = gui.page.getByRole('link', { name: /1\s*Revoked/ });
    expect(await counted.locator('[data-tone]').getAttribute('data-tone')).toBe('none');
    await gui.takeScreenshots('overview-acknowledged');

    await gui.open(`/projects/${closed}`);
    await gui.page.getByText('The shop is closed').waitFor();
    await gui.takeScreenshots('project-acknowledged');
    await button('Withdraw').click();
    await gui.page.getByText('The certificate is revoked', { exact: true }).waitFor();
    await gui.takeScreenshots('project-revoked');
    const audit = (await gui.app.call('GET', '/audit?limit=50')).text;
    expect(audit).toContain('Revocation of closed.example.com acknowledged: The shop is closed');
    await gui.open('/');
    await attention().filter({ hasText: 'closed.example.com' }).waitFor();
  });

  it('changes a project to the domain of another only if that is confirmed for this domain', async () => {
    await gui.open(`/projects/${await gui.app.project('twin.example.com')}`);
    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Edit name and domains' }).click();
    const domain = dialog().getByRole('textbox', { name: 'Domain' });
    await domain.fill('SHOP.example.com');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Another project has this domain').waitFor();
    await gui.takeScreenshots('project-twin');
    await domain.fill('closed.example.com');
    await dialog().getByRole('button', { name: 'Save anyway' }).click();
    await dialog().getByRole('link', { name: 'Open closed.example.com' }).waitFor();
    await domain.fill('shop.example.com');
    await dialog().getByRole('button', { name: 'Save anyway' }).click();
    await dialog().getByRole('link', { name: 'Open shop.example.com' }).waitFor();
    await dialog().getByRole('button', { name: 'Save anyway' }).click();
    await gui.page.getByText('Project updated').waitFor();
  });

  it('lists DNS records that will stop the next renewal, and shows in the project how to fix them', async () => {
    const domain = 'persist.example.com';
    const record = `_validation-persist.${domain}`;
    const id = await gui.app.project(domain);
    const body = { ...rig.requests.cloudflare, challengeType: 'dns-persist-01', keyType: 'ec' };
    const issued = await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    expect(issued.status, issued.text).toBe(200);
    const [value = ''] = await rig.bind.lookup(record, 'TXT');

    await gui.open(`/projects/${id}?tab=challenges`);
    const records = gui.page.getByRole('region', { name: 'DNS-PERSIST-01 records' });
    await records.getByText('Valid', { exact: true }).waitFor();
    await rig.bind.update('example.com', record, []);
    await records.getByRole('button', { name: 'Check records' }).click();
    await records.getByText('Missing', { exact: true }).waitFor();
    await records.getByText(value, { exact: true }).waitFor();

    const caa = gui.page.getByRole('region', { name: 'CAA lock' });
    await caa.getByRole('button', { name: 'Check CAA records' }).click();
    await caa.getByText('Open to every CA').waitFor();
    await caa.getByRole('button', { name: 'Check every day' }).click();
    await caa.getByText('Certdesk checks these records every day', { exact: false }).waitFor();
    const other = { kind: 'add-record', text: `${domain}. 300 IN CAA 0 issue "other.example"` } as const;
    await applyFixes(rig.bind, 'example.com', [other]);
    await caa.getByRole('button', { name: 'Check CAA records' }).click();
    await caa.getByText('The CA is not permitted').waitFor();

    const doctor = gui.page.getByRole('region', { name: 'Would the CA issue this certificate?' });
    await doctor.getByRole('button', { name: 'Examine' }).click();
    await doctor.getByText('permit certificates only from "other.example"', { exact: false }).waitFor();
    await doctor.getByText('Add this record').first().waitFor();
    await gui.takeScreenshots('project-challenges');

    await gui.open(`/projects/${id}`);
    await gui.page.getByText('The CAA records do not permit the CA', { exact: false }).waitFor();
    await gui.page.getByText('does not accept the dns-persist-01 record', { exact: false }).waitFor();
    await gui.takeScreenshots('project-dns-records');
    await gui.page.getByRole('link', { name: 'View DNS records' }).first().click();
    await caa.waitFor();
    await gui.open('/');
    const row = attention().filter({ hasText: domain });
    await row.getByText('CAA forbids renewal').waitFor();
    await row.getByText('DNS record', { exact: true }).waitFor();
    await gui.takeScreenshots('overview-dns-records');
    await row.getByRole('link', { name: /^View DNS records/ }).click();
    await caa.waitFor();

    await gui.open(`/projects/${id}/obtain`);
    await gui.page.getByText('The records to create').waitFor();
    await gui.page.getByText(value, { exact: true }).waitFor();
    // Another address is another account, whose URL is known once it is registered.
    await gui.page.getByRole('button', { name: /^Advanced/ }).click();
    await gui.page.getByLabel('Account email').fill('new@example.com');
    const register = button('Register account');
    await register.waitFor();
    await gui.takeScreenshots('obtain-persist');
    await register.click();
    await register.waitFor({ state: 'hidden' });
    const values = await gui.page.getByText(/; accounturi=/).allTextContents();
    expect(values).toHaveLength(1);
    expect(values).not.toContain(value);
    await applyFixes(rig.bind, 'example.com', [
      { ...other, kind: 'remove-record', text: other.text.replace(' 300 ', ' ') },
    ]);
    await rig.bind.update('example.com', record, [value]);
    for (const path of ['caa-lock', 'persist-records'])
      expect((await gui.app.call('GET', `/projects/${id}/${path}`)).status).toBe(200);
    await gui.open('/');
    await row.waitFor({ state: 'hidden' });
  });
});
