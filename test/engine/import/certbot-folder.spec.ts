// Folders of certbot and Nginx Proxy Manager as their users have them: what is found, and how it would be renewed.
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT_ID,
  credentialsOf,
  LE,
  notesOf,
  useClientFolder,
} from '../../support/engine/client-folder-rig.ts';
import { makeTestFolder, writeCertbotAccount, writeLineage } from '../../support/engine/import-folders.ts';
import { readLeafFacts } from '../../support/engine/leaf-facts.ts';

const DAY = 86_400_000;
const rig = useClientFolder();
const { issue, scan, scanOne } = rig;

describe('certbot', () => {
  const lineage = (params: readonly string[], more: Partial<Parameters<typeof writeLineage>[1]> = {}) =>
    writeLineage(rig.folder, {
      name: 'app.example.com',
      pair: rig.site,
      server: LE,
      accountId: ACCOUNT_ID,
      params,
      ...more,
    });
  const cloudflare = (path: string) => [
    'authenticator = dns-cloudflare',
    `dns_cloudflare_credentials = ${path}`,
  ];

  test('ends values at a comment, in the credentials file and in the renewal settings', async () => {
    await rig.folder.write('cf.ini', 'dns_cloudflare_api_token = "abc" # main\n');
    await lineage(cloudflare(`${rig.folder.path}/cf.ini # of the shop`), { server: `${LE} # production` });
    const found = await scanOne();
    expect(credentialsOf(found)).toEqual({ apiToken: 'abc' });
    expect(found.plan?.spec).toMatchObject({ ca: 'letsencrypt', staging: false });
  });

  test('imports the newest of NAME and NAME-0001 with the same names', async () => {
    const old = await issue('app.example.com', {
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + 300 * DAY),
    });
    await lineage(['authenticator = standalone'], { pair: old });
    await lineage(['authenticator = standalone'], { name: 'app.example.com-0001' });
    const found = await scan();
    const older = found.find(({ source }) => source === 'live/app.example.com');
    expect(older?.pair).toBe(null);
    expect(older?.problems).toEqual([
      'live/app.example.com-0001 has a newer certificate with the same names. Certdesk imports that one.',
    ]);
    expect(found.find(({ pair }) => pair !== null)?.source).toBe('live/app.example.com-0001');
  });

  test.each([
    ['https://acme-v01.api.letsencrypt.org/directory', false],
    ['https://acme-staging.api.letsencrypt.org/directory', true],
    ['', false],
  ])('maps the server %j to the directory that certbot itself continues with', async (server, staging) => {
    const key = await rig.openssl.makeKey('rsa-2048');
    const place = server === '' ? new URL(LE).host + new URL(LE).pathname : server.slice('https://'.length);
    await writeCertbotAccount(rig.folder, { place, id: ACCOUNT_ID, key, url: 'https://ca/acct/1' });
    await lineage(['authenticator = standalone'], { server });
    const found = await scanOne();
    expect(found.plan).toMatchObject({ autoRenew: true, spec: { ca: 'letsencrypt', staging } });
    expect(found.plan?.directoryUrl).toMatch(/^https:\/\/acme-(staging-)?v02\./);
    expect(found.plan?.renewal.account).toMatchObject({ url: 'https://ca/acct/1' });
  });

  test('does not turn on auto-renewal for a CA that has closed its ACME service', async () => {
    await lineage(['authenticator = standalone'], { server: 'https://api.buypass.com/acme/directory' });
    const found = await scanOne();
    expect(found.plan?.autoRenew).toBe(false);
    expect(notesOf(found)).toContain('Auto-renewal is off: Buypass issues no more certificates');
  });

  test('finds credentials with a container’s path below the root of the tree', async () => {
    await rig.folder.write('credentials/credentials-1', 'dns_cloudflare_api_token=abc');
    await lineage(cloudflare('/elsewhere/credentials/credentials-1'));
    expect(credentialsOf(await scanOne())).toEqual({ apiToken: 'abc' });
  });

  test('does not follow a path that leaves the tree by its old root', async () => {
    const other = await makeTestFolder();
    await other.write('cf.ini', 'dns_cloudflare_api_token = abc\n');
    await rig.folder.link('cf.ini', `${other.path}/cf.ini`);
    await lineage(cloudflare('/elsewhere/cf.ini'));
    const found = await scanOne();
    await other.remove();
    expect(notesOf(found)).toContain('/elsewhere/cf.ini cannot be read');
  });

  test('reads the project of the zone for dns-google, and says that no file is named', async () => {
    const file = { type: 'service_account', project_id: 'own', client_email: 'a@b.iam', private_key: 'key' };
    await rig.folder.write('google.json', JSON.stringify(file));
    const params = ['authenticator = dns-google', 'dns_google_project = zones'];
    await lineage([...params, `dns_google_credentials = ${rig.folder.path}/google.json`]);
    expect(credentialsOf(await scanOne())).toMatchObject({ projectId: 'zones' });
    await lineageAgain([...params, 'dns_google_credentials = None']);
    const found = await scanOne();
    expect(found.plan).toMatchObject({ autoRenew: false, spec: { dnsProvider: 'google' } });
    expect(notesOf(found)).toContain('Application Default Credentials');
    expect(notesOf(found)).not.toContain('credentials file ');
  });

  test('imports the Global API Key of Cloudflare, with the advice to create a token', async () => {
    const ini = 'dns_cloudflare_email = me@example.com\ndns_cloudflare_api_key = 0123456789abcdef\n';
    await rig.folder.write('cf.ini', ini);
    await lineage(cloudflare(`${rig.folder.path}/cf.ini`));
    const found = await scanOne();
    expect(credentialsOf(found)).toEqual({ email: 'me@example.com', apiKey: '0123456789abcdef' });
    expect(found.plan?.autoRenew).toBe(true);
    expect(notesOf(found)).toContain('Create an API token');
  });

  test.each(['no key', 'the key of another', 'a certificate that is cut'])(
    'reads the newest whole generation if the newest has %s',
    async (fault) => {
      const other = await issue('app.example.com');
      const at = 'archive/app.example.com';
      await rig.folder.write(`${at}/fullchain9.pem`, rig.site.certificate);
      await rig.folder.write(`${at}/privkey9.pem`, rig.site.privateKey);
      const cut = fault.startsWith('a certificate');
      await rig.folder.write(
        `${at}/fullchain10.pem`,
        cut ? other.certificate.slice(0, 300) : other.certificate,
      );
      if (fault !== 'no key') {
        await rig.folder.write(`${at}/privkey10.pem`, cut ? other.privateKey : rig.site.privateKey);
      }
      await rig.folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
      const found = await scanOne();
      expect(found.pair).not.toBe(null);
      expect(found.source).toBe(`${at}/fullchain9.pem`);
      expect(notesOf(found)).toContain(
        'has no complete version 10 (certificate and matching key). Certdesk imports version 9',
      );
    },
  );

  test.each([
    ['stayed behind (certbot #3288)', 2, 3],
    ['went back to an older number (certbot #10655)', 34, 1],
  ])(
    'imports the certificate that was issued last if the links of live/ %s',
    async (_why, linked, newest) => {
      const old = await issue('app.example.com', {
        notBefore: new Date(Date.now() - 100 * DAY),
        notAfter: new Date(Date.now() - 10 * DAY),
      });
      for (const [number, pair] of [
        [linked, old],
        [newest, rig.site],
      ] as const) {
        await rig.folder.write(`archive/app.example.com/fullchain${number}.pem`, pair.certificate);
        await rig.folder.write(`archive/app.example.com/privkey${number}.pem`, pair.privateKey);
      }
      for (const what of ['fullchain', 'privkey'])
        await rig.folder.link(
          `live/app.example.com/${what}.pem`,
          `../../archive/app.example.com/${what}${linked}.pem`,
        );
      await rig.folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
      const found = await scanOne();
      expect(found.pair?.leaf.serial).toBe(readLeafFacts(rig.site.certificate).serial);
      expect(found.source).toBe(`archive/app.example.com/fullchain${newest}.pem`);
      expect(notesOf(found)).toContain(`Certdesk imports the newest, version ${newest}`);
    },
  );

  test('reads live/ without links, as in a backup (Nginx Proxy Manager #1199)', async () => {
    await rig.folder.write('live/app.example.com/fullchain.pem', rig.site.certificate);
    await rig.folder.write('live/app.example.com/privkey.pem', rig.site.privateKey);
    await rig.folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
    expect((await scanOne()).source).toBe('live/app.example.com');
  });

  async function lineageAgain(params: readonly string[]): Promise<void> {
    await rig.emptyFolder();
    await lineage(params);
  }
});
