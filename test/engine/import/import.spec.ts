// Import through the API, from folders in the real layouts: what is found, what is created from it, and that the folder
// stays unchanged.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FoundCertificate, ImportedCertificate, ScannedFolder } from '../../../src/shared/import.ts';
import {
  makeTestFolder,
  type TestFolder,
  writeAcmeSh,
  writeCertbotAccount,
  writeLineage,
} from '../../support/engine/import-folders.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { type Browser, createBrowser } from '../../support/server/browser.ts';
import { secretOf } from '../../support/server/browser-rig.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const LE = 'https://acme-v02.api.letsencrypt.org/directory';
const ACCOUNT_URL = 'https://acme-v02.api.letsencrypt.org/acme/acct/4711';
const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';
const TOKEN = 'cf-token-that-must-stay-secret';

let openssl: OpenSsl;
let ca: CertifiedKey;
let folder: TestFolder;
let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  openssl = await createOpenSsl();
  ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
});
afterAll(() => openssl?.remove());
beforeEach(async () => {
  [folder, app] = await Promise.all([makeTestFolder(), startApp()]);
  browser = createBrowser(app.app.address);
  await browser.signIn(secretOf(new URL(await app.app.signInLink())));
});
afterEach(async () => {
  await app?.stop();
  await folder?.remove();
});

const issue = (name: string, more: object = {}): Promise<CertifiedKey> =>
  openssl.issue({ ca, subject: `/CN=${name}`, san: [`DNS:${name}`], days: 80, ...more });

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await browser.post(`/api/v1${path}`, JSON.stringify(body));
  expect(answer.status, answer.text).toBe(200);
  return answer.body as T;
}
const scan = (path = folder.path) => post<ScannedFolder>('/imports/scan', { folder: path });
const importCertificates = async (certificates: 'all' | readonly string[], more: object = {}) =>
  (
    await post<{ certificates: ImportedCertificate[] }>('/imports', {
      folder: folder.path,
      certificates,
      ...more,
    })
  ).certificates;

function named(found: readonly FoundCertificate[], name: string): FoundCertificate {
  const one = found.find(({ names, source }) => names.includes(name) || source.includes(name));
  if (one === undefined) throw new Error(`${name} was not found`);
  return one;
}

async function certbotFolder(): Promise<string> {
  const key = await openssl.makeKey('rsa-2048');
  await writeCertbotAccount(folder, {
    place: new URL(LE).host + new URL(LE).pathname,
    id: ACCOUNT_ID,
    key,
    url: ACCOUNT_URL,
  });
  await folder.write('secrets/cf.ini', `# Cloudflare\ndns_cloudflare_api_token = ${TOKEN}\n`);
  const of = { server: LE, accountId: ACCOUNT_ID };
  const cloudflare = (file: string) => [
    'authenticator = dns-cloudflare',
    `dns_cloudflare_credentials = ${join(folder.path, file)}`,
  ];
  await writeLineage(folder, {
    ...of,
    name: 'web.example.com',
    pair: await issue('web.example.com'),
    params: [
      'authenticator = webroot',
      'webroot_path = /var/www,',
      '[[webroot_map]]',
      'web.example.com = /var/www',
    ],
  });
  await writeLineage(folder, {
    ...of,
    name: 'wild.example.com',
    pair: await issue('*.wild.example.com'),
    params: cloudflare('secrets/cf.ini'),
  });
  await writeLineage(folder, {
    ...of,
    name: 'lost.example.com',
    pair: await issue('lost.example.com'),
    params: cloudflare('secrets/gone.ini'),
  });
  return key;
}

describe('certbot’s folder', () => {
  it('is read with names, method, account and credentials, and the scan names what is missing', async () => {
    await certbotFolder();
    const { layout, certificates } = await scan();
    expect(layout).toBe('certbot');
    expect(certificates).toHaveLength(3);
    expect(named(certificates, 'web.example.com')).toMatchObject({
      key: 'matches',
      issuer: 'Test',
      takeable: true,
      method: {
        challengeType: 'http-01',
        ca: 'letsencrypt',
        staging: false,
        account: 'found',
        autoRenew: true,
      },
      notes: [expect.stringContaining('port 80')],
    });
    expect(named(certificates, '*.wild.example.com').method).toMatchObject({
      challengeType: 'dns-01',
      dnsProvider: 'Cloudflare',
      credentials: 'found',
      autoRenew: true,
    });
    expect(named(certificates, 'lost.example.com')).toMatchObject({
      method: { credentials: 'missing', autoRenew: false },
      notes: [expect.stringMatching(/^Auto-renewal is off: .*gone\.ini cannot be read/)],
    });
  });

  it('becomes projects with key, account and credentials; a second import adds nothing, and the folder is unchanged', async () => {
    const accountKey = await certbotFolder();
    const before = await folder.picture();
    const imported = await importCertificates('all');
    expect(imported.map(({ outcome }) => outcome)).toEqual(['imported', 'imported', 'imported']);
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual([
      'already',
      'already',
      'already',
    ]);
    expect((await scan()).certificates.every(({ takeable, project }) => !takeable && project !== null)).toBe(
      true,
    );
    expect(await folder.picture()).toEqual(before);

    const { body } = await app.call('GET', '/projects');
    expect(body.total).toBe(3);
    const wild = imported.find(({ names }) => names.includes('*.wild.example.com'))?.projectId ?? '';
    const { body: credentials } = await app.call('GET', '/dns-credentials');
    expect(credentials.dnsCredentials).toMatchObject([
      { name: 'Cloudflare (from certbot)', provider: 'cloudflare', usedBy: [{ id: wild }] },
    ]);
    const lost = imported.find(({ names }) => names.includes('lost.example.com'));
    expect((await app.call('GET', `/projects/${lost?.projectId}/certificate/status`)).body).toMatchObject({
      autoRenew: false,
      lastRenewError: expect.stringContaining('gone.ini'),
    });

    const web = imported.find(({ names }) => names.includes('web.example.com'))?.projectId ?? '';
    const key = await app.call('GET', `/projects/${web}/certificate/download?format=key`);
    const live = await scanKey('web.example.com');
    expect(await openssl.run(['pkey', '-pubout'], key.text)).toBe(live);
    expect(accountKey).toContain('PRIVATE KEY');
  });

  it('is recorded in the audit trail with the actor, and no secret is in an answer, a log line or the trail', async () => {
    const accountKey = await certbotFolder();
    const scanned = JSON.stringify(await scan());
    const imported = JSON.stringify(await importCertificates('all'));
    const audit = await browser.get('/api/v1/audit?limit=100');
    const operations = (audit.body.entries as unknown as { operation: string; actor: { kind: string } }[])
      .filter(({ operation }) => operation.startsWith('imports.'))
      .map(({ operation, actor }) => `${actor.kind} ${operation}`);
    expect(
      operations.filter((one) => one === 'window imports.importCertificates').length,
    ).toBeGreaterThanOrEqual(3);
    expect(operations).toContain('window imports.scan');
    const output = [scanned, imported, audit.text, ...app.log].join('\n');
    for (const secret of [TOKEN, 'PRIVATE KEY', accountKey.split('\n')[3] ?? 'none'])
      expect(output).not.toContain(secret);
  });

  it('without its credentials needs attention in its last third, with what is missing', async () => {
    const day = 86_400_000;
    const [notBefore, notAfter] = [new Date(Date.now() - 80 * day), new Date(Date.now() + 10 * day)];
    await writeLineage(folder, {
      server: LE,
      accountId: ACCOUNT_ID,
      name: 'soon.example.com',
      pair: await issue('soon.example.com', { notBefore, notAfter }),
      params: ['authenticator = dns-cloudflare', 'dns_cloudflare_credentials = /nowhere/gone.ini'],
    });
    await importCertificates('all');
    const { body } = await app.call('GET', '/overview');
    expect(body.attention?.items).toMatchObject([
      { kind: 'unattended', domain: 'soon.example.com', cause: expect.stringContaining('/nowhere/gone.ini') },
    ]);
  });

  it('without the links in live is read from the newest archive', async () => {
    const pair = await issue('moved.example.com');
    await folder.write('archive/moved.example.com/fullchain9.pem', 'old');
    await folder.write('archive/moved.example.com/fullchain10.pem', pair.certificate);
    await folder.write('archive/moved.example.com/privkey10.pem', pair.privateKey);
    await folder.write(
      'renewal/moved.example.com.conf',
      '[renewalparams]\nauthenticator = standalone\nserver = http://ca/\n',
    );
    const [found] = (await scan()).certificates;
    expect(found).toMatchObject({ key: 'matches', takeable: true, method: null });
    expect(found?.notes.join()).toContain('not an https URL');
  });

  async function scanKey(name: string): Promise<string> {
    return openssl.run(['pkey', '-pubout', '-in', join(folder.path, `live/${name}/privkey.pem`)]);
  }
});

describe('acme.sh’s folder', () => {
  beforeEach(async () => {
    await folder.write(
      'account.conf',
      `ACCOUNT_EMAIL='me@example.com'\nSAVED_CF_Token='${TOKEN}'\nSAVED_XY_Key='xy-secret'\n`,
    );
    await folder.write(
      'ca/acme-v02.api.letsencrypt.org/directory/account.key',
      await openssl.makeKey('ec-256'),
    );
    await folder.write(
      'ca/acme-v02.api.letsencrypt.org/directory/ca.conf',
      `ACCOUNT_URL='${ACCOUNT_URL}'\nCA_EMAIL='ca@example.com'\n`,
    );
  });
  const add = async (at: string, webroot: string, more: object = {}) =>
    writeAcmeSh(folder, {
      at,
      name: at.replace(/_ecc$/, ''),
      pair: await issue(at.replace(/_ecc$/, '')),
      conf: { Le_API: LE, Le_Webroot: webroot, Le_Keylength: 'ec-256', ...more },
    });

  it('becomes credentials of the built-in providers, or of its own script', async () => {
    await folder.write('acme.sh', '#!/bin/sh\n');
    await folder.write('dnsapi/dns_xy.sh', 'dns_xy_add() { XY_Key="$XY_Key"; }\n');
    await add('cf.example.com_ecc', 'dns_cf');
    await add('xy.example.com', 'dns_xy');
    await add('gone.example.com', 'dns_gone');
    await add('alone.example.com', 'no');
    const { layout, certificates } = await scan();
    expect(layout).toBe('acme-sh');
    const method = (name: string) => named(certificates, name).method;
    expect(method('cf.example.com')).toMatchObject({
      dnsProvider: 'Cloudflare',
      credentials: 'found',
      account: 'found',
    });
    expect(method('xy.example.com')).toMatchObject({
      dnsProvider: 'acme.sh script',
      credentials: 'found',
      autoRenew: false,
    });
    expect(method('gone.example.com')).toMatchObject({
      dnsProvider: 'Manual',
      credentials: 'missing',
      autoRenew: false,
    });
    expect(method('alone.example.com')).toMatchObject({ challengeType: 'http-01', autoRenew: true });
    const before = await folder.picture();
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual([
      'imported',
      'imported',
      'imported',
      'imported',
    ]);
    expect(await folder.picture()).toEqual(before);
    expect(app.log.join('\n')).not.toContain('xy-secret');
  });

  it('with two kinds of key for one name becomes two projects', async () => {
    await add('both.example.com_ecc', 'no');
    await writeAcmeSh(folder, {
      at: 'both.example.com',
      name: 'both.example.com',
      pair: await issue('both.example.com', { key: 'rsa-2048' }),
      conf: { Le_API: LE, Le_Webroot: 'no' },
    });
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['imported', 'imported']);
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['already', 'already']);
  });
});

describe('any folder', () => {
  it('has certificates and keys paired by public key, and shows what is wrong with each', async () => {
    const good = await issue('good.example.com');
    const other = await issue('other.example.com');
    const expired = await issue('old.example.com', {
      notBefore: new Date(0),
      notAfter: new Date(86_400_000),
    });
    await folder.write('a/site.pem', good.certificate + ca.certificate);
    await folder.write('b/key.txt', good.privateKey);
    await folder.write('other.crt', other.certificate);
    await folder.write('old.pem', expired.certificate + expired.privateKey);
    await folder.write('broken.pem', good.certificate.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'));
    const { layout, certificates } = await scan();
    expect(layout).toBe('pem');
    expect(named(certificates, 'good.example.com')).toMatchObject({
      key: 'matches',
      method: null,
      takeable: true,
    });
    expect(named(certificates, 'other.example.com')).toMatchObject({ key: 'missing', takeable: false });
    expect(named(certificates, 'old.example.com').problems.join()).toMatch(/expired/);
    expect(named(certificates, 'broken.pem')).toMatchObject({ id: null, takeable: false });
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['imported']);
  });

  it('shows links that lead out of it, and does not follow them', async () => {
    const outside = await makeTestFolder();
    const pair = await issue('outside.example.com');
    await outside.write('site.pem', pair.certificate + pair.privateKey);
    await folder.link('site.pem', join(outside.path, 'site.pem'));
    await folder.link('loop', '.');
    const { certificates, skipped } = await scan();
    await outside.remove();
    expect(certificates).toEqual([]);
    expect(skipped).toEqual([expect.stringContaining('a place outside the folder')]);
  });

  it('is refused with an explanation if it is not a folder, or not an absolute path', async () => {
    for (const given of [join(folder.path, 'nothing'), 'etc', '/dev/null']) {
      const answer = await browser.post('/api/v1/imports/scan', JSON.stringify({ folder: given }));
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'folder' }] } },
      });
    }
  });

  it('may be large, endless or /proc itself: the scan ends, and says what it has left out', async () => {
    await folder.write('large.pem', 'x'.repeat(300 * 1024));
    const { certificates } = await scan();
    expect(certificates).toMatchObject([
      { source: 'large.pem', problems: [expect.stringContaining('larger than')] },
    ]);
    expect((await scan('/proc/self')).certificates).toEqual([]);
  });

  it('of the user’s home is suggested if it exists, and ~ stands for the home', async () => {
    const home = await makeTestFolder();
    const site = await issue('home.example.com');
    await home.write('.acme.sh/home.example.com/home.example.com.conf', "Le_Domain='home.example.com'\n");
    await home.write('.acme.sh/home.example.com/fullchain.cer', site.certificate);
    vi.stubEnv('HOME', home.path);
    const other = await startApp();
    const visitor = createBrowser(other.app.address);
    await visitor.signIn(secretOf(new URL(await other.app.signInLink())));
    const suggested = await visitor.get('/api/v1/imports/folders');
    const scanned = await visitor.post('/api/v1/imports/scan', '{"folder":"~/.acme.sh"}');
    vi.unstubAllEnvs();
    await other.stop();
    await home.remove();
    expect(suggested.body.folders).toContainEqual({ folder: join(home.path, '.acme.sh'), layout: 'acme-sh' });
    expect(scanned.body.certificates).toMatchObject([{ names: ['home.example.com'], key: 'missing' }]);
  });

  it('imported twice at once creates one project', async () => {
    const pair = await issue('once.example.com');
    await folder.write('once.pem', pair.certificate + pair.privateKey);
    const outcomes = (await Promise.all([importCertificates('all'), importCertificates('all')]))
      .flat()
      .map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['already', 'imported']);
    expect((await app.call('GET', '/projects')).body.total).toBe(1);
  });

  it('fills a project of its domain that has no certificate yet, and creates no second one', async () => {
    const body = { domain: 'empty.example.com', name: 'Made before' };
    const project = (await app.call('POST', '/projects', { body })).body;
    const pair = await issue('empty.example.com');
    await folder.write('empty.pem', pair.certificate + pair.privateKey);
    expect(await importCertificates('all')).toMatchObject([{ outcome: 'imported', projectId: project.id }]);
    const listed = (await app.call('GET', '/projects')).body;
    expect(listed).toMatchObject({
      total: 1,
      projects: [{ name: 'Made before', certificate: { names: ['empty.example.com'] } }],
    });
  });

  it('creates a second project of a domain only if that is confirmed', async () => {
    const first = await issue('twice.example.com');
    await folder.write('twice.pem', first.certificate + first.privateKey);
    const [imported] = await importCertificates('all');
    expect(imported?.outcome).toBe('imported');
    const second = await issue('twice.example.com', {
      san: ['DNS:twice.example.com', 'DNS:www.twice.example.com'],
    });
    await folder.write('www.pem', second.certificate + second.privateKey);
    expect((await scan()).certificates).toContainEqual(
      expect.objectContaining({
        takeable: true,
        sameDomain: { id: imported?.projectId, name: 'twice.example.com' },
      }),
    );
    const outcomes = async (more = {}) =>
      (await importCertificates('all', more)).map(({ outcome }) => outcome).toSorted();
    expect(await outcomes()).toEqual(['already', 'refused']);
    expect((await app.call('GET', '/projects')).body.total).toBe(1);
    expect(await outcomes({ allowDuplicateDomain: true })).toEqual(['already', 'imported']);
    expect((await app.call('GET', '/projects')).body.total).toBe(2);
  });

  it('is refused to API tokens, whatever their scope', async () => {
    await chmod(folder.path, 0o700);
    const body = { folder: folder.path };
    expect(await app.call('POST', '/imports/scan', { body })).toMatchObject({ status: 403 });
    expect(await app.call('POST', '/imports', { body: { ...body, certificates: 'all' } })).toMatchObject({
      status: 403,
    });
    expect(await app.call('GET', '/imports/folders')).toMatchObject({ status: 403 });
    expect(await browser.get('/api/v1/imports/folders')).toMatchObject({ status: 200 });
  });
});
