// Manual actions on a certificate: upload of good and bad files by drop, export, renew, revoke with the typed domain,
// remove and undo.
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

interface Dropped {
  readonly name: string;
  readonly content: string;
}

describeWith(['pebble', 'chromium'], 'a certificate in the GUI', () => {
  let pebble: Pebble;
  let openssl: OpenSsl;
  let leaf: CertifiedKey;
  let intermediate: CertifiedKey;

  const gui = useGui(async (onStop) => {
    openssl = await createOpenSsl();
    onStop(() => openssl.remove());
    const root = await openssl.createCa({ subject: '/O=Test Trust/CN=Test Root' });
    intermediate = await openssl.createCa({ subject: '/O=Test Trust/CN=Test Intermediate', ca: root });
    leaf = await openssl.issue({
      subject: '/CN=up.example.com',
      san: ['DNS:up.example.com', 'DNS:www.up.example.com'],
      ca: intermediate,
    });
    pebble = await startPebble();
    onStop(() => pebble.stop());
    return startGuiApp({ pebble });
  });

  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const drop = async (...files: readonly Dropped[]): Promise<void> => {
    const dataTransfer = await gui.page.evaluateHandle((all) => {
      const transfer = new DataTransfer();
      for (const { name, content } of all) {
        transfer.items.add(new File([Uint8Array.from(content, (char) => char.charCodeAt(0))], name));
      }
      return transfer;
    }, files);
    await gui.page.getByTestId('drop').dispatchEvent('drop', { dataTransfer });
  };
  const upload = async (domain: string): Promise<string> => {
    const id = await gui.app.project(domain);
    await gui.open(`/projects/${id}/upload`);
    await gui.page.getByTestId('drop').waitFor();
    return id;
  };
  const stored = async (id: string) => (await gui.app.call('GET', `/projects/${id}/certificate`)).body;

  it('is uploaded from two dropped files after a preview', async () => {
    const id = await upload('up.example.com');
    await gui.takeScreenshots('upload-empty');
    await drop({ name: 'up.crt', content: leaf.certificate });
    await gui.page.getByText('Private key missing').waitFor();
    await drop({ name: 'up.key', content: leaf.privateKey });
    await gui.page.getByText('Ready to upload, with warnings').waitFor();
    await gui.page.getByText('www.up.example.com', { exact: true }).waitFor();
    await gui.takeScreenshots('upload-warning');
    await drop({ name: 'chain.pem', content: intermediate.certificate });
    await gui.page.getByText('chain.pem').waitFor();
    expect(await stored(id)).toBeNull();
    await gui.page.getByText('Ready to upload').or(gui.page.getByText('with warnings')).waitFor();
    await button('Upload').click();
    await gui.page.getByText('SHA-256 fingerprint').first().waitFor();
    expect(await stored(id)).toMatchObject({ domain: 'up.example.com', type: 'custom' });
    const line = leaf.privateKey.split('\n')[1] ?? '';
    expect(line.length).toBeGreaterThan(40);
    expect(await gui.findSecret(line)).toEqual([]);
  });

  it('is uploaded without a project, which is created with its names, and refused a second time', async () => {
    const bought = await openssl.issue({
      subject: '/CN=bought.example.com',
      san: ['DNS:bought.example.com', 'DNS:www.bought.example.com'],
      ca: intermediate,
    });
    const start = async (): Promise<void> => {
      await gui.open('/new/upload');
      await gui.page.getByTestId('drop').waitFor();
      await drop(
        { name: 'bought.pem', content: bought.certificate + intermediate.certificate },
        { name: 'bought.key', content: bought.privateKey },
      );
      await gui.page.getByText('Ready to upload').first().waitFor();
      await button('Upload').click();
    };
    await start();
    await gui.page.waitForURL(/#\/projects\/[^/]+\?tab=certificate$/);
    const { body } = await gui.app.call('GET', '/projects?q=bought');
    const [project] = Object.values(body.projects ?? {}) as unknown as { id: string }[];
    expect(project).toMatchObject({
      domain: 'bought.example.com',
      altNames: ['www.bought.example.com'],
      certificate: { type: 'custom', autoRenew: false },
    });
    await gui.open('/about');
    await start();
    const there = gui.page.getByRole('link', { name: 'Continue in bought.example.com' });
    await there.waitFor();
    expect(await there.getAttribute('href')).toContain(`/projects/${project?.id}/upload`);
    expect((await gui.app.call('GET', '/projects?q=bought')).body.total).toBe(1);
  });

  it('is uploaded as a PFX with its password, and a wrong password is reported at the field', async () => {
    const id = await upload('up.example.com');
    const [key, cert] = [await openssl.file(leaf.privateKey), await openssl.file(leaf.certificate)];
    const args = ['pkcs12', '-export', '-inkey', key, '-in', cert, '-passout', 'pass:right horse'];
    await drop({ name: 'up.pfx', content: await openssl.run(args) });
    const password = gui.page.getByLabel('File or key password');
    await password.fill('wrong horse');
    await password.press('Enter');
    await gui.page.getByText('Wrong password.').waitFor();
    await gui.takeScreenshots('upload-password');
    await password.fill('right horse');
    await button('Unlock').click();
    await gui.page.getByText('PFX (PKCS#12): 1 certificate and the private key').waitFor();
    await gui.page.getByText('Valid to').waitFor();
    await button('Upload').click();
    await gui.page.getByText('SHA-256 fingerprint').first().waitFor();
    expect(await stored(id)).toMatchObject({ type: 'custom' });
    expect(await gui.findSecret('right horse')).toEqual([]);
  });

  it('is uploaded from pasted text, which leaves the field afterwards', async () => {
    await upload('up.example.com');
    const field = gui.page.getByLabel('Or paste text');
    await field.fill(leaf.certificate + leaf.privateKey);
    await gui.page.getByText('Pasted text').waitFor();
    expect(await field.inputValue()).toBe('');
    await gui.page.getByText('Valid to').waitFor();
    await button('Remove Pasted text').click();
    expect(await button('Upload').isDisabled()).toBe(true);
  });

  it('is recognized by its content, and files of no use are named', async () => {
    await upload('up.example.com');
    const chain = await openssl.file(leaf.certificate + intermediate.certificate);
    const bag = await openssl.run(['crl2pkcs7', '-nocrl', '-certfile', chain, '-outform', 'DER']);
    const key = Buffer.from(leaf.privateKey, 'utf16le').toString('latin1');
    await drop(
      { name: 'store.txt', content: '\xfe\xed\xfe\xed\0\0\0\x02' },
      { name: 'bag.key', content: bag },
    );
    await gui.page.getByText('store.txt cannot be used: it is a Java KeyStore (JKS)').waitFor();
    await gui.page.getByText('bag.key: 2 certificates').waitFor();
    await gui.takeScreenshots('upload-recognized');
    await drop({ name: 'key.crt', content: key });
    await gui.page.getByText('Valid to').waitFor();
    await button('Remove bag.key').click();
    await gui.page.getByText('Certificate missing').waitFor();
    const field = gui.page.getByLabel('Or paste text');
    await field.fill(Buffer.from(leaf.certificate).toString('base64'));
    await field.blur();
    await gui.page.getByText('Valid to').waitFor();
    expect(await field.inputValue()).toBe('');
  });

  it('is refused with a clear message for invalid data, another domain, or another key', async () => {
    await upload('other.example.com');
    await drop({ name: 'photo.png', content: '\x89PNG\r\n\x1a\n' });
    await gui.page.getByText('photo.png cannot be used: it is an image.').waitFor();
    await gui.takeScreenshots('upload-nonsense');
    await drop({ name: 'both.pem', content: leaf.certificate + leaf.privateKey });
    await gui.page.getByText('Certificate is not valid for domain other.example.com').waitFor();
    await gui.page.getByRole('alert').getByText('up.example.com', { exact: true }).waitFor(); // the domain that it is valid for
    await gui.takeScreenshots('upload-refused');
    expect(await button('Upload').isDisabled()).toBe(true);
    await button('Remove both.pem').click();
    const key = await openssl.makeKey('ec-256');
    await drop({ name: 'a.crt', content: leaf.certificate }, { name: 'b.key', content: key });
    await gui.page.getByText('Certificate and private key do not match').waitFor();
  });

  it('is exported as a PFX under a typed password, as DER, and as a key, which the activity records', async () => {
    const id = await gui.app.project('export.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    await gui.open(`/projects/${id}`);
    const dialog = gui.page.getByRole('dialog');
    const open = async (format: string): Promise<void> => {
      await button('Actions').click();
      await gui.page.getByRole('menuitem', { name: 'Export' }).click();
      await dialog.getByRole('radio', { name: format, exact: false }).click();
    };
    const download = async (): Promise<string> => {
      const [file] = await Promise.all([
        gui.page.waitForEvent('download'),
        dialog.getByRole('button', { name: 'Download' }).click(),
      ]);
      return (await readFile(await file.path())).toString('latin1');
    };
    await open('Certificate, chain and private key (PFX)');
    expect(await dialog.getByRole('button', { name: 'Download' }).isDisabled()).toBe(true);
    await dialog.getByText('This export is recorded in the audit log').waitFor();
    await gui.takeScreenshots('export');
    await dialog.getByLabel('File password').fill('typed by hand');
    const pfx = await openssl.file(Uint8Array.from(Buffer.from(await download(), 'latin1')));
    expect(await openssl.run(['pkcs12', '-in', pfx, '-nodes', '-passin', 'pass:typed by hand'])).toContain(
      'PRIVATE KEY',
    );
    expect(await gui.findSecret('typed by hand')).toEqual([]);
    await open('Certificate only (DER)');
    const der = await openssl.file(Uint8Array.from(Buffer.from(await download(), 'latin1')));
    expect(
      await openssl.run(['x509', '-inform', 'DER', '-in', der, '-noout', '-ext', 'subjectAltName']),
    ).toContain('export.example.com');
    await open('Certificate and chain without the key (PFX)');
    expect(await dialog.getByLabel('File password').count()).toBe(0);
    await download();
    const audit = await gui.app.call('GET', '/audit?limit=50');
    expect(audit.text.match(/certificates\.export/g)).toHaveLength(1);
  });

  it('is renewed, removed and restored, and revoked after the domain is typed', async () => {
    const id = await gui.app.project('life.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    const first = (await stored(id)).serial;
    await gui.open(`/projects/${id}`);
    await button('Renew').click();
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Renew now' }).click();
    await gui.page.getByText('Certificate renewed').waitFor();
    expect((await stored(id)).serial).not.toBe(first);
    await gui.page.getByRole('link', { name: 'View project' }).click();

    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Remove certificate' }).click();
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Remove certificate' }).click();
    await gui.page.getByText('Certificate removed').waitFor();
    expect(await stored(id)).toBeNull();
    await button('Undo').click();
    await gui.page.getByText('Certificate restored').waitFor();
    expect(await stored(id)).toMatchObject({ domain: 'life.example.com' });

    // After the notification has closed, the project's page still offers to undo for the 30 days.
    expect((await gui.app.call('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
    await button('Restore').click();
    await gui.page.getByText('Renews automatically').first().waitFor();
    expect(await stored(id)).toMatchObject({ domain: 'life.example.com' });

    await gui.page.mouse.move(640, 700); // a notification stays while the mouse is over it
    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Revoke' }).click();
    const dialog = gui.page.getByRole('dialog');
    // It renews automatically, so a replacement is offered.
    await dialog.getByLabel('Issue a replacement first').uncheck();
    const revoke = dialog.getByRole('button', { name: 'Revoke permanently' });
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByLabel('Type life.example.com to confirm').fill('life.example.org');
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByLabel('Type life.example.com to confirm').fill('life.example.com');
    await gui.takeScreenshots('revoke');
    await revoke.click();
    await gui.page.getByText('Certificate revoked').waitFor();
    expect(await stored(id)).toMatchObject({ status: 'revoked' });
  });

  it('is replaced before it is revoked; an earlier version is revoked from the history', async () => {
    const id = await gui.app.project('swap.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
    expect((await gui.app.call('POST', `/projects/${id}/certificate/renew`)).status).toBe(200);
    const versions = async () =>
      (await gui.app.call('GET', `/projects/${id}/certificate/versions`)).body.versions;
    const second = (await stored(id)).serial;
    await gui.open(`/projects/${id}`);
    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Revoke' }).click();
    const dialog = gui.page.getByRole('dialog');
    const replace = dialog.getByLabel('Issue a replacement first');
    const choose = async (reason: string) => {
      await dialog.getByRole('combobox', { name: 'Reason' }).click();
      await gui.page.getByRole('option', { name: reason }).click();
    };
    expect(await replace.isChecked()).toBe(true);
    await choose('Site shut down');
    expect(await replace.isChecked()).toBe(false);
    await choose('Private key compromised');
    expect(await replace.isChecked()).toBe(true);
    await dialog.getByLabel('Type swap.example.com to confirm').fill('swap.example.com');
    await gui.takeScreenshots('revoke-replace');
    await dialog.getByRole('button', { name: 'Replace and revoke' }).click();
    await gui.page.getByText('Certificate replaced; the previous one is revoked').waitFor();
    await gui.takeScreenshots('revoke-replaced');
    expect(await stored(id)).toMatchObject({ status: 'valid', autoRenew: true });
    expect((await stored(id)).serial).not.toBe(second);

    await gui.open(`/projects/${id}?tab=history`);
    await gui.page.getByRole('button', { name: 'Revoke', exact: true }).click(); // of the first: the second is revoked
    await gui.page.getByText('Revoke this previous version?').waitFor();
    expect(await dialog.getByLabel('Issue a replacement first').count()).toBe(0);
    await dialog.getByLabel('Type swap.example.com to confirm').fill('swap.example.com');
    await dialog.getByRole('button', { name: 'Revoke permanently' }).click();
    await gui.page.getByText('Certificate revoked').waitFor();
    expect(await versions()).toMatchObject([
      { state: 'active', revokedAt: null },
      { state: 'superseded', revocationReason: 'keyCompromise' },
      { state: 'superseded', revocationReason: 'unspecified' },
    ]);
  });

  it('has diagnostics to copy', async () => {
    await gui.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await gui.open('/about');
    await button('Copy diagnostics').click();
    await button('Copied').waitFor();
    const copied = JSON.parse(await gui.page.evaluate(() => navigator.clipboard.readText()));
    expect(copied).toMatchObject({ version: '0.0.0-test', secretStore: { kind: 'sealed-file' } });
    await gui.takeScreenshots('about');
  });
});
