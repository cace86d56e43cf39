// dns-01 end to end with the other providers: a name server's own updates, a script of acme.sh, acme-dns, and manual
// records. Through the API, with saved credentials and renewals.
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../../../support/dns/rig.ts';
import { type AcmeDns, startAcmeDns } from '../../../support/dns/stand-ins/acmedns.ts';
import { startApp, type TestApp } from '../../../support/server/app.ts';
import { findSecrets, textsOf } from '../../../support/tools/secret-search.ts';
import { describeWith, toolPath } from '../../../support/tools/tools.ts';

const SCRIPTS = resolve(import.meta.dirname, '../../../fixtures/acme-sh');
/** One acme-dns account per name, as its documentation recommends. */
const ACCOUNTS = ['a097455b-52cc-4569-90c8-7a4b97c6eba8', 'b1c2d3e4-52cc-4569-90c8-7a4b97c6eba9'] as const;
const alias = (name: string, account: string): string =>
  `_acme-challenge.${name} CNAME ${account}.auth.example.org.`;
const ZONES = [
  {
    name: 'example.com',
    records: ['sub NS ns1.sub', 'ns1.sub A 127.0.0.1', alias('hosted', ACCOUNTS[0])],
  },
  { name: 'sub.example.com', records: [alias('hosted', ACCOUNTS[1])] },
  { name: 'auth.example.org' },
];
const path = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;

describeWith(['pebble', 'bind9'], 'dns-01 with', () => {
  let rig: DnsRig;
  let app: TestApp;
  const started: AcmeDns[] = [];

  beforeAll(async () => {
    rig = await startDnsRig(ZONES);
    app = await startApp({ pebble: rig.pebble, platform: { dns: { ...rig.dns, acmeShFolder: SCRIPTS } } });
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([rig?.stop(), ...started.map((each) => each.close())]);
  });

  const obtain = (id: string, body: object) =>
    app.asUser('POST', path(id, '/obtain'), { body: { challengeType: 'dns-01', keyType: 'ec', ...body } });
  const names = async (id: string) =>
    Object.values((await app.call('GET', path(id))).body.names ?? {})
      .map(String)
      .sort();
  const left = async (...hosts: readonly string[]) =>
    (await Promise.all(hosts.map((host) => rig.bind.lookup(`_acme-challenge.${host}`, 'TXT')))).flat();
  const key = () => rig.bind.keys[1] ?? { name: '', algorithm: '', secret: '' };

  const givers: Readonly<Record<string, () => object>> = {
    rfc2136: () => ({
      nameserver: rig.bind.server,
      tsigKeyName: key().name,
      tsigAlgorithm: key().algorithm,
      tsigSecret: key().secret,
    }),
    'acme-sh': () => ({
      script: 'dns_bindtest',
      environment: {
        BINDTEST_SERVER: '127.0.0.1',
        BINDTEST_PORT: String(rig.bind.port),
        BINDTEST_NSUPDATE: toolPath('CERTDESK_TEST_NSUPDATE'),
        BINDTEST_KEY: `${key().algorithm}:${key().name}:${key().secret}`,
      },
    }),
  };

  it.each(Object.keys(givers))(
    '%s issues for a name, a wildcard with its apex and a delegated sub-zone, and renews automatically',
    async (dnsProvider) => {
      const own = `${dnsProvider}.example.com`;
      const wanted = [own, `*.${own}`, `${dnsProvider}.sub.example.com`].sort();
      await rig.bind.update('example.com', `_acme-challenge.${own}`, ['a person put this here']);
      const id = await app.project(
        own,
        wanted.filter((name) => name !== own),
      );
      const answer = await obtain(id, { dnsProvider, dnsCredentials: givers[dnsProvider]?.() });
      expect(answer.status, answer.text).toBe(200);
      expect(await names(id)).toEqual(wanted);
      const renewed = await app.call('POST', path(id, '/renew'));
      expect(renewed.status, renewed.text).toBe(200);
      expect(await left(own, `${dnsProvider}.sub.example.com`)).toEqual(['a person put this here']);
    },
  );

  it('acme-dns issues for a name, a wildcard with its apex and a delegated sub-zone, and renews automatically', async () => {
    const orders = [
      ['hosted.example.com', ['*.hosted.example.com']],
      ['hosted.sub.example.com', []],
    ] as const;
    for (const [index, [domain, more]] of orders.entries()) {
      const account = await startAcmeDns({
        subdomain: ACCOUNTS[index] ?? '',
        onChange: (zone, name, values) => rig.bind.update(zone, name, values),
      });
      started.push(account);
      const id = await app.project(domain, more);
      const dnsCredentials = { ...account.credentials, baseUrl: account.endpoint };
      const answer = await obtain(id, { dnsProvider: 'acmedns', dnsCredentials });
      expect(answer.status, answer.text).toBe(200);
      expect(await names(id)).toEqual([...more, domain].sort());
      const renewed = await app.call('POST', path(id, '/renew'));
      expect(renewed.status, renewed.text).toBe(200);
    }
  });

  it('manual records issue for a wildcard with its apex and a delegated sub-zone', async () => {
    const own = 'hand.example.com';
    const id = await app.project(own, [`*.${own}`, 'hand.sub.example.com']);
    const accepted = await app.call('POST', path(id, '/obtain'), {
      body: { challengeType: 'dns-01', keyType: 'ec', dnsProvider: 'manual' },
      headers: { Prefer: 'respond-async' },
    });
    const job = `/jobs/${accepted.body.job?.id}`;
    const readInstructions = async () => [
      ...(await app.call('GET', job)).text.matchAll(
        /Create the TXT record (\S+) with the value ([\w-]{43})/g,
      ),
    ];
    await expect.poll(async () => (await readInstructions()).length).toBe(3);
    const values = Map.groupBy(await readInstructions(), ([, name = '']) => name);
    expect([...values.keys()].sort()).toEqual([
      `_acme-challenge.${own}`,
      '_acme-challenge.hand.sub.example.com',
    ]);
    for (const [name, each] of values) {
      const zone = name.endsWith('.sub.example.com') ? 'sub.example.com' : 'example.com';
      await rig.bind.update(
        zone,
        name,
        each.map(([, , value = '']) => value),
      );
    }
    // Not confirmed by the user: Certdesk detects it.
    await expect.poll(async () => (await app.call('GET', job)).body.state).toBe('succeeded');
    expect(await names(id)).toEqual([`*.${own}`, own, 'hand.sub.example.com']);
    expect((await app.call('GET', job)).text).toMatch(/is no longer needed: remove it/);
  });

  it('writes no secret into the data folder, the log or an answer', async () => {
    const accounts = started.flatMap((each) => [...each.secrets]);
    const secrets = [key().secret, ...accounts];
    expect(secrets).toHaveLength(5);
    const texts = await textsOf(app.dataFolder, { log: app.log, answers: app.answers });
    expect(findSecrets(texts, secrets)).toEqual([]);
  });
});
