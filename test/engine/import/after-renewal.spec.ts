// What other clients did after a renewal: the deployments that a scan finds in their folders.
import { chmod } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID, LE, notesOf, useClientFolder } from '../../support/engine/client-folder-rig.ts';
import { writeAcmeSh, writeLineage } from '../../support/engine/import-folders.ts';

const rig = useClientFolder();

/** As acme.sh's _savedomainconf writes a value with base64. */
const base64 = (text: string) =>
  `__ACME_BASE64__START_${Buffer.from(text).toString('base64')}__ACME_BASE64__END_`;

describe('acme.sh', () => {
  const add = async (conf: Readonly<Record<string, string>>) => {
    await rig.folder.write('account.conf', '');
    await writeAcmeSh(rig.folder, {
      at: 'app.example.com_ecc',
      name: 'app.example.com',
      pair: rig.site,
      conf: { Le_API: LE, Le_Webroot: 'no', ...conf },
    });
    return rig.scanOne();
  };

  test('installs the same files with owner and mode of those that are there, and reloads with the same command', async () => {
    await rig.folder.write('tls/app.key', 'key');
    await chmod(join(rig.folder.path, 'tls/app.key'), 0o640);
    const key = join(rig.folder.path, 'tls/app.key');
    const found = await add({
      Le_RealCertPath: '/nowhere/app.pem',
      Le_RealKeyPath: key,
      Le_RealCACertPath: 'no',
      Le_RealFullChainPath: '/nowhere/full.pem',
      Le_ReloadCmd: base64('systemctl reload nginx'),
    });
    const own = userInfo();
    expect(found.deployments).toMatchObject([
      {
        pausedBecause: null,
        body: {
          kind: 'files',
          files: [
            { content: 'certificate', path: '/nowhere/app.pem', owner: null, mode: null },
            { content: 'privkey', path: key, owner: own.username, mode: '0640' },
            { content: 'fullchain', path: '/nowhere/full.pem' },
          ],
          steps: { reloadCommand: ['systemctl', 'reload', 'nginx'] },
        },
      },
    ]);
  });

  test('writes certificate and intermediates to one file if both had the same path', async () => {
    const found = await add({ Le_RealCertPath: '/tls/a.pem', Le_RealCACertPath: '/tls/a.pem' });
    expect(found.deployments).toMatchObject([
      { body: { files: [{ content: 'fullchain', path: '/tls/a.pem' }] } },
    ]);
  });

  test('keeps a reload command of the shell, with the variables of acme.sh that it uses', async () => {
    const command = 'cat $CERT_KEY_PATH > /x && service x reload # "quoted"';
    const found = await add({ Le_RealKeyPath: '/tls/a.key', Le_ReloadCmd: base64(command) });
    expect(found.deployments).toMatchObject([
      {
        pausedBecause: null,
        body: {
          steps: {
            reloadCommand: ['/bin/sh', '-c', command],
            environment: [{ name: 'CERT_KEY_PATH', value: '/tls/a.key' }],
          },
        },
      },
    ]);
  });

  test('pauses what uses a variable that no installed file sets, and says so', async () => {
    const found = await add({ Le_RealKeyPath: '/tls/a.key', Le_ReloadCmd: base64('x $CA_CERT_PATH') });
    expect(found.deployments).toMatchObject([
      {
        pausedBecause: expect.stringContaining('read it'),
        notes: [expect.stringContaining('$CA_CERT_PATH')],
      },
    ]);
  });

  test('turns hooks and a reload without files into paused commands, and names a pre hook', async () => {
    const found = await add({
      Le_ReloadCmd: base64('cp "$CERT_FULLCHAIN_PATH" /x'),
      Le_RenewHook: base64('/opt/renewed.sh'),
      Le_PreHook: base64('systemctl stop nginx'),
      Le_RealCertPath: 'relative.pem',
    });
    expect(found.deployments).toMatchObject([
      {
        pausedBecause: expect.stringContaining('read it'),
        body: {
          kind: 'command',
          command: {
            argv: [
              '/bin/sh',
              '-c',
              'export CERT_FULLCHAIN_PATH="$CERTDESK_FULLCHAIN"; cp "$CERT_FULLCHAIN_PATH" /x',
            ],
          },
        },
      },
      {
        name: 'renew hook of acme.sh',
        pausedBecause: expect.any(String),
        body: { command: { argv: ['/opt/renewed.sh'] } },
      },
    ]);
    expect(notesOf(found)).toContain('acme.sh ran a pre hook');
    expect(notesOf(found)).toContain('relative.pem');
  });
});

describe('deploy hooks of acme.sh', () => {
  const add = async (conf: Readonly<Record<string, string>>, account = '') => {
    await rig.folder.write('account.conf', account);
    await writeAcmeSh(rig.folder, {
      at: 'app.example.com_ecc',
      name: 'app.example.com',
      pair: rig.site,
      conf: { Le_API: LE, Le_Webroot: 'no', ...conf },
    });
    return rig.scanOne();
  };
  const script = (name: string, variables: readonly string[], more = '') =>
    rig.folder.write(
      `deploy/${name}.sh`,
      `${name}_deploy() {\n${variables.map((each) => `  _getdeployconf ${each}`).join('\n')}\n${more}}\n`,
    );

  test('become paused deployments in their order, each with the variables that its script names', async () => {
    await script('haproxy', ['DEPLOY_HAPROXY_PEM_PATH', 'DEPLOY_HAPROXY_RELOAD', 'Le_Domain']);
    await script('box', ['BOX_USERNAME', 'BOX_PASSWORD', 'BOX_EMPTY', 'LD_PRELOAD']);
    const found = await add(
      {
        Le_DeployHook: 'haproxy,box,',
        SAVED_DEPLOY_HAPROXY_PEM_PATH: '/etc/haproxy',
        SAVED_DEPLOY_HAPROXY_RELOAD: base64('systemctl reload haproxy'),
        SAVED_BOX_PASSWORD: base64('box-secret'),
        SAVED_BOX_EMPTY: '',
        SAVED_LD_PRELOAD: '/tmp/x.so',
        SAVED_OTHER_TOKEN: 'of another script',
      },
      "SAVED_BOX_USERNAME='admin'\nSAVED_CF_Token='of a DNS provider'\n",
    );
    expect(found.deployments.map(({ name, body, pausedBecause }) => [name, body, pausedBecause])).toEqual([
      [
        'deploy hook haproxy of acme.sh',
        {
          kind: 'acme-sh-hook',
          script: 'haproxy',
          variables: [
            { name: 'DEPLOY_HAPROXY_PEM_PATH', value: '/etc/haproxy', isSecret: false },
            { name: 'DEPLOY_HAPROXY_RELOAD', value: 'systemctl reload haproxy', isSecret: false },
          ],
        },
        expect.stringContaining('read it'),
      ],
      [
        'deploy hook box of acme.sh',
        {
          kind: 'acme-sh-hook',
          script: 'box',
          variables: [
            { name: 'BOX_USERNAME', value: 'admin', isSecret: false },
            { name: 'BOX_PASSWORD', value: 'box-secret', isSecret: true },
          ],
        },
        expect.stringContaining('read it'),
      ],
    ]);
    const notes = found.deployments.flatMap((each) => each.notes).join(' ');
    expect(notes).toContain('It gets BOX_PASSWORD as saved credentials.');
    expect(notes).toContain('It does not get LD_PRELOAD');
    expect(notes).toContain('--acme-sh-folder');
    expect(notes).not.toContain('box-secret');
  });

  test('get a variable under its new name if the script has renamed it', async () => {
    await script('ssh', ['DEPLOY_SSH_USER'], '  _migratedeployconf Le_Deploy_ssh_user DEPLOY_SSH_USER\n');
    const found = await add({ Le_DeployHook: 'ssh', Le_Deploy_ssh_user: 'deploy' });
    expect(found.deployments).toMatchObject([
      { body: { variables: [{ name: 'DEPLOY_SSH_USER', value: 'deploy', isSecret: false }] } },
    ]);
  });

  test('are named if their script is not in the folder', async () => {
    const found = await add({ Le_DeployHook: 'gone,../escape' });
    expect(found.deployments).toEqual([]);
    expect(notesOf(found)).toContain('the deploy hook gone, whose script is not in');
    expect(notesOf(found)).toContain('the deploy hook ../escape');
  });
});

describe('certbot', () => {
  const add = async (params: readonly string[]) => {
    await writeLineage(rig.folder, {
      name: 'app.example.com',
      pair: rig.site,
      server: LE,
      accountId: ACCOUNT_ID,
      params: ['authenticator = standalone', ...params],
    });
    return rig.scanOne();
  };
  const addHook = async (name: string, mode: number) => {
    await rig.folder.write(`renewal-hooks/deploy/${name}`, '#!/bin/sh\n');
    await chmod(join(rig.folder.path, 'renewal-hooks/deploy', name), mode);
    return join(rig.folder.path, 'renewal-hooks/deploy', name);
  };

  test('runs hooks as commands that are paused until they are read: the folder’s in order, then its own', async () => {
    const second = await addHook('20-mail.sh', 0o755);
    const first = await addHook('10-web.sh', 0o700);
    await addHook('30-off.sh', 0o644);
    await addHook('40-backup.sh~', 0o755);
    const found = await add(['renew_hook = "cd /srv && ./copy.sh"', 'post_hook = systemctl start nginx']);
    expect(found.deployments.map(({ name, body }) => [name, 'command' in body && body.command.argv])).toEqual(
      [
        ['10-web.sh of certbot', [first]],
        ['20-mail.sh of certbot', [second]],
        ['deploy hook of certbot', ['/bin/sh', '-c', 'cd /srv && ./copy.sh']],
        ['post hook of certbot', ['systemctl', 'start', 'nginx']],
      ],
    );
    expect(found.deployments.every(({ pausedBecause }) => pausedBecause !== null)).toBe(true);
  });

  test('runs a hook once that the folder and the settings name, and none of a folder that is off', async () => {
    const path = await addHook('web.sh', 0o755);
    expect((await add([`renew_hook = ${path}`])).deployments).toHaveLength(1);
    await rig.emptyFolder();
    await addHook('web.sh', 0o755);
    expect((await add(['directory_hooks = False'])).deployments).toEqual([]);
  });

  test('turns the nginx plugin into the recipe with the paths of nginx’s configuration', async () => {
    const live = join(rig.folder.path, 'live/app.example.com');
    await rig.folder.write(
      'nginx/sites/app.conf',
      `server { server_name other.example.com; ssl_certificate /tls/o.pem; ssl_certificate_key /tls/o.key; }
server {
  server_name app.example.com; # ssl_certificate /wrong;
  ssl_certificate "${live}/fullchain.pem"; # managed by Certbot
  ssl_certificate_key ${live}/privkey.pem;
}\n`,
    );
    const found = await add(['installer = nginx', `nginx_server_root = ${rig.folder.path}/nginx`]);
    expect(found.deployments).toMatchObject([
      {
        name: 'nginx',
        pausedBecause: expect.stringMatching(/app\.conf names .*certbot renews the files in live/),
        body: {
          recipe: 'nginx',
          options: { certificate: `${live}/fullchain.pem`, key: `${live}/privkey.pem` },
        },
      },
    ]);
  });

  test('turns the apache plugin into the recipe with paths outside of certbot’s folder, found by name', async () => {
    await rig.folder.write(
      'apache2/sites-enabled/app.conf',
      '<VirtualHost *:443>\n  ServerName app.example.com:443\n  SSLCertificateFile /tls/app.pem\n  sslcertificatekeyfile "/tls/app.key"\n</VirtualHost>\n',
    );
    const found = await add(['installer = apache', `apache_server_root = ${rig.folder.path}/apache2`]);
    expect(found.deployments).toMatchObject([
      {
        pausedBecause: expect.stringContaining('Check the paths'),
        body: { recipe: 'apache', options: { certificate: '/tls/app.pem', key: '/tls/app.key' } },
      },
    ]);
  });
});
