// The accounts at CAs in the settings: one that was deactivated at its CA is replaced.
import { expect, it } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'the page of CA accounts', () => {
  let pebble: Pebble;
  let ports: EnginePorts;

  const gui = useGui(async (onStop) => {
    pebble = await startPebble();
    onStop(() => pebble.stop());
    const around = (given: EnginePorts): EnginePorts => {
      ports = given;
      return given;
    };
    const app = await startGuiApp({ pebble, platform: { around } });
    const id = await app.project('account.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    return app;
  });

  const account = async () => {
    const [first] = await ports.stores.accounts.list();
    if (first === undefined) throw new Error('there is no account');
    return first.account;
  };

  it('names a CA without a name by its host, keeps an account in use, and replaces a deactivated one', async () => {
    const { host } = new URL(pebble.directoryUrl);
    await gui.open('/settings/authorities');
    const replace = gui.page.getByRole('button', { name: `Replace account at ${host}` });
    const dialog = gui.page.getByRole('dialog');
    // A project whose DNS names the account is said before.
    const issued = (await ports.stores.overview.metered(null))[0]?.projectId ?? '';
    const certificate = await ports.stores.certificates.active(issued);
    if (certificate?.spec == null) throw new Error('there is no certificate');
    const name = 'persist.example.com';
    const projectId = await gui.app.project(name);
    const spec = { ...certificate.spec, names: [name], challengeType: 'dns-persist-01' as const };
    const bound = { ...certificate, id: 'bound', projectId, domain: name, names: [name], spec };
    await ports.stores.certificates.activate(bound);
    await replace.click();
    await dialog.getByText('1 certificate has DNS records that name the old account').waitFor();
    await dialog.getByText(`_validation-persist.${name}`, { exact: false }).waitFor();
    await gui.takeScreenshots('replace-account');
    await dialog.getByRole('button', { name: 'Replace account' }).click();
    await dialog.getByText('The CA still accepts this account', { exact: false }).first().waitFor();
    await gui.page.keyboard.press('Escape');

    const { id, url, keySealed, directoryUrl } = await account();
    const accountKey = await ports.vault.open(keySealed, `account:${id}`);
    const { signal } = new AbortController();
    const session = ports.acme.session({ directoryUrl, accountKey, accountUrl: url, signal });
    await session.deactivateAuthorization(url ?? ''); // the same request, to the account's address

    await replace.click();
    await dialog.getByLabel('HMAC key').fill('abc');
    await dialog.getByRole('button', { name: 'Replace account' }).click();
    await dialog.getByText('Enter the key ID', { exact: false }).first().waitFor();
    await dialog.getByLabel('HMAC key').fill('');
    await dialog.getByRole('button', { name: 'Replace account' }).click();
    await gui.page.getByText('The account was replaced').waitFor();
    expect((await account()).url).not.toBe(url);
  });
});
