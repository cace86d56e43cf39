// Folders of lego as its users have them: what is found, and how it would be renewed.
import { describe, expect, test } from 'vitest';
import { scanFolder } from '../../../src/main/engine/import/scan.ts';
import { credentialsOf, notesOf, useClientFolder } from '../../support/engine/client-folder-rig.ts';

const rig = useClientFolder();
const { scanOne } = rig;

describe('lego', () => {
  const write = async (resource: object, account: object, keyPath: string) => {
    const at = 'certificates/app.example.com';
    await rig.folder.write(`${at}.crt`, rig.site.certificate);
    await rig.folder.write(`${at}.key`, rig.site.privateKey);
    await rig.folder.write(`${at}.json`, JSON.stringify(resource));
    await rig.folder.write('accounts/ca.example.org_8443/me/account.json', JSON.stringify(account));
    await rig.folder.write(`accounts/ca.example.org_8443/me/${keyPath}`, await rig.openssl.makeKey('ec-256'));
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
      await rig.folder.write('.lego.yml', config(challenge));
      const at = 'data/certificates/app.example.com';
      await rig.folder.write(`${at}.crt`, rig.site.certificate);
      await rig.folder.write(`${at}.key`, rig.site.privateKey);
      await rig.folder.write(
        `${at}.json`,
        JSON.stringify({ ...v5, domains: names, certUrl: 'https://ca/1' }),
      );
      await rig.folder.write('data/accounts/ca/me/me.key', await rig.openssl.makeKey('ec-256'));
    };

    test.each(['', '/data'])(
      'finds method and credentials from the folder %j (lego discussion #3090)',
      async (at) => {
        await writeProject('dns:\n  provider: cloudflare\n  envFile: secrets/cf.env');
        await rig.folder.write('secrets/cf.env', '# of the shop\nexport CF_DNS_API_TOKEN="abc" # main\n');
        const options = { now: new Date(), directories: {}, acmeShFolder: null };
        const { layout, certificates } = await scanFolder(options, rig.folder.path + at);
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
      await rig.folder.write(
        'dns.env',
        'RFC2136_NAMESERVER=127.0.0.1:53\nRFC2136_TSIG_KEY=acme.\nRFC2136_TSIG_ALGORITHM=hmac-sha256.\nRFC2136_TSIG_SECRET_FILE=secret\n',
      );
      await rig.folder.write('secret', 'MTIzNDU2Nzg5MA==\n');
      const found = await scanOne();
      expect(credentialsOf(found)).toMatchObject({
        nameserver: '127.0.0.1:53',
        tsigSecret: 'MTIzNDU2Nzg5MA==',
        tsigAlgorithm: 'hmac-sha256',
      });
    });

    test.each([
      ['http:\n  webroot: /var/www', true, /web server on port 80/],
      ['tls:\n  address: ":443"', true, /TLS-ALPN-01/],
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
        await rig.folder.write('data/.lego.yml', text);
        const options = { now: new Date(), directories: {}, acmeShFolder: null };
        expect((await scanFolder(options, `${rig.folder.path}/data`)).certificates[0]?.pair).not.toBe(null);
      },
    );
  });

  test('does not use HTTP-01 with a wildcard among its names', async () => {
    const server = 'https://ca.example.org:8443/dir';
    await write({ ...v5, domains: ['app.example.com', '*.app.example.com'] }, { server }, 'me.key');
    expect((await scanOne()).plan?.spec).toMatchObject({ challengeType: 'dns-01', dnsProvider: 'manual' });
  });
});
