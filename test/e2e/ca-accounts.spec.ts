// The accounts at CAs in the settings: one that was deactivated at its CA is replaced there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'the page of CA accounts', () => {
  let pebble: Pebble;
  let app: TestApp;
  let ports: EnginePorts;
  let gui: GuiPage;

  beforeAll(async () => {
    await buildGui();
    pebble = await startPebble();
    const around = (given: EnginePorts): EnginePorts => {
      ports = given;
      return given;
    };
    app = await startApp({ pebble, platform: { guiFolder: GUI_FOLDER, around } });
    const id = await app.project('account.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    gui = await openGui(app.app);
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
    await pebble?.stop();
  });

  const account = async () => {
    const [first] = await ports.stores.accounts.list();
    if (first === undefined) throw new Error('there is no account');
    return first.account;
  };

  it('names a CA without a name by its host, keeps an account in use, and replaces a deactivated one', async () => {
    const { page } = gui;
    const { host } = new URL(pebble.directoryUrl);
    await gui.open('/settings');
    const replace = page.getByRole('button', { name: `Replace the account at ${host}` });
    const dialog = page.getByRole('dialog');
    await replace.click();
    await gui.takeScreenshots('replace-account');
    await dialog.getByRole('button', { name: 'Replace account' }).click();
    await dialog.getByText('The CA still accepts this account', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');

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
    await page.getByText('The account was replaced').waitFor();
    expect((await account()).url).not.toBe(url);
  });
});
