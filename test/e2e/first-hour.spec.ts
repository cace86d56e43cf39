// An administrator's first hour, with clicks only: from the first sign-in to a certificate whose key is exported.
// Signing in is the first proof of identity, and the hour needs at most one more.
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/engine/webhook-receiver.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const MINUTE = 60_000;

describeWith(['pebble', 'bind9', 'chromium'], "an administrator's first hour", () => {
  let rig: DnsRig;
  let receiver: WebhookReceiver;
  let passed = 0;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig([{ name: 'example.com', bare: true, records: ['shop A 127.0.0.1'] }]);
    onStop(() => rig.stop());
    receiver = await startWebhookReceiver();
    onStop(() => receiver.stop());
    const clock = { now: () => new Date(Date.now() + passed) };
    return startGuiApp({ pebble: rig.pebble, staging: rig.pebble, platform: { dns: rig.dns, clock } });
  });

  const dialog = (title?: string): Locator =>
    title === undefined ? gui.page.getByRole('dialog') : gui.page.getByRole('dialog', { name: title });
  const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
  const button = (name: string | RegExp): Locator => gui.page.getByRole('button', { name, exact: true });
  const proofs = async (): Promise<number> => {
    const { body } = await gui.app.call('GET', '/audit?operation=sessions&limit=100');
    const entries = Object.values(body.entries ?? {}) as unknown as { operation: string; result: string }[];
    return entries.filter(
      ({ operation, result }) => result === 'ok' && /^sessions\.(begin|prove)$/.test(operation),
    ).length;
  };

  it('needs no second proof to set up settings, backups, a credential and a token', async () => {
    await gui.open('/settings/sessions');
    const sessions = panel('Sign-out');
    await sessions.getByLabel('Sign out when idle (minutes)').fill('90');
    await sessions.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await gui.app.app.engine.settings.get()).sessions.idleMinutes).toBe(90);
    passed += 4 * MINUTE;
    await gui.open('/backups');
    const backups = gui.page.getByRole('main');
    await backups.getByLabel('Folder').fill(`${gui.app.dataFolder}/elsewhere`);
    await backups.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await gui.app.app.engine.settings.get()).backup.folder)
      .toBe(`${gui.app.dataFolder}/elsewhere`);
    await backups.getByLabel('Passphrase', { exact: true }).fill('four words chosen by dice');
    await backups.getByRole('button', { name: 'Set passphrase' }).click();
    await expect
      .poll(async () => (await gui.app.call('GET', '/backups')).text)
      .toContain('"passphraseSet":true');
    passed += 4 * MINUTE;
    await gui.open('/dns-credentials');
    await button('New credential').first().click();
    await dialog().getByLabel('Name').fill('Cloudflare – shop');
    await dialog().getByLabel('API token').fill(String(rig.standIns.cloudflare.credentials.apiToken));
    await dialog()
      .getByRole('button', { name: /^(keep|save)$/i })
      .click();
    await gui.page.getByRole('cell', { name: 'Cloudflare – shop', exact: true }).waitFor();
    passed += 4 * MINUTE;
    await gui.open('/tokens');
    await button('New token').first().click();
    await dialog().getByLabel('Name').fill('monitoring');
    await dialog()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await expect
      .poll(async () => (await gui.app.app.engine.tokens.list()).map(({ name }) => name))
      .toContain('monitoring');
    await dialog()
      .getByRole('button', { name: /copied/i })
      .click();
    expect(await proofs()).toBe(1);
  });

  it('needs no proof for a channel, a project and its certificate', async () => {
    passed += 10 * MINUTE;
    await gui.open('/notifications');
    await gui.page.getByRole('button', { name: 'New channel' }).click();
    await dialog().getByText('Webhook', { exact: true }).click();
    await dialog().getByLabel('Name', { exact: true }).fill('On call');
    await dialog().getByLabel('Webhook URL', { exact: true }).fill(`${receiver.url}/hook`);
    await dialog().getByRole('button', { name: 'Save', exact: true }).click();
    await dialog().getByRole('button', { name: 'Done', exact: true }).click();
    passed += 10 * MINUTE;
    await gui.open('/projects');
    await gui.page.getByRole('link', { name: 'New certificate' }).first().click();
    await gui.page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill('shop.example.com');
    await gui.page.getByRole('radio', { name: /^HTTP-01/ }).click();
    await button('Request certificate').click();
    await gui.page.getByRole('link', { name: /^(see the|view) certificate$/i }).click({ timeout: 60_000 });
    await gui.page.getByText('SHA-256 fingerprint').first().waitFor();
    expect(await proofs()).toBe(1);
  });

  it('needs a second proof when the key is exported, and then saves the chosen file', async () => {
    passed += 20 * MINUTE;
    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Export' }).click();
    const form = dialog('Export');
    await form.getByRole('radio', { name: 'Private key only (PEM)' }).click();
    const saved = gui.page.waitForEvent('download');
    await form.getByRole('button', { name: 'Download' }).click();
    const proof = dialog('Confirm that it is you');
    await proof.getByLabel('Sign-in link').fill(await gui.app.app.signInLink());
    await proof.getByRole('button', { name: 'Confirm' }).click();
    expect(await readFile(await (await saved).path(), 'utf8')).toContain('PRIVATE KEY');
    expect(await proofs()).toBe(2);
  });
});
