// Import through the API, from folders in the real layouts: what is found, what is created from it, and that the folder
// stays unchanged.
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeAcmeSh, writeCertbotAccount, writeLineage } from '../../support/engine/import-folders.ts';
import { named, useImport } from '../../support/server/import-rig.ts';

const LE = 'https://acme-v02.api.letsencrypt.org/directory';
const ACCOUNT_URL = 'https://acme-v02.api.letsencrypt.org/acme/acct/4711';
const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';
const TOKEN = 'cf-token-that-must-stay-secret';

const rig = useImport();
const { issue, scan, importCertificates } = rig;

async function certbotFolder(): Promise<string> {
  const key = await rig.openssl.makeKey('rsa-2048');
  await writeCertbotAccount(rig.folder, {
    place: new URL(LE).host + new URL(LE).pathname,
    id: ACCOUNT_ID,
    key,
    url: ACCOUNT_URL,
  });
  await rig.folder.write('secrets/cf.ini', `# Cloudflare\ndns_cloudflare_api_token = ${TOKEN}\n`);
  const of = { server: LE, accountId: ACCOUNT_ID };
  const cloudflare = (file: string) => [
    'authenticator = dns-cloudflare',
    `dns_cloudflare_credentials = ${join(rig.folder.path, file)}`,
  ];
  await writeLineage(rig.folder, {
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
  await writeLineage(rig.folder, {
    ...of,
    name: 'wild.example.com',
    pair: await issue('*.wild.example.com'),
    params: cloudflare('secrets/cf.ini'),
  });
  await writeLineage(rig.folder, {
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
      importable: true,
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
    const before = await rig.folder.picture();
    const imported = await importCertificates('all');
    expect(imported.map(({ outcome }) => outcome)).toEqual(['imported', 'imported', 'imported']);
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual([
      'already',
      'already',
      'already',
    ]);
    expect(
      (await scan()).certificates.every(({ importable, project }) => !importable && project !== null),
    ).toBe(true);
    expect(await rig.folder.picture()).toEqual(before);

    const { body } = await rig.app.call('GET', '/projects');
    expect(body.total).toBe(3);
    const wild = imported.find(({ names }) => names.includes('*.wild.example.com'))?.projectId ?? '';
    const { body: credentials } = await rig.app.call('GET', '/dns-credentials');
    expect(credentials.dnsCredentials).toMatchObject([
      { name: 'Cloudflare (from certbot)', provider: 'cloudflare', usedBy: [{ id: wild }] },
    ]);
    const lost = imported.find(({ names }) => names.includes('lost.example.com'));
    expect((await rig.app.call('GET', `/projects/${lost?.projectId}/certificate/status`)).body).toMatchObject(
      {
        autoRenew: false,
        lastRenewError: expect.stringContaining('gone.ini'),
      },
    );

    const web = imported.find(({ names }) => names.includes('web.example.com'))?.projectId ?? '';
    const key = await rig.app.call('GET', `/projects/${web}/certificate/download?format=key`);
    const live = await scanKey('web.example.com');
    expect(await rig.openssl.run(['pkey', '-pubout'], key.text)).toBe(live);
    expect(accountKey).toContain('PRIVATE KEY');
  });

  it('is recorded in the audit trail with the actor, and no secret is in an answer, a log line or the trail', async () => {
    const accountKey = await certbotFolder();
    const scanned = JSON.stringify(await scan());
    const imported = JSON.stringify(await importCertificates('all'));
    const audit = await rig.browser.get('/api/v1/audit?limit=100');
    const operations = (audit.body.entries as unknown as { operation: string; actor: { kind: string } }[])
      .filter(({ operation }) => operation.startsWith('imports.'))
      .map(({ operation, actor }) => `${actor.kind} ${operation}`);
    expect(
      operations.filter((one) => one === 'window imports.importCertificates').length,
    ).toBeGreaterThanOrEqual(3);
    expect(operations).toContain('window imports.scan');
    const output = [scanned, imported, audit.text, ...rig.app.log].join('\n');
    for (const secret of [TOKEN, 'PRIVATE KEY', accountKey.split('\n')[3] ?? 'none'])
      expect(output).not.toContain(secret);
  });

  it('without its credentials needs attention in its last third, with what is missing', async () => {
    const day = 86_400_000;
    const [notBefore, notAfter] = [new Date(Date.now() - 80 * day), new Date(Date.now() + 10 * day)];
    await writeLineage(rig.folder, {
      server: LE,
      accountId: ACCOUNT_ID,
      name: 'soon.example.com',
      pair: await issue('soon.example.com', { notBefore, notAfter }),
      params: ['authenticator = dns-cloudflare', 'dns_cloudflare_credentials = /nowhere/gone.ini'],
    });
    await importCertificates('all');
    const { body } = await rig.app.call('GET', '/overview');
    expect(body.attention?.items).toMatchObject([
      { kind: 'unattended', domain: 'soon.example.com', cause: expect.stringContaining('/nowhere/gone.ini') },
    ]);
  });

  it('without the links in live is read from the newest archive', async () => {
    const pair = await issue('moved.example.com');
    await rig.folder.write('archive/moved.example.com/fullchain9.pem', 'old');
    await rig.folder.write('archive/moved.example.com/fullchain10.pem', pair.certificate);
    await rig.folder.write('archive/moved.example.com/privkey10.pem', pair.privateKey);
    await rig.folder.write(
      'renewal/moved.example.com.conf',
      '[renewalparams]\nauthenticator = standalone\nserver = http://ca/\n',
    );
    const [found] = (await scan()).certificates;
    expect(found).toMatchObject({ key: 'matches', importable: true, method: null });
    expect(found?.notes.join()).toContain('not an https URL');
  });

  async function scanKey(name: string): Promise<string> {
    return rig.openssl.run(['pkey', '-pubout', '-in', join(rig.folder.path, `live/${name}/privkey.pem`)]);
  }
});

describe('what another client did after a renewal', () => {
  beforeEach(async () => {
    await writeLineage(rig.folder, {
      name: 'hook.example.com',
      pair: await issue('hook.example.com'),
      server: LE,
      accountId: ACCOUNT_ID,
      params: ['authenticator = standalone', 'renew_hook = /opt/hook.sh'],
    });
  });

  it('is shown by the scan and becomes a paused deployment, which a token cannot resume', async () => {
    expect(named((await scan()).certificates, 'hook.example.com').deployments).toMatchObject([
      {
        kind: 'command',
        paused: true,
        sentences: ['On This machine:', expect.stringContaining('"/opt/hook.sh"'), expect.any(String)],
      },
    ]);
    const [imported] = await importCertificates('all');
    expect(imported?.notes.join(' ')).toContain(
      'Created the deployment deploy hook of certbot. It is paused.',
    );
    const { body } = await rig.app.call('GET', `/projects/${imported?.projectId}/deployments`);
    expect(body.deployments).toMatchObject([
      { pausedBy: 'import', enabled: false, targets: [{ host: { name: 'This machine' } }] },
    ]);
    const { id } = (body.deployments as unknown as { id: string }[])[0] ?? { id: '' };
    expect((await rig.app.call('POST', `/deployments/${id}/resume`)).status).toBe(403);
    expect((await rig.browser.post(`/api/v1/deployments/${id}/resume`, '{}')).status).toBe(200);
  });

  it('is left out if the request says so', async () => {
    const [imported] = await importCertificates('all', { deployments: false });
    const { body } = await rig.app.call('GET', `/projects/${imported?.projectId}/deployments`);
    expect(body.deployments).toEqual([]);
  });
});

describe('acme.sh’s folder', () => {
  beforeEach(async () => {
    await rig.folder.write(
      'account.conf',
      `ACCOUNT_EMAIL='me@example.com'\nSAVED_CF_Token='${TOKEN}'\nSAVED_XY_Key='xy-secret'\n`,
    );
    await rig.folder.write(
      'ca/acme-v02.api.letsencrypt.org/directory/account.key',
      await rig.openssl.makeKey('ec-256'),
    );
    await rig.folder.write(
      'ca/acme-v02.api.letsencrypt.org/directory/ca.conf',
      `ACCOUNT_URL='${ACCOUNT_URL}'\nCA_EMAIL='ca@example.com'\n`,
    );
  });
  const add = async (at: string, webroot: string, more: object = {}) =>
    writeAcmeSh(rig.folder, {
      at,
      name: at.replace(/_ecc$/, ''),
      pair: await issue(at.replace(/_ecc$/, '')),
      conf: { Le_API: LE, Le_Webroot: webroot, Le_Keylength: 'ec-256', ...more },
    });

  it('brings deploy hooks as paused deployments whose secrets are credentials, one for the same value', async () => {
    await rig.folder.write(
      'deploy/box.sh',
      'box_deploy() {\n  _getdeployconf BOX_HOST\n  _getdeployconf BOX_PASSWORD\n}\n',
    );
    const password = 'box-password-that-stays-secret';
    const hook = { Le_DeployHook: 'box', SAVED_BOX_HOST: '192.0.2.7', SAVED_BOX_PASSWORD: password };
    await add('first.example.com', 'no', hook);
    await add('second.example.com', 'no', hook);
    const scanned = await scan();
    expect(named(scanned.certificates, 'first.example.com').deployments).toMatchObject([
      {
        kind: 'acme-sh-hook',
        paused: true,
        sentences: [expect.stringContaining('box_deploy'), expect.any(String)],
      },
    ]);
    const imported = await importCertificates('all');
    expect(JSON.stringify([scanned, imported])).not.toContain(password);
    for (const { projectId } of imported) {
      const { body } = await rig.app.call('GET', `/projects/${projectId}/deployments`);
      expect(body.deployments).toMatchObject([
        { kind: 'acme-sh-hook', pausedBy: 'import', enabled: false, options: { script: 'box' } },
      ]);
    }
    const { text } = await rig.app.call('GET', '/host-credentials');
    expect(text.match(/BOX_PASSWORD of acme\.sh/g)).toHaveLength(1);
    expect(text).not.toContain(password);
  });

  it('becomes credentials of the built-in providers, or of its own script', async () => {
    await rig.folder.write('acme.sh', '#!/bin/sh\n');
    await rig.folder.write('dnsapi/dns_xy.sh', 'dns_xy_add() { XY_Key="$XY_Key"; }\n');
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
    const before = await rig.folder.picture();
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual([
      'imported',
      'imported',
      'imported',
      'imported',
    ]);
    expect(await rig.folder.picture()).toEqual(before);
    expect(rig.app.log.join('\n')).not.toContain('xy-secret');
  });

  it('with two kinds of key for one name becomes two projects', async () => {
    await add('both.example.com_ecc', 'no');
    await writeAcmeSh(rig.folder, {
      at: 'both.example.com',
      name: 'both.example.com',
      pair: await issue('both.example.com', { key: 'rsa-2048' }),
      conf: { Le_API: LE, Le_Webroot: 'no' },
    });
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['imported', 'imported']);
    expect((await importCertificates('all')).map(({ outcome }) => outcome)).toEqual(['already', 'already']);
  });
});
