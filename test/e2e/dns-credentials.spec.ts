// DNS credentials in the GUI: saved after a test, what a test reports as missing, the projects that use them, and no
// removal while in use.
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { GLOBAL_KEY } from '../support/dns/stand-ins/cloudflare.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9', 'chromium'], 'DNS credentials', () => {
  let rig: DnsRig;

  const gui = useGui(async (onStop) => {
    rig = await startDnsRig([
      { name: 'example.com' },
      // No server listens at the second address.
      { name: 'lame.example', nameServers: ['127.0.0.1', '127.0.0.2'] },
    ]);
    onStop(() => rig.stop());
    return startGuiApp({ pebble: rig.pebble, platform: { dns: rig.dns } });
  });

  const dialog = (): Locator => gui.page.getByRole('dialog');
  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const inDialog = (name: string): Locator => dialog().getByRole('button', { name, exact: true });
  const credentialId = async (): Promise<string> => {
    const { body } = await gui.app.call('GET', '/dns-credentials');
    return String(body.dnsCredentials?.['0']?.id);
  };
  const obtain = async (domain: string): Promise<string> => {
    const id = await gui.app.project(domain);
    const body = { challengeType: 'dns-01', keyType: 'ec', dnsCredentialId: await credentialId() };
    const answer = await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    expect(answer.status, answer.text).toBe(200);
    return id;
  };

  it('are tested before they are saved, name missing fields, and never return the secret', async () => {
    const secret = String(rig.standIns.cloudflare.credentials.apiToken);
    await gui.open('/dns-credentials');
    await gui.page.getByText('No credentials yet').waitFor();
    await button('New credential').first().click();
    await dialog().getByLabel('Name').fill('Cloudflare of the shop');
    await dialog().getByLabel('API token').fill(secret);
    rig.standIns.cloudflare.deny('add');
    await inDialog('Test credentials').click();
    const alert = dialog().getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('This permission is missing: DNS:Edit.');
    await gui.takeScreenshots('dns-credential-lacking');
    rig.standIns.cloudflare.deny();
    await inDialog('Test credentials').click();
    await dialog().getByText('Credentials verified', { exact: true }).waitFor();
    await inDialog('Save').click();
    await gui.page.getByText('DNS credential saved').waitFor();
    await gui.page.getByRole('cell', { name: 'Cloudflare of the shop', exact: true }).waitFor();
    await gui.page.getByRole('cell', { name: 'Not used' }).waitFor();
    expect(await gui.findSecret(secret)).toEqual([]);
  });

  it('accept the Cloudflare Global API Key, with the advice to create a token', async () => {
    await gui.open('/projects');
    await gui.open('/dns-credentials');
    await button('New credential').first().click();
    await dialog().getByText('Instead of API token').waitFor();
    await dialog().getByLabel('Account email address').fill(GLOBAL_KEY.email);
    await dialog().getByLabel('Global API Key').fill(GLOBAL_KEY.apiKey);
    await inDialog('Test credentials').click();
    await dialog().getByText('Create an API token for these zones, and use that instead').waitFor();
    await gui.takeScreenshots('dns-credential-global-key');
    await inDialog('Cancel').click();
  });

  it('offer to ask only resolvers in a job that fails on one unreachable name server', async () => {
    const before = await gui.app.call('PATCH', '/settings', { body: { dns: { propagationTimeout: 1 } } });
    expect(before.status, before.text).toBe(200);
    const id = await gui.app.project('lame.example');
    const body = { challengeType: 'dns-01', keyType: 'ec', dnsCredentialId: await credentialId() };
    const failed = await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    expect(failed.body, failed.text).toMatchObject({ code: 'DNS_PROPAGATION_TIMEOUT' });
    const { body: jobs } = await gui.app.call('GET', `/jobs?projectId=${id}`);
    await gui.open(`/projects/${id}/jobs/${jobs.jobs?.['0']?.id}`);
    await gui.page.getByText('Repair ns2.lame.example').waitFor();
    await gui.takeScreenshots('job-lame-name-server');
    await button('Skip name servers, check resolvers only').click();
    await gui.page.getByText('Settings saved').waitFor();
    expect((await gui.app.call('GET', '/settings')).body).toMatchObject({
      dns: { propagationCheck: 'resolvers' },
    });
    expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    const settings = { dns: { propagationTimeout: null, propagationCheck: 'authoritative' } };
    await gui.app.call('PATCH', '/settings', { body: settings });
    expect((await gui.app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
    expect((await gui.app.call('DELETE', `/projects/${id}`)).status).toBe(200);
  });

  it('are limited to projects and zones, and show it', async () => {
    const project = await gui.app.project('limited.example.com');
    await gui.open('/projects');
    await gui.open('/dns-credentials');
    await gui.page.getByText('All zones').waitFor();
    await button('Limit Cloudflare of the shop').click();
    await dialog().getByLabel('Limit to projects').first().click();
    await gui.page.getByRole('option', { name: 'limited.example.com' }).click();
    await gui.page.keyboard.press('Escape'); // the list, not the dialog
    await dialog().getByLabel('Limit to zones').first().fill('example.com');
    await dialog().getByLabel('Limit to zones').first().press('Enter');
    await gui.takeScreenshots('dns-credential-limits');
    await inDialog('Save limits').click();
    await gui.page.getByText('Limits saved').waitFor();
    await gui.page.getByRole('cell', { name: /1 project.*example\.com/ }).waitFor();
    const path = `/dns-credentials/${await credentialId()}`;
    expect((await gui.app.call('GET', path)).body).toMatchObject({
      projectIds: [project],
      zones: ['example.com'],
    });
    // The dialog knows the saved fields, by name.
    await button('Limit Cloudflare of the shop').click();
    await dialog().getByText('limited.example.com').waitFor();
    await gui.page.keyboard.press('Escape');
    await gui.app.call('PATCH', path, { body: { projectIds: null, zones: null } });
    expect((await gui.app.call('DELETE', `/projects/${project}`)).status).toBe(200);
  });

  it('cannot be removed while in use; the dialog lists and links the projects', async () => {
    const id = await obtain('one.example.com');
    await gui.open('/projects');
    await gui.open('/dns-credentials');
    await gui.page.getByRole('link', { name: 'one.example.com' }).waitFor();
    await button('Remove Cloudflare of the shop').click();
    await dialog().getByText('These projects use it.').waitFor();
    expect(await inDialog('Remove').isDisabled()).toBe(true);
    await gui.takeScreenshots('dns-credential-in-use');
    await dialog().getByRole('link', { name: 'one.example.com' }).click();
    await gui.page.waitForURL(new RegExp(`/projects/${id}`));
    expect((await gui.app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
  });

  it('cannot be removed if a project starts to use them meanwhile; the refusal names it', async () => {
    await gui.open('/projects');
    await gui.open('/dns-credentials');
    await gui.page.getByRole('cell', { name: 'Not used' }).waitFor();
    await button('Remove Cloudflare of the shop').click();
    await dialog().getByText('The values are deleted').waitFor();
    const id = await obtain('two.example.com');
    await inDialog('Remove').click();
    const alert = dialog().getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('two.example.com');
    await gui.takeScreenshots('dns-credential-in-use-meanwhile');
    expect((await gui.app.call('GET', `/dns-credentials/${await credentialId()}`)).status).toBe(200);
    await inDialog('Cancel').click();
    expect((await gui.app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
  });

  it('are removed when no project uses them', async () => {
    await gui.open('/projects');
    await gui.open('/dns-credentials');
    await gui.page.getByRole('cell', { name: 'Not used' }).waitFor();
    await button('Remove Cloudflare of the shop').click();
    await inDialog('Remove').click();
    await gui.page.getByText('DNS credential removed').waitFor();
    await gui.page.getByText('No credentials yet').waitFor();
    expect((await gui.app.call('GET', '/dns-credentials')).body.dnsCredentials).toHaveLength(0);
  });
});
