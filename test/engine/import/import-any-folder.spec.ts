// Imports of certificates from any folder through the API: what is refused, and what a second import does.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { makeTestFolder } from '../../support/engine/import-folders.ts';
import { startApp } from '../../support/server/app.ts';
import { createBrowser } from '../../support/server/browser.ts';
import { secretOf } from '../../support/server/browser-rig.ts';
import { named, useImport } from '../../support/server/import-rig.ts';

const rig = useImport();
const { issue, scan, importCertificates } = rig;

describe('any folder', () => {
  it('has certificates and keys paired by public key, and shows what is wrong with each', async () => {
    const good = await issue('good.example.com');
    const other = await issue('other.example.com');
    const expired = await issue('old.example.com', {
      notBefore: new Date(0),
      notAfter: new Date(86_400_000),
    });
    await rig.folder.write('a/site.pem', good.certificate + rig.ca.certificate);
    await rig.folder.write('b/key.txt', good.privateKey);
    await rig.folder.write('other.crt', other.certificate);
    await rig.folder.write('old.pem', expired.certificate + expired.privateKey);
    await rig.folder.write('broken.pem', good.certificate.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'));
    const { layout, certificates } = await scan();
    expect(layout).toBe('pem');
    expect(named(certificates, 'good.example.com')).toMatchObject({
      key: 'matches',
      method: null,
      importable: true,
    });
    expect(named(certificates, 'other.example.com')).toMatchObject({ key: 'missing', importable: false });
    expect(named(certificates, 'old.example.com').problems.join()).toMatch(/expired/);
    expect(named(certificates, 'broken.pem')).toMatchObject({ id: null, importable: false });
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['imported']);
  });

  it('shows links that lead out of it, and does not follow them', async () => {
    const outside = await makeTestFolder();
    const pair = await issue('outside.example.com');
    await outside.write('site.pem', pair.certificate + pair.privateKey);
    await rig.folder.link('site.pem', join(outside.path, 'site.pem'));
    await rig.folder.link('loop', '.');
    const { certificates, skipped } = await scan();
    await outside.remove();
    expect(certificates).toEqual([]);
    expect(skipped).toEqual([expect.stringContaining('a place outside the folder')]);
  });

  it('is refused with an explanation if it is not a folder, or not an absolute path', async () => {
    for (const given of [join(rig.folder.path, 'nothing'), 'etc', '/dev/null']) {
      const answer = await rig.browser.post('/api/v1/imports/scan', JSON.stringify({ folder: given }));
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'folder' }] } },
      });
    }
  });

  it('may be large, endless or /proc itself: the scan ends, and says what it has left out', async () => {
    await rig.folder.write('large.pem', 'x'.repeat(300 * 1024));
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
    await rig.folder.write('once.pem', pair.certificate + pair.privateKey);
    const outcomes = (await Promise.all([importCertificates('all'), importCertificates('all')]))
      .flat()
      .map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['already', 'imported']);
    expect((await rig.app.call('GET', '/projects')).body.total).toBe(1);
  });

  it('fills a project of its domain that has no certificate yet, and creates no second one', async () => {
    const body = { domain: 'empty.example.com', name: 'Made before' };
    const project = (await rig.app.call('POST', '/projects', { body })).body;
    const pair = await issue('empty.example.com');
    await rig.folder.write('empty.pem', pair.certificate + pair.privateKey);
    expect(await importCertificates('all')).toMatchObject([{ outcome: 'imported', projectId: project.id }]);
    const listed = (await rig.app.call('GET', '/projects')).body;
    expect(listed).toMatchObject({
      total: 1,
      projects: [{ name: 'Made before', certificate: { names: ['empty.example.com'] } }],
    });
  });

  it('creates a second project of a domain only if that is confirmed', async () => {
    const first = await issue('twice.example.com');
    await rig.folder.write('twice.pem', first.certificate + first.privateKey);
    const [imported] = await importCertificates('all');
    expect(imported?.outcome).toBe('imported');
    const second = await issue('twice.example.com', {
      san: ['DNS:twice.example.com', 'DNS:www.twice.example.com'],
    });
    await rig.folder.write('www.pem', second.certificate + second.privateKey);
    expect((await scan()).certificates).toContainEqual(
      expect.objectContaining({
        importable: true,
        sameDomain: { id: imported?.projectId, name: 'twice.example.com' },
      }),
    );
    const outcomes = async (more = {}) =>
      (await importCertificates('all', more)).map(({ outcome }) => outcome).toSorted();
    expect(await outcomes()).toEqual(['already', 'refused']);
    expect((await rig.app.call('GET', '/projects')).body.total).toBe(1);
    expect(await outcomes({ allowDuplicateDomain: true })).toEqual(['already', 'imported']);
    expect((await rig.app.call('GET', '/projects')).body.total).toBe(2);
  });

  it('is refused to API tokens, whatever their scope', async () => {
    await chmod(rig.folder.path, 0o700);
    const body = { folder: rig.folder.path };
    expect(await rig.app.call('POST', '/imports/scan', { body })).toMatchObject({ status: 403 });
    expect(await rig.app.call('POST', '/imports', { body: { ...body, certificates: 'all' } })).toMatchObject({
      status: 403,
    });
    expect(await rig.app.call('GET', '/imports/folders')).toMatchObject({ status: 403 });
    expect(await rig.browser.get('/api/v1/imports/folders')).toMatchObject({ status: 200 });
  });
});
