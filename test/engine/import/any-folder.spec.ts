// Folders with files in every format: each is read, or named with the reason why not.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Scan, scanFolder } from '../../../src/main/engine/import/scan.ts';
import { makeTestFolder, type TestFolder, writeLineage } from '../../support/engine/import-folders.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

let openssl: OpenSsl;
let site: CertifiedKey;
let folder: TestFolder;

beforeAll(async () => {
  openssl = await createOpenSsl();
  const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  site = await openssl.issue({ ca, subject: '/CN=app.example.com', san: ['DNS:app.example.com'] });
});
afterAll(() => openssl?.remove());
beforeEach(async () => {
  folder = await makeTestFolder();
});
afterEach(() => folder?.remove());

/** The certificates of test/fixtures/files are valid on that day. */
const THEN = new Date('2026-12-15T00:00:00Z');

const scan = (now = new Date()): Promise<Scan> =>
  scanFolder({ now, directories: {}, acmeShFolder: null }, folder.path);

async function write(name: string, bytes: Buffer): Promise<void> {
  const path = join(folder.path, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const utf16 = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/files/${name}`, import.meta.url));

describe('a scan of any folder', () => {
  test.each<[string, (text: string) => Buffer]>([
    ['DER', derOf],
    ['UTF-16', utf16],
    ['base64', (text) => Buffer.from(derOf(text).toString('base64'))],
  ])('pairs certificate and key in %s, whatever their names', async (_, encode) => {
    await write('one.log', encode(site.certificate));
    await write('two.bin', encode(site.privateKey));
    const { certificates, skipped } = await scan();
    expect(certificates).toMatchObject([
      { source: 'one.log', key: 'matches', pair: { domain: 'app.example.com' } },
    ]);
    expect(skipped).toEqual([]);
  });

  test('finds certificates for IP addresses', async () => {
    const ip = await openssl.issue({ subject: '/', san: ['IP:2001:db8:0:0::1', 'IP:192.0.2.1'] });
    await write('ip.pem', Buffer.from(ip.certificate + ip.privateKey));
    const { certificates } = await scan();
    expect(certificates).toMatchObject([{ key: 'matches', pair: { domain: '2001:db8::1' } }]);
  });

  test('reads the certificates of Traefik’s acme.json, and names the account’s key', async () => {
    const account = await openssl.makeKey('ec-256');
    const { certificate, privateKey } = site;
    const pair = { certificate: btoa(certificate), key: btoa(privateKey) };
    const json = { le: { Account: { PrivateKey: derOf(account).toString('base64') }, Certificates: [pair] } };
    await write('acme.json', Buffer.from(JSON.stringify(json)));
    const { certificates, skipped } = await scan();
    expect(certificates).toMatchObject([{ key: 'matches', pair: { domain: 'app.example.com' } }]);
    expect(skipped).toEqual([
      expect.stringMatching(/^acme\.json: it is a private key whose certificate is not/),
    ]);
  });

  test('reads certificates in PKCS#7 beside a key', async () => {
    await write('b.p7b', await fixture('b.p7b.der'));
    await write('leaf.key', await fixture('leaf.key'));
    const { certificates, skipped } = await scan(THEN);
    expect(certificates).toMatchObject([{ source: 'b.p7b', key: 'matches', pair: expect.anything() }]);
    expect(skipped).toEqual([]);
  });

  test('names every other file with the reason', async () => {
    await write('store.jks', await fixture('ks.jks'));
    await write('pair.pfx', await fixture('modern.pfx'));
    await write('cut.pfx', (await fixture('modern.pfx')).subarray(0, -100));
    await write('nginx.log', Buffer.from('GET / 200\n'));
    await write('alone.key', Buffer.from(site.privateKey));
    await write('large.bin', Buffer.alloc(300 * 1024));
    const { certificates, skipped } = await scan();
    expect(certificates).toEqual([]);
    expect(skipped.toSorted()).toEqual([
      'alone.key: it is a private key whose certificate is not in the folder',
      expect.stringMatching(/^cut\.pfx: it is a damaged PKCS#12 file/),
      'large.bin: it is larger than 256 KiB',
      expect.stringMatching(/^nginx\.log: it is not PEM/),
      'pair.pfx: it is PKCS#12 (.pfx, .p12) with a passphrase: upload it',
      expect.stringMatching(/^store\.jks: it is a Java KeyStore \(JKS\): convert it with `keytool/),
    ]);
  });

  test('names a hundred files, and how many more were skipped', async () => {
    for (let at = 0; at < 103; at += 1) await write(`${at}.txt`, Buffer.from('nothing'));
    const { skipped } = await scan();
    expect(skipped).toHaveLength(101);
    expect(skipped.at(-1)).toBe('3 more files');
  });
});

describe('a scan of another client’s folder', () => {
  test('names lineages of certbot without renewal settings, and files that certbot does not read', async () => {
    const server = 'https://acme-v02.api.letsencrypt.org/directory';
    const params = ['authenticator = standalone'];
    await writeLineage(folder, { name: 'app', pair: site, server, accountId: '0'.repeat(32), params });
    await folder.write('archive/lost.example.com/fullchain1.pem', site.certificate);
    await folder.write('renewal/app.conf.bak', '');
    expect((await scan()).skipped).toEqual([
      expect.stringMatching(/^renewal\/app\.conf\.bak: its name does not end in \.conf/),
      expect.stringMatching(/^lost\.example\.com: it has no renewal\/lost\.example\.com\.conf/),
    ]);
  });

  test('names certificates of acme.sh and lego without settings, and settings without certificate', async () => {
    await folder.write('account.conf', '');
    await folder.write('lost.example.com/fullchain.cer', site.certificate);
    expect((await scan()).skipped).toEqual([
      expect.stringMatching(/^lost\.example\.com: it has no lost\.example\.com\.conf/),
    ]);
    await folder.remove();
    folder = await makeTestFolder();
    for (const file of ['a.crt', 'a.json', 'b.key'])
      await folder.write(`certificates/${file}`, site.certificate);
    expect((await scan()).skipped).toEqual(['certificates/b.key: there is no b.crt beside it']);
  });
});
