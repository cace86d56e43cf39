// The obtain wizard by mouse and keyboard: HTTP-01 with its test, DNS-01 with a provider's stand-in, failures at their
// fields, a dry run, and steps that are still there after the window was closed.
import type { Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const ZONES = [
  {
    name: 'example.com',
    bare: true,
    records: [
      'shop A 127.0.0.1',
      'profile A 127.0.0.1',
      'keys A 127.0.0.1',
      'closed A 127.0.0.2',
      'live A 127.0.0.1',
    ],
  },
];

describeWith(['pebble', 'bind9', 'chromium'], 'the obtain wizard', () => {
  let rig: DnsRig;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig(ZONES);
    onStop(() => rig.stop());
    return startGuiApp({ pebble: rig.pebble, staging: rig.pebble, platform: { dns: rig.dns } });
  });

  /** Pebble replaces Let's Encrypt here, under its own name. */
  const caName = (): string => new URL(rig.pebble.directoryUrl).host;
  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const next = () => button('Continue').click();
  const wizard = async (domain: string, altNames: readonly string[] = []): Promise<string> => {
    const id = await gui.app.project(domain, altNames);
    await gui.open(`/projects/${id}/obtain`);
    return id;
  };

  it('goes from an empty database to an issued certificate with clicks only', async () => {
    await gui.open('/projects');
    await gui.page.getByText('No projects yet').waitFor();
    await button('New project').first().click();
    const dialog = gui.page.getByRole('dialog');
    await dialog.getByLabel('Domain').fill('shop.example.com');
    await dialog.getByRole('button', { name: 'Create project' }).click();
    await gui.page.getByRole('link', { name: 'Request certificate' }).first().click();
    await gui.page.getByRole('combobox', { name: 'Additional names (SANs)' }).waitFor();
    await gui.takeScreenshots('obtain-1-names');
    await next();
    await button('Test reachability').click();
    await gui.page.getByText('127.0.0.1 reaches this Certdesk').waitFor();
    await gui.takeScreenshots('obtain-2-http');
    await next();
    await gui.takeScreenshots('obtain-3-options');
    await next();
    await gui.page.getByText(`requests one certificate for shop.example.com from ${caName()}`).waitFor();
    await button('Dry run').click();
    await gui.page.getByText('Dry run succeeded').waitFor();
    await gui.takeScreenshots('obtain-4-review');
    await button('Request certificate').click();
    await gui.page.getByText('Certificate issued').waitFor();
    await gui.takeScreenshots('obtain-5-job');
    await gui.page.getByRole('link', { name: 'View certificate' }).click();
    await gui.page.getByText('SHA-256 fingerprint').first().waitFor();
  });

  it('reports a name that does not lead here, and why the challenge failed', async () => {
    await wizard('closed.example.com', ['nowhere.example.com']);
    await next();
    await button('Test reachability').click();
    await gui.page.getByText('Port 80 of 127.0.0.2 is closed').waitFor();
    await gui.page.getByText('nowhere.example.com does not resolve').waitFor();
    await gui.takeScreenshots('obtain-unreachable');
    await next();
    await next();
    await button('Request certificate').click();
    await gui.page.getByText('Could not verify domain ownership').first().waitFor();
    await expect
      .poll(() => gui.page.getByText('closed.example.com', { exact: true }).count())
      .toBeGreaterThan(0);
    // The action comes first, then the CA's own message; the same page finds what is wrong.
    await gui.page.getByText('The CA could not connect').first().waitFor();
    await gui.page
      .getByText(/^CA response: /)
      .first()
      .waitFor();
    await button('Test reachability').click();
    await gui.page.getByText('Port 80 of 127.0.0.2 is closed').waitFor();
    await gui.takeScreenshots('obtain-failed');
    await gui.page.getByRole('link', { name: 'Try again' }).click();
    await gui.page.getByRole('combobox', { name: 'Additional names (SANs)' }).waitFor();
  });

  it('requires dns-01 for a wildcard at once, and reports an invalid field at the field', async () => {
    await wizard('wild.example.com');
    const names = gui.page.getByRole('combobox', { name: 'Additional names (SANs)' });
    await names.fill('bad_name');
    await names.press('Enter');
    await next();
    await gui.page.getByText('bad_name contains an underscore').waitFor();
    await gui.takeScreenshots('obtain-bad-name');
    await names.press('Backspace');
    await names.fill('*.wild.example.com');
    await names.press('Enter');
    await gui.page.getByText('*.wild.example.com is a wildcard and requires DNS-01.').waitFor();
    await next();
    expect(await gui.page.getByRole('radio', { name: /HTTP-01/ }).isDisabled()).toBe(true);
    await next();
    await gui.page.getByText('Select a DNS provider.').waitFor();
  });

  it('validates by dns-01 with the fields of the provider after a test, and never shows the secret again', async () => {
    const secret = String(rig.standIns.cloudflare.credentials.apiToken);
    const id = await wizard('dns.example.com', ['*.dns.example.com']);
    await next();
    await gui.page.getByRole('combobox', { name: 'DNS provider' }).click();
    await gui.page.getByRole('option', { name: 'Cloudflare' }).click();
    await next();
    await gui.page.getByText('API token is required.').waitFor();
    await gui.page.getByLabel('API token').fill('a-wrong-token-a-wrong-token-a-wrong-token');
    await button('Test credentials').click();
    await gui.page.getByRole('alert').waitFor();
    await gui.takeScreenshots('obtain-dns-refused');
    await gui.page.getByLabel('API token').fill(secret);
    expect(await gui.findSecret(secret)).toContain('fields'); // the search finds existing ones
    await button('Test credentials').click();
    await gui.page.getByText('Credentials verified').waitFor();
    await gui.takeScreenshots('obtain-2-dns');
    await next();
    await next();
    await gui.page.getByText('Certdesk creates a TXT record for each name at Cloudflare').waitFor();
    await button('Request certificate').click();
    await gui.page.getByText('Certificate issued').waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
    expect((await gui.app.call('GET', `/projects/${id}/certificate`)).body.names).toHaveLength(2);

    await gui.open(`/projects/${id}/obtain`);
    await next();
    await gui.page.getByRole('combobox', { name: 'Credentials' }).click();
    await gui.page.getByRole('option', { name: 'Stored with this project (Cloudflare)' }).click();
    await next();
    await next();
    await gui.page.getByText('The current certificate stays active until the new one is issued.').waitFor();
    await button('Request certificate').click();
    await gui.page.getByText('Certificate issued').waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
  });

  it('shows the records to add, continues on confirmation, and says which to remove', async () => {
    await wizard('hand.example.com', ['*.hand.example.com']);
    await next();
    await gui.page.getByRole('combobox', { name: 'DNS provider' }).click();
    await gui.page.getByRole('option', { name: 'Manual' }).click();
    await next();
    await next();
    await gui.page.getByText('Certdesk shows TXT records for you to create').waitFor();
    await button('Request certificate').click();
    const record = '_acme-challenge.hand.example.com';
    const panel = gui.page.getByRole('region', { name: 'Create these TXT records' });
    await expect.poll(() => panel.getByText(record, { exact: true }).count()).toBe(2);
    await gui.takeScreenshots('obtain-manual');
    const cells = await panel.getByRole('cell').allTextContents();
    const values = cells.filter((cell) => /^[\w-]{43}$/.test(cell));
    expect(new Set(values).size).toBe(2);
    // The name servers show them only now, and the next check is seconds away: the confirmation is quicker.
    await rig.bind.update('example.com', record, values);
    await panel.getByRole('button', { name: 'I have created them' }).click();
    await gui.page.getByText('Certificate issued').waitFor();
    const left = gui.page.getByRole('region', { name: 'You can delete these TXT records' });
    await expect.poll(() => left.getByText(record, { exact: true }).count()).toBe(2);
    await gui.takeScreenshots('obtain-manual-done');
  });

  it('shows the server’s message at the field, in the step that has it', async () => {
    await wizard('eab.example.com');
    await next();
    await next();
    await gui.page.getByRole('combobox', { name: 'Certificate authority' }).click();
    await gui.page.getByRole('option', { name: 'ZeroSSL' }).click();
    await next();
    await gui.page.getByText('This CA requires it.').first().waitFor();
    await gui.takeScreenshots('obtain-eab');
    await gui.page.getByRole('combobox', { name: 'Certificate authority' }).click();
    await gui.page.getByRole('option', { name: caName() }).click();
    await gui.page.getByLabel('Account email').fill('nobody');
    await next();
    await gui.page.getByText('nobody is not an email address.').waitFor();
    await gui.page.getByLabel('Account email').fill('no..body@example.com');
    await next();
    await button('Request certificate').click();
    await gui.page.getByText('Options', { exact: true }).first().waitFor();
    const field = gui.page.getByLabel('Account email');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await gui.takeScreenshots('obtain-bad-email');
  });

  it('offers the profiles of the CA, and changes the account’s key in the settings', async () => {
    const id = await wizard('profile.example.com');
    await next();
    await next();
    await gui.page.getByRole('combobox', { name: 'Profile' }).click();
    await gui.page.getByRole('option', { name: 'default' }).click();
    await gui.page.getByText('The profile default').waitFor();
    await gui.page.getByRole('switch', { name: 'Require this profile' }).click();
    await gui.takeScreenshots('obtain-profile');
    await next();
    await button('Request certificate').click();
    await gui.page.getByText('Certificate issued').waitFor();
    const { spec } = (await gui.app.call('GET', `/projects/${id}/certificate/details`)).body;
    expect(spec).toMatchObject({ profile: 'default', profileUse: 'required' });
    await gui.open('/settings');
    await gui.page
      .getByRole('button', { name: /Replace key of the/ })
      .first()
      .click();
    await gui.page.getByText('Account key replaced').first().waitFor();
    await gui.takeScreenshots('settings-new-key');
  });

  it('continues when the window is closed, and shows the steps in the next one', async () => {
    const id = await wizard('live.example.com');
    for (let step = 0; step < 3; step += 1) await next();
    await button('Request certificate').click();
    await gui.page.waitForURL(/\/jobs\//);
    const address = gui.page.url();
    await gui.page.goto('about:blank');
    await expect
      .poll(async () => (await gui.app.call('GET', `/projects/${id}/certificate`)).body?.domain)
      .toBe('live.example.com');
    await gui.page.goto(address);
    await gui.page.getByText('Certificate issued').waitFor();
    await gui.page.getByText('Validation by the CA').waitFor();
  });

  it('works with the keyboard alone', async () => {
    await wizard('keys.example.com');
    await gui.page.getByRole('combobox', { name: 'Additional names (SANs)' }).waitFor();
    const active = () => gui.page.evaluate(() => document.activeElement?.textContent ?? '');
    await tabTo(gui.page, button('Continue'));
    await gui.page.keyboard.press('Enter');
    await expect.poll(active).toContain('Step 2 of 4: Validation');
    await tabTo(gui.page, gui.page.getByRole('radio', { name: /HTTP-01/ }));
    await gui.page.keyboard.press('ArrowDown');
    expect(await gui.page.getByRole('radio', { name: /DNS-01/ }).isChecked()).toBe(true);
    await gui.page.keyboard.press('ArrowUp');
    await tabTo(gui.page, button('Test reachability'));
    await gui.page.keyboard.press('Enter');
    await gui.page.getByText('127.0.0.1 reaches this Certdesk').waitFor();
    await tabTo(gui.page, button('Continue'));
    await gui.page.keyboard.press('Enter');
    await expect.poll(active).toContain('Step 3 of 4: Options');
    await tabTo(gui.page, gui.page.getByLabel('Account email'));
    await gui.page.keyboard.type('admin@example.com');
    await gui.page.keyboard.press('Enter'); // Enter continues a form
    await expect.poll(active).toContain('Step 4 of 4');
    await tabTo(gui.page, button('Request certificate'));
    await gui.page.keyboard.press('Enter');
    await gui.page.getByText('Certificate issued').waitFor();
  });
});

/** With Tab, as often as needed. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}
