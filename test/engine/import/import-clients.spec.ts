// Real certbot and real lego obtain a certificate from Pebble; Certdesk imports it and renews it with their account.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ImportedCertificate } from '../../../src/shared/import.ts';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { makeTestFolder, type TestFolder } from '../../support/engine/import-folders.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { createBrowser } from '../../support/server/browser.ts';
import { secretOf } from '../../support/server/browser-rig.ts';
import { describeWith, toolPath } from '../../support/tools/tools.ts';

const run = promisify(execFile);

describeWith(['pebble', 'certbot', 'lego'], 'import from real clients', () => {
  let pebble: Pebble;
  let folder: TestFolder;
  let app: TestApp | undefined;
  let roots: TestFolder;

  beforeAll(async () => {
    pebble = await startPebble();
    roots = await makeTestFolder();
    await writeFile(join(roots.path, 'root.pem'), pebble.rootPem);
  });
  afterAll(async () => {
    await pebble?.stop();
    await roots?.remove();
  });
  beforeEach(async () => {
    folder = await makeTestFolder();
  });
  afterEach(async () => {
    await app?.stop();
    await folder?.remove();
  });

  async function importAll(): Promise<readonly ImportedCertificate[]> {
    app = await startApp({ pebble });
    const browser = createBrowser(app.app.address);
    await browser.signIn(secretOf(new URL(await app.app.signInLink())));
    const body = JSON.stringify({ folder: folder.path, certificates: 'all' });
    const answer = await browser.post('/api/v1/imports', body);
    expect(answer.status, answer.text).toBe(200);
    return answer.body.certificates as unknown as ImportedCertificate[];
  }

  /** Renewed by Certdesk, and how many accounts the CA was asked to create for it. */
  async function renew(
    id: string,
  ): Promise<{ readonly status: number; readonly text: string; newAccounts: number }> {
    const before = pebble.requests().filter((line) => line.includes('sign-me-up')).length;
    const answer = await app?.call('POST', `/projects/${id}/certificate/renew`, { body: {} });
    const after = pebble.requests().filter((line) => line.includes('sign-me-up')).length;
    return { status: answer?.status ?? 0, text: answer?.text ?? '', newAccounts: after - before };
  }

  it('certbot', { timeout: 180_000 }, async () => {
    const domain = 'certbot.example.com';
    const etc = folder.path;
    await run(
      toolPath('CERTDESK_TEST_CERTBOT'),
      [
        'certonly',
        '--standalone',
        '--http-01-port',
        String(pebble.httpPort),
        '--non-interactive',
        '--agree-tos',
        '--deploy-hook',
        'echo renewed',
      ]
        .concat([
          '--register-unsafely-without-email',
          '-d',
          domain,
          '-d',
          `www.${domain}`,
          '--key-type',
          'ecdsa',
        ])
        .concat([
          '--server',
          pebble.directoryUrl,
          '--config-dir',
          etc,
          '--work-dir',
          join(roots.path, 'work'),
        ])
        .concat(['--logs-dir', join(roots.path, 'logs')]),
      { env: { ...process.env, REQUESTS_CA_BUNDLE: join(roots.path, 'root.pem') }, timeout: 170_000 },
    );
    const before = await folder.picture();
    const [imported] = await importAll();
    expect(imported).toMatchObject({ outcome: 'imported', autoRenew: true });
    expect(imported?.names.toSorted()).toEqual([domain, `www.${domain}`]);
    const { body } = (await app?.call('GET', `/projects/${imported?.projectId}/deployments`)) ?? {};
    expect(body?.deployments).toMatchObject([{ pausedBy: 'import', command: { argv: ['echo', 'renewed'] } }]);
    expect(await renew(imported?.projectId ?? '')).toMatchObject({ status: 200, newAccounts: 0 });
    expect(await folder.picture()).toEqual(before);
  });

  it('lego', { timeout: 180_000 }, async () => {
    const domain = 'lego.example.com';
    await run(
      toolPath('CERTDESK_TEST_LEGO'),
      [
        '--server',
        pebble.directoryUrl,
        '--accept-tos',
        '--email',
        'lego@example.com',
        '--path',
        folder.path,
      ].concat(['--domains', domain, '--http', '--http.port', `:${pebble.httpPort}`, 'run']),
      { env: { ...process.env, LEGO_CA_CERTIFICATES: join(roots.path, 'root.pem') }, timeout: 170_000 },
    );
    const before = await folder.picture();
    const [imported] = await importAll();
    expect(imported).toMatchObject({ outcome: 'imported', names: [domain], autoRenew: false });
    expect(imported?.notes.join()).toContain('Certdesk assumes HTTP-01');
    expect(await renew(imported?.projectId ?? '')).toMatchObject({ status: 200, newAccounts: 0 });
    expect(await folder.picture()).toEqual(before);
  });
});
