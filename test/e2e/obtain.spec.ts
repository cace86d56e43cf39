// The form that requests a certificate, by mouse and keyboard: HTTP-01 with its test, DNS-01 with a provider's stand-in
// and by hand, failures at their fields, and steps that are still there after the window was closed.
import type { Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const ZONES = [
  {
    name: 'example.com',
    bare: true,
    records: ['profile A 127.0.0.1', 'keys A 127.0.0.1', 'closed A 127.0.0.2', 'live A 127.0.0.1'],
  },
];

describeWith(['pebble', 'bind9', 'chromium'], 'the request form', () => {
  let rig: DnsRig;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig(ZONES);
    onStop(() => rig.stop());
    return startGuiApp({ pebble: rig.pebble, staging: rig.pebble, platform: { dns: rig.dns } });
  });

  /** Pebble replaces Let's Encrypt here, under its own name. */
  const caName = (): string => new URL(rig.pebble.directoryUrl).host;
  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const names = (label = 'Domain names or IP addresses'): Locator =>
    gui.page.getByRole('textbox', { name: label });
  const summary = (): Locator => gui.page.getByRole('region', { name: 'Summary' });
  const advanced = () => gui.page.getByRole('button', { name: /^Advanced/ }).click();
  const request = () => button('Request certificate').click();
  const select = async (label: string, option: string): Promise<void> => {
    await gui.page.getByRole('combobox', { name: label }).click();
    await gui.page.getByRole('option', { name: option }).click();
  };
  /** Leaves the form of the test before, whatever was typed there: Playwright accepts the question of the browser. */
  const leave = () => gui.page.goto(`${gui.app.app.address}/icon.svg`);
  const openNew = async (typed: string): Promise<void> => {
    await leave();
    await gui.open('/new');
    await names().fill(typed);
  };
  const openAgain = async (domain: string, altNames: readonly string[] = []): Promise<string> => {
    const id = await gui.app.project(domain, altNames);
    await leave();
    await gui.open(`/projects/${id}/obtain`);
    return id;
  };
  /** The ID of the project whose page is open. */
  const openProject = (): string => /projects\/([^/]+)/.exec(gui.page.url())?.[1] ?? '';

  it('reports a name that does not lead here, and why the challenge failed', async () => {
    await openNew('closed.example.com nowhere.example.com');
    await gui.page.getByText('Port 80 of 127.0.0.2 is closed').waitFor();
    await gui.page.getByText('nowhere.example.com does not resolve').waitFor();
    await gui.takeScreenshots('obtain-unreachable');
    await request();
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
    await gui.page.getByRole('button', { name: /^Test (reachability|again)$/ }).click();
    await gui.page.getByText('Port 80 of 127.0.0.2 is closed').waitFor();
    await gui.takeScreenshots('obtain-failed');
    await gui.page.getByRole('link', { name: 'Try again' }).click();
    await expect.poll(() => names('Additional names (SANs)').inputValue()).toBe('nowhere.example.com');
  });

  it('requires dns-01 for a wildcard at once, and reports an invalid name at the field', async () => {
    await openAgain('wild.example.com');
    const typed = names('Additional names (SANs)');
    await typed.fill('bad_name');
    await typed.press('Tab');
    await gui.page.getByText('bad_name contains an underscore').waitFor();
    await typed.fill('*.wild.example.com');
    await gui.page.getByText('*.wild.example.com is a wildcard and requires DNS-01.').waitFor();
    expect(await gui.page.getByRole('radio', { name: /^HTTP-01/ }).isDisabled()).toBe(true);
    expect(await gui.page.getByRole('radio', { name: /^DNS-01/ }).isChecked()).toBe(true);
    await request();
    await gui.page.getByText('Select a DNS provider.').waitFor();
  });

  it('validates by dns-01 with the fields of the provider after a test, and never shows the secret again', async () => {
    const secret = String(rig.standIns.cloudflare.credentials.apiToken);
    await openNew('dns.example.com, *.dns.example.com');
    await select('DNS provider', 'Cloudflare');
    await request();
    await gui.page.getByText('API token is required.').waitFor();
    await gui.page.getByLabel('API token').fill('a-wrong-token-a-wrong-token-a-wrong-token');
    await button('Test credentials').click();
    await gui.page.getByRole('alert').waitFor();
    await gui.takeScreenshots('obtain-dns-refused');
    await gui.page.getByLabel('API token').fill(secret);
    expect(await gui.findSecret(secret)).toContain('fields'); // the search finds existing ones
    await button('Test credentials').click();
    await gui.page.getByText('Credentials verified').waitFor();
    await summary().getByText('checked over DNS with Cloudflare').waitFor();
    await gui.takeScreenshots('obtain-dns');
    await request();
    await gui.page.getByText('Certificate issued').waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
    const id = openProject();
    expect((await gui.app.call('GET', `/projects/${id}/certificate`)).body.names).toHaveLength(2);

    await gui.open(`/projects/${id}/obtain`);
    await select('Credentials', 'Stored with this project (Cloudflare)');
    await gui.page.getByText('The current certificate stays active until the new one is issued.').waitFor();
    await request();
    await gui.page.getByText('Certificate issued').waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
  });

  it('has new credentials again after the CA refused the request, and no longer once it is issued', async () => {
    const secret = String(rig.standIns.cloudflare.credentials.apiToken);
    await openNew('refused.example.org');
    await gui.page.getByRole('radio', { name: /^DNS-01/ }).click();
    await select('DNS provider', 'Cloudflare');
    await gui.page.getByLabel('API token').fill(secret);
    await request();
    await gui.page.getByRole('link', { name: 'Try again' }).click();
    await expect.poll(() => gui.page.getByLabel('API token').inputValue()).toBe(secret);
    await gui.open('/about');
    await gui.page.getByRole('heading', { name: 'About', level: 1 }).waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
  });

  it('shows the records to add, continues on confirmation, and says which to remove', async () => {
    await openNew('hand.example.com, *.hand.example.com');
    await gui.page.getByRole('radio', { name: /^Manual/ }).click();
    await summary().getByText('checked with TXT records that you create').waitFor();
    await gui.takeScreenshots('obtain-manual-form');
    await request();
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

  it('requires an external account at the field if the CA does', async () => {
    await openNew('eab.example.com');
    await advanced();
    await select('Certificate authority', 'ZeroSSL');
    await request();
    await gui.page.getByText('This CA requires it.').first().waitFor();
    await gui.takeScreenshots('obtain-eab');
    await select('Certificate authority', caName());
    await gui.page.getByLabel('Account email').fill('nobody');
    await request();
    await gui.page.getByText('nobody is not an email address.').waitFor();
  });

  it('warns about a preferred chain that ends at a root that clients do not have', async () => {
    await openNew('chain.example.com');
    await advanced();
    const chain = gui.page.getByRole('textbox', { name: 'Preferred chain' });
    await chain.fill('Root YE');
    await select('Certificate authority', 'Google Trust Services');
    expect(await chain.inputValue(), 'that of another CA').toBe('');
    await chain.fill('Root YE');
    await gui.page.getByText('ends at "Root YE", which is not in Mozilla’s root store').waitFor();
    await gui.takeScreenshots('obtain-chain');
    await select('Certificate authority', caName());
  });

  it('offers the profiles of the CA, and changes the account’s key in the settings', async () => {
    await openNew('profile.example.com');
    await advanced();
    await select('Profile', 'default');
    await gui.page.getByText('The profile default', { exact: true }).waitFor();
    await gui.page.getByRole('switch', { name: 'Require this profile' }).click();
    await gui.takeScreenshots('obtain-profile');
    await request();
    await gui.page.getByText('Certificate issued').waitFor();
    const { spec } = (await gui.app.call('GET', `/projects/${openProject()}/certificate/details`)).body;
    expect(spec).toMatchObject({ profile: 'default', profileUse: 'required' });
    await gui.open('/settings/authorities');
    await gui.page
      .getByRole('button', { name: /Replace key of the/ })
      .first()
      .click();
    await gui.page.getByText('Account key replaced').first().waitFor();
    await gui.takeScreenshots('settings-new-key');
  });

  it('continues when the window is closed, and shows the steps in the next one', async () => {
    const id = await openAgain('live.example.com');
    await request();
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
    await gui.open('/');
    await tabTo(gui.page, gui.page.getByRole('link', { name: 'New certificate' }));
    await gui.page.keyboard.press('Enter');
    await names().waitFor();
    await expect.poll(() => names().evaluate((field) => field === document.activeElement)).toBe(true);
    await gui.page.keyboard.type('keys.example.com');
    await tabTo(gui.page, gui.page.getByRole('radio', { name: /^HTTP-01/ }));
    await gui.page.keyboard.press('ArrowDown');
    expect(await gui.page.getByRole('radio', { name: /^DNS-01/ }).isChecked()).toBe(true);
    await gui.page.keyboard.press('ArrowUp');
    await gui.page.getByText('127.0.0.1 reaches this Certdesk').waitFor();
    await tabTo(gui.page, gui.page.getByRole('button', { name: /^Advanced/ }));
    await gui.page.keyboard.press('Enter');
    await tabTo(gui.page, gui.page.getByLabel('Account email'));
    await gui.page.keyboard.type('admin@example.com');
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
