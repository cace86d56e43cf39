// Folders as real users of certbot, acme.sh, lego and Nginx Proxy Manager have them: what is found in them, and how it
// would be renewed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Evaluated } from '../../../src/main/engine/import/evaluate.ts';
import { scanFolder } from '../../../src/main/engine/import/scan.ts';
import { readLeafFacts } from '../../../src/main/engine/pki/verify-certificate.ts';
import {
  makeTestFolder,
  type TestFolder,
  writeAcmeSh,
  writeCertbotAccount,
  writeLineage,
} from '../../support/engine/import-folders.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const LE = 'https://acme-v02.api.letsencrypt.org/directory';
const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';
const DAY = 86_400_000;
let openssl: OpenSsl;
let ca: CertifiedKey;
let site: CertifiedKey;
let folder: TestFolder;

beforeAll(async () => {
  openssl = await createOpenSsl();
  ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  site = await issue('app.example.com');
});
afterAll(() => openssl?.remove());
beforeEach(async () => {
  folder = await makeTestFolder();
});
afterEach(() => folder?.remove());

const issue = (name: string, more: object = {}): Promise<CertifiedKey> =>
  openssl.issue({ ca, subject: `/CN=${name}`, san: [`DNS:${name}`], days: 80, ...more });

async function scan(acmeShFolder: string | null = null): Promise<readonly Evaluated[]> {
  const options = { now: new Date(), directories: {}, acmeShFolder };
  return (await scanFolder(options, folder.path)).certificates;
}
async function scanOne(acmeShFolder: string | null = null): Promise<Evaluated> {
  const [found, ...rest] = await scan(acmeShFolder);
  if (found === undefined || rest.length > 0)
    throw new Error(`${rest.length} certificates too many, or none`);
  return found;
}
const credentialsOf = (found: Evaluated) => found.plan?.renewal.proof.credentials;
const notesOf = (found: Evaluated) => found.notes.join(' ');

describe('certbot', () => {
  const lineage = (params: readonly string[], more: Partial<Parameters<typeof writeLineage>[1]> = {}) =>
    writeLineage(folder, {
      name: 'app.example.com',
      pair: site,
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
    await folder.write('cf.ini', 'dns_cloudflare_api_token = "abc" # main\n');
    await lineage(cloudflare(`${folder.path}/cf.ini # of the shop`), { server: `${LE} # production` });
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
    const key = await openssl.makeKey('rsa-2048');
    const place = server === '' ? new URL(LE).host + new URL(LE).pathname : server.slice('https://'.length);
    await writeCertbotAccount(folder, { place, id: ACCOUNT_ID, key, url: 'https://ca/acct/1' });
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
    await folder.write('credentials/credentials-1', 'dns_cloudflare_api_token=abc');
    await lineage(cloudflare('/elsewhere/credentials/credentials-1'));
    expect(credentialsOf(await scanOne())).toEqual({ apiToken: 'abc' });
  });

  test('does not follow a path that leaves the tree by its old root', async () => {
    const other = await makeTestFolder();
    await other.write('cf.ini', 'dns_cloudflare_api_token = abc\n');
    await folder.link('cf.ini', `${other.path}/cf.ini`);
    await lineage(cloudflare('/elsewhere/cf.ini'));
    const found = await scanOne();
    await other.remove();
    expect(notesOf(found)).toContain('/elsewhere/cf.ini cannot be read');
  });

  test('reads the project of the zone for dns-google, and says that no file is named', async () => {
    const file = { type: 'service_account', project_id: 'own', client_email: 'a@b.iam', private_key: 'key' };
    await folder.write('google.json', JSON.stringify(file));
    const params = ['authenticator = dns-google', 'dns_google_project = zones'];
    await lineage([...params, `dns_google_credentials = ${folder.path}/google.json`]);
    expect(credentialsOf(await scanOne())).toMatchObject({ projectId: 'zones' });
    await lineageAgain([...params, 'dns_google_credentials = None']);
    const found = await scanOne();
    expect(found.plan).toMatchObject({ autoRenew: false, spec: { dnsProvider: 'google' } });
    expect(notesOf(found)).toContain('Application Default Credentials');
    expect(notesOf(found)).not.toContain('credentials file ');
  });

  test('imports the Global API Key of Cloudflare, with the advice to create a token', async () => {
    const ini = 'dns_cloudflare_email = me@example.com\ndns_cloudflare_api_key = 0123456789abcdef\n';
    await folder.write('cf.ini', ini);
    await lineage(cloudflare(`${folder.path}/cf.ini`));
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
      await folder.write(`${at}/fullchain9.pem`, site.certificate);
      await folder.write(`${at}/privkey9.pem`, site.privateKey);
      const cut = fault.startsWith('a certificate');
      await folder.write(`${at}/fullchain10.pem`, cut ? other.certificate.slice(0, 300) : other.certificate);
      if (fault !== 'no key') {
        await folder.write(`${at}/privkey10.pem`, cut ? other.privateKey : site.privateKey);
      }
      await folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
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
        [newest, site],
      ] as const) {
        await folder.write(`archive/app.example.com/fullchain${number}.pem`, pair.certificate);
        await folder.write(`archive/app.example.com/privkey${number}.pem`, pair.privateKey);
      }
      for (const what of ['fullchain', 'privkey'])
        await folder.link(
          `live/app.example.com/${what}.pem`,
          `../../archive/app.example.com/${what}${linked}.pem`,
        );
      await folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
      const found = await scanOne();
      expect(found.pair?.leaf.serial).toBe(readLeafFacts(site.certificate).serial);
      expect(found.source).toBe(`archive/app.example.com/fullchain${newest}.pem`);
      expect(notesOf(found)).toContain(`Certdesk imports the newest, version ${newest}`);
    },
  );

  test('reads live/ without links, as in a backup (Nginx Proxy Manager #1199)', async () => {
    await folder.write('live/app.example.com/fullchain.pem', site.certificate);
    await folder.write('live/app.example.com/privkey.pem', site.privateKey);
    await folder.write('renewal/app.example.com.conf', '[renewalparams]\nauthenticator = standalone\n');
    expect((await scanOne()).source).toBe('live/app.example.com');
  });

  async function lineageAgain(params: readonly string[]): Promise<void> {
    await folder.remove();
    folder = await makeTestFolder();
    await lineage(params);
  }
});

describe('acme.sh', () => {
  const add = (webroot: string, conf: Readonly<Record<string, string>> = {}) =>
    writeAcmeSh(folder, {
      at: 'app.example.com_ecc',
      name: 'app.example.com',
      pair: site,
      conf: { Le_API: LE, Le_Webroot: webroot, Le_Keylength: 'ec-256', ...conf },
    });
  const write = async (script: string, account: string) => {
    await folder.write('acme.sh', '#!/bin/sh\n');
    await folder.write('account.conf', account);
    await folder.write(`dnsapi/${script}.sh`, `${script}_add() { _saveaccountconf XY_Key "$XY_Key"; }\n`);
  };

  test('maps dns_acmedns to the built-in provider, with the domain’s own credentials without SAVED_', async () => {
    await folder.write('account.conf', "LOG_LEVEL='1'\n");
    await add('dns_acmedns', {
      ACMEDNS_USERNAME: 'user-1',
      ACMEDNS_PASSWORD: 'password-1',
      ACMEDNS_SUBDOMAIN: 'subdomain-1',
      ACMEDNS_BASE_URL: 'https://auth.example.org',
    });
    const found = await scanOne();
    expect(found.plan).toMatchObject({ autoRenew: true, spec: { dnsProvider: 'acmedns' } });
    expect(credentialsOf(found)).toEqual({
      baseUrl: 'https://auth.example.org',
      apiUser: 'user-1',
      apiKey: 'password-1',
      subdomain: 'subdomain-1',
    });
  });

  test('maps dns_knot to RFC 2136, with its key in account.conf without SAVED_', async () => {
    await folder.write(
      'account.conf',
      "KNOT_SERVER='127.0.0.1'\nKNOT_KEY='hmac-sha512:acme:MTIzNDU2Nzg5MA=='\n",
    );
    await add('dns_knot');
    expect(credentialsOf(await scanOne())).toEqual({
      nameserver: '127.0.0.1',
      tsigKeyName: 'acme',
      tsigSecret: 'MTIzNDU2Nzg5MA==',
      tsigAlgorithm: 'hmac-sha512',
    });
  });

  test('finds variables of any script with and without SAVED_, and leaves out others and acme.sh’s own', async () => {
    await write('dns_xy', "XY_Key='key-1' \nSAVED_AB_Key='other'\nACCOUNT_EMAIL='me@example.com'\n");
    await add('dns_xy');
    expect(credentialsOf(await scanOne('/acme.sh'))).toEqual({
      script: 'dns_xy',
      environment: { XY_Key: 'key-1' },
    });
  });

  test('does not turn on auto-renewal for a script while scripts are off', async () => {
    await write('dns_xy', "SAVED_XY_Key='key-1'\n");
    await add('dns_xy');
    expect((await scanOne('/acme.sh')).plan?.autoRenew).toBe(true);
    const off = await scanOne(null);
    expect(off.plan?.autoRenew).toBe(false);
    expect(notesOf(off)).toContain('Auto-renewal is off: acme.sh scripts are off.');
  });

  test('parses values with shell quoting', async () => {
    await folder.write('account.conf', 'export CF_Token="abc"   # of the shop\n');
    await add('dns_cf');
    expect(credentialsOf(await scanOne())).toEqual({ apiToken: 'abc' });
  });

  test('imports CF_Key with CF_Email as Cloudflare’s Global API Key', async () => {
    await folder.write('account.conf', "SAVED_CF_Key='0123456789abcdef'\nSAVED_CF_Email='me@example.com'\n");
    await add('dns_cf');
    expect(credentialsOf(await scanOne())).toEqual({ email: 'me@example.com', apiKey: '0123456789abcdef' });
  });

  test('leaves auto-renewal off for TLS-ALPN-01, and for a CA for customers without the account’s key', async () => {
    await folder.write('account.conf', '');
    await add('alpn');
    expect((await scanOne()).plan?.autoRenew).toBe(false);
    await add('no', { Le_API: 'https://acme.zerossl.com/v2/DV90' });
    const found = await scanOne();
    expect(found.plan?.autoRenew).toBe(false);
    expect(notesOf(found)).toContain('ZeroSSL requires external account binding');
  });
});

describe('lego', () => {
  const write = async (resource: object, account: object, keyPath: string) => {
    const at = 'certificates/app.example.com';
    await folder.write(`${at}.crt`, site.certificate);
    await folder.write(`${at}.key`, site.privateKey);
    await folder.write(`${at}.json`, JSON.stringify(resource));
    await folder.write('accounts/ca.example.org_8443/me/account.json', JSON.stringify(account));
    await folder.write(`accounts/ca.example.org_8443/me/${keyPath}`, await openssl.makeKey('ec-256'));
  };
  const v5 = {
    id: 'app.example.com',
    domains: ['app.example.com'],
    certUrl: 'https://ca.example.org:8443/certZ/1',
  };

  test.each([
    { registration: { body: { status: 'valid' }, uri: 'https://ca.example.org:8443/acct/1' } },
    { registration: { body: { status: 'valid' }, accountURL: 'https://ca.example.org:8443/acct/1' } },
    { registration: null, accountURL: 'https://ca.example.org:8443/acct/1' },
  ])('reads version 5 with its account and its CA: %j', async (registration) => {
    const server = 'https://ca.example.org:8443/dir';
    await write(
      v5,
      { id: 'me', email: 'me@example.com', keyType: 'EC256', server, ...registration },
      'me.key',
    );
    const found = await scanOne();
    expect(found.pair).not.toBe(null);
    expect(found.plan).toMatchObject({
      autoRenew: false,
      directoryUrl: server,
      spec: { ca: server, email: 'me@example.com', challengeType: 'http-01' },
      renewal: { account: { url: 'https://ca.example.org:8443/acct/1' } },
    });
  });

  test.each(['ID.key below a folder of the key type', 'no registration'])(
    'finds an account with %s (lego #3075)',
    async (form) => {
      const server = 'https://ca.example.org:8443/dir';
      const below = form.startsWith('ID.key') ? 'keys/me.key' : 'me.key';
      await write(v5, { server, registration: null }, below);
      expect((await scanOne()).plan?.renewal.account?.url).toBe(null);
    },
  );

  test('reads a resource of version 4 with id and domains (lego #3073)', async () => {
    await write(
      { ...v5, certStableUrl: 'https://x' },
      { server: 'https://ca.example.org:8443/dir' },
      'me.key',
    );
    expect((await scanOne()).pair).not.toBe(null);
  });

  describe('with its configuration file', () => {
    const config = (challenge: string, more = '') => `
storage: data
accounts:
  me:
    server: letsencrypt-staging
    email: me@example.com
challenges:
  one:
${challenge.replace(/^/gm, '    ')}
defaults: &defaults
  account: me
  profile: shortlived
certificates:
  app.example.com:
    <<: *defaults
    domains: [app.example.com, '*.app.example.com']
    preferredChain: ISRG Root X1
${more}`;
    const writeProject = async (challenge: string, names = v5.domains) => {
      await folder.write('.lego.yml', config(challenge));
      const at = 'data/certificates/app.example.com';
      await folder.write(`${at}.crt`, site.certificate);
      await folder.write(`${at}.key`, site.privateKey);
      await folder.write(`${at}.json`, JSON.stringify({ ...v5, domains: names, certUrl: 'https://ca/1' }));
      await folder.write('data/accounts/ca/me/me.key', await openssl.makeKey('ec-256'));
    };

    test.each(['', '/data'])(
      'finds method and credentials from the folder %j (lego discussion #3090)',
      async (at) => {
        await writeProject('dns:\n  provider: cloudflare\n  envFile: secrets/cf.env');
        await folder.write('secrets/cf.env', '# of the shop\nexport CF_DNS_API_TOKEN="abc" # main\n');
        const options = { now: new Date(), directories: {}, acmeShFolder: null };
        const { layout, certificates } = await scanFolder(options, folder.path + at);
        expect(layout).toBe('lego');
        expect(certificates[0]?.plan).toMatchObject({
          autoRenew: true,
          spec: {
            ca: 'letsencrypt',
            staging: true,
            email: 'me@example.com',
            challengeType: 'dns-01',
            dnsProvider: 'cloudflare',
            profile: 'shortlived',
            preferredChain: 'ISRG Root X1',
          },
          renewal: { proof: { credentials: { apiToken: 'abc' } } },
        });
      },
    );

    test('reads a variable from the file that it names', async () => {
      await writeProject('dns:\n  provider: rfc2136\n  envFile: dns.env');
      await folder.write(
        'dns.env',
        'RFC2136_NAMESERVER=127.0.0.1:53\nRFC2136_TSIG_KEY=acme.\nRFC2136_TSIG_ALGORITHM=hmac-sha256.\nRFC2136_TSIG_SECRET_FILE=secret\n',
      );
      await folder.write('secret', 'MTIzNDU2Nzg5MA==\n');
      const found = await scanOne();
      expect(credentialsOf(found)).toMatchObject({
        nameserver: '127.0.0.1:53',
        tsigSecret: 'MTIzNDU2Nzg5MA==',
        tsigAlgorithm: 'hmac-sha256',
      });
    });

    test.each([
      ['http:\n  webroot: /var/www', true, /web server on port 80/],
      ['tls:\n  address: ":443"', false, /TLS-ALPN-01/],
      ['dnsPersist: {}', false, /DNS-PERSIST-01/],
      ['dns:\n  provider: hetzner', false, /does not know lego’s DNS provider hetzner/],
      ['dns:\n  provider: route53', false, /from its environment/],
      ['dns:\n  provider: digitalocean\n  envFile: /none', false, /environment file \/none cannot be read/],
    ])('%j: auto-renewal %s', async (challenge, autoRenew, note) => {
      await writeProject(challenge);
      const found = await scanOne();
      expect(found.plan?.autoRenew).toBe(autoRenew);
      expect(notesOf(found)).toMatch(note);
    });

    test.each(['certificates: [', '&a [*a, *a]', '- list', ''])(
      'finds the certificates of %j even so',
      async (text) => {
        await writeProject('http: {}');
        await folder.write('data/.lego.yml', text);
        const options = { now: new Date(), directories: {}, acmeShFolder: null };
        expect((await scanFolder(options, `${folder.path}/data`)).certificates[0]?.pair).not.toBe(null);
      },
    );
  });

  test('does not use HTTP-01 with a wildcard among its names', async () => {
    const server = 'https://ca.example.org:8443/dir';
    await write({ ...v5, domains: ['app.example.com', '*.app.example.com'] }, { server }, 'me.key');
    expect((await scanOne()).plan?.spec).toMatchObject({ challengeType: 'dns-01', dnsProvider: 'manual' });
  });
});
