// Import with clicks: folders of certbot, acme.sh, lego and of PEM files are scanned, their certificates are imported,
// each with its result.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  makeTestFolder,
  type TestFolder,
  writeAcmeSh,
  writeCertbotAccount,
  writeLego,
  writeLineage,
} from '../support/engine/import-folders.ts';
import { axeViolations } from '../support/gui/axe.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const LE = 'https://acme-v02.api.letsencrypt.org/directory';
const TOKEN = 'cf-token-that-must-stay-secret';
const accountId = '0123456789abcdef0123456789abcdef';

/** The folders of the other clients, by the page's name for each, and the displayed renewal method. */
const OTHERS = {
  'acme.sh': {
    domain: 'acme-sh.example.com',
    renewal: /DNS-01, Cloudflare.*Automatic/,
    async write(folder: TestFolder, domain: string, pair: CertifiedKey) {
      await folder.write('account.conf', `ACCOUNT_EMAIL='me@example.com'\nSAVED_CF_Token='${TOKEN}'\n`);
      const conf = { Le_API: LE, Le_Webroot: 'dns_cf', Le_Keylength: 'ec-256' };
      await writeAcmeSh(folder, { name: domain, at: `${domain}_ecc`, pair, conf });
    },
  },
  lego: {
    domain: 'lego.example.com',
    renewal: /HTTP-01.*Auto-renewal off/,
    write: (folder: TestFolder, domain: string, pair: CertifiedKey) =>
      writeLego(folder, {
        name: domain,
        pair,
        certUrl: 'https://acme-v02.api.letsencrypt.org/acme/cert/1',
      }),
  },
  'Certificates and keys': {
    domain: 'pem.example.com',
    renewal: /No renewal/,
    async write(folder: TestFolder, _domain: string, pair: CertifiedKey) {
      await folder.write('ssl/site.crt', pair.certificate);
      await folder.write('ssl/private/site.key', pair.privateKey);
    },
  },
} as const;

describeWith('chromium', 'the import page', () => {
  let openssl: OpenSsl;
  let folder: TestFolder;

  const gui = useGui(async (onStop) => {
    openssl = await createOpenSsl();
    onStop(() => openssl.remove());
    folder = await makeTestFolder();
    onStop(() => folder.remove());
    await fill();
    return startGuiApp();
  });

  async function fill(): Promise<void> {
    const ca = await openssl.createCa({ subject: "/O=Let's Encrypt/CN=E7" });
    const issue = (names: readonly string[], more: object = {}) =>
      openssl.issue({
        ca,
        subject: `/CN=${names[0]}`,
        san: names.map((name) => `DNS:${name}`),
        days: 80,
        ...more,
      });
    const key = await openssl.makeKey('rsa-2048');
    const place = 'acme-v02.api.letsencrypt.org/directory';
    await writeCertbotAccount(folder, {
      place,
      id: accountId,
      key,
      url: 'https://acme-v02.api.letsencrypt.org/acme/acct/1',
    });
    await folder.write('secrets/cf.ini', `dns_cloudflare_api_token = ${TOKEN}\n`);
    const of = { server: LE, accountId };
    const cloudflare = (file: string) => [
      'authenticator = dns-cloudflare',
      `dns_cloudflare_credentials = ${join(folder.path, file)}`,
    ];
    const web = await issue(['shop.example.com', 'www.shop.example.com']);
    await writeLineage(folder, {
      ...of,
      name: 'shop.example.com',
      pair: web,
      params: ['authenticator = webroot'],
    });
    const wild = await issue(['*.example.net', 'example.net']);
    await writeLineage(folder, {
      ...of,
      name: 'example.net',
      pair: wild,
      params: cloudflare('secrets/cf.ini'),
    });
    const lost = await issue(['mail.example.org']);
    await writeLineage(folder, {
      ...of,
      name: 'mail.example.org',
      pair: lost,
      params: cloudflare('secrets/gone.ini'),
    });
    const old = await issue(['old.example.com'], { notBefore: new Date(0), notAfter: new Date(86_400_000) });
    await writeLineage(folder, {
      ...of,
      name: 'old.example.com',
      pair: old,
      params: ['authenticator = standalone'],
    });
  }

  /** Axe in both colour schemes, and screenshots for developers. */
  async function check(name: string): Promise<void> {
    await gui.takeScreenshots(name);
    expect(await axeViolations(gui.page)).toEqual([]);
  }

  it('is linked from the empty screens and in the command palette', async () => {
    for (const screen of ['/', '/projects']) {
      await gui.open(screen);
      await gui.page.getByRole('main').getByRole('link', { name: 'Import', exact: true }).first().click();
      await gui.page.getByRole('heading', { name: 'Import certificates' }).waitFor();
    }
    await gui.open('/projects');
    await gui.page.keyboard.press('Control+k');
    await gui.page.getByPlaceholder('Search projects or run a command').fill('certbot');
    await gui.page.getByText('Import from certbot').click();
    await gui.page.getByRole('heading', { name: 'Import certificates' }).waitFor();
    await check('import');
  });

  it('reports at the field what is wrong with a folder', async () => {
    await gui.page.getByRole('button', { name: 'Scan folder' }).click();
    await gui.page.getByText('Enter a folder.').waitFor();
    await gui.page.getByRole('combobox', { name: 'Folder' }).fill('/no/such/folder');
    await gui.page.getByRole('button', { name: 'Scan folder' }).click();
    await gui.page.getByText('There is no such folder').waitFor();
    await check('import-no-folder');
  });

  it('shows what the folder holds, and what cannot be imported', async () => {
    await gui.page.getByRole('combobox', { name: 'Folder' }).fill(folder.path);
    await gui.page.getByRole('button', { name: 'Scan folder' }).click();
    await gui.page.getByText('certbot: 4 certificates found').waitFor();
    expect(await gui.page.getByLabel('Import old.example.com').isDisabled()).toBe(true);
    await check('import-found');
  });

  it('imports the selected certificates, and leaves the folder unchanged', async () => {
    const before = await folder.picture();
    await gui.page.getByLabel('Import mail.example.org').uncheck();
    await gui.page.getByRole('button', { name: 'Import 2 certificates' }).click();
    await gui.page.getByText('2 certificates imported').waitFor();
    await check('import-imported');
    expect(await folder.picture()).toEqual(before);
    expect((await gui.app.call('GET', '/projects')).body.total).toBe(2);
  });

  it('recognizes existing projects in the second scan', async () => {
    await gui.page.getByRole('button', { name: 'Scan another folder' }).click();
    await gui.page.getByRole('combobox', { name: 'Folder' }).fill(folder.path);
    await gui.page.getByRole('button', { name: 'Scan folder' }).click();
    await gui.page.getByText('certbot: 4 certificates found').waitFor();
    expect(await gui.page.getByText('Already imported').count()).toBe(2);
    await gui.page.setViewportSize({ width: 900, height: 900 });
    await check('import-again');
    const wider = await gui.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wider).toBe(false);
    await gui.page.getByRole('link', { name: 'Open shop.example.com' }).click();
    await gui.page.getByRole('heading', { name: 'shop.example.com' }).waitFor();
    await check('import-project');
  });

  it.each(Object.entries(OTHERS))('imports what %s leaves', async (client, { domain, renewal, write }) => {
    const other = await makeTestFolder();
    try {
      const ca = await openssl.createCa({ subject: '/CN=Some CA' });
      const pair = await openssl.issue({ ca, subject: `/CN=${domain}`, san: [`DNS:${domain}`], days: 80 });
      await write(other, domain, pair);
      const before = await other.picture();
      await gui.page.setViewportSize({ width: 1280, height: 900 });
      await gui.open('/projects');
      await gui.page.getByRole('main').getByRole('link', { name: 'Import', exact: true }).first().click();
      await gui.page.getByRole('combobox', { name: 'Folder' }).fill(other.path);
      await gui.page.getByRole('button', { name: 'Scan folder' }).click();
      await gui.page.getByText(`${client}: 1 certificate found`).waitFor();
      expect(await gui.page.getByRole('row').filter({ hasText: domain }).textContent()).toMatch(renewal);
      await check(`import-${client.toLowerCase().replaceAll(/[ .]/g, '-')}`);
      await gui.page.getByRole('button', { name: 'Import 1 certificate' }).click();
      await gui.page.getByText('1 certificate imported').waitFor();
      await gui.page.getByRole('link', { name: domain }).click();
      await gui.page.getByRole('heading', { name: domain }).waitFor();
      expect(await other.picture()).toEqual(before);
      const { body } = await gui.app.call('GET', `/projects?q=${domain}`);
      expect(body.projects?.['0']?.certificate).toMatchObject({ names: [domain] });
    } finally {
      await other.remove();
    }
  });

  it('shows no secret', async () => {
    for (const secret of [TOKEN, 'PRIVATE KEY']) expect(await gui.findSecret(secret)).toEqual([]);
  });
});
