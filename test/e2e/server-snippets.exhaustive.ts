// Follows "Set up your server" word by word for each server: the files of the ZIP that the browser saves, and the commands
// and the configuration as the page shows them, on a Debian host with the configuration of its packages.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVER_NAMES, SERVERS, type Server } from '../../src/shared/server-snippets.ts';
import { startPebble } from '../support/acme/pebble.ts';
import { isRoot } from '../support/daemons/daemon.ts';
import { type DebianHost, startDebianHost } from '../support/deploy/debian-host.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

/** How the administrator has installed the server, and where it answers. */
interface Installed {
  /** Shell lines: what the package does when it is installed. */
  readonly install: string;
  readonly program: readonly [string, ...string[]];
  /** What the page leaves to the administrator. */
  readonly adapt?: (config: string) => string;
  /** Options of openssl s_client. */
  readonly connect: readonly string[];
}

/** Those that the package enables. */
const APACHE_MODULES = 'mpm_event authz_core authz_host alias dir env mime reqtimeout';

const INSTALLED: Readonly<Record<Server, Installed>> = {
  nginx: {
    install: '',
    program: ['nginx', '-g', 'daemon off;'],
    connect: ['-connect', '127.0.0.1:443'],
  },
  apache: {
    install: `a2enmod -q ${APACHE_MODULES} && mkdir -p /var/www/html /run/apache2`,
    program: ['sh', '-c', '. /etc/apache2/envvars && exec apache2 -DFOREGROUND'],
    connect: ['-connect', '127.0.0.1:443'],
  },
  haproxy: {
    install: "printf 'frontend http\\n\\tbind :8081\\n' >> /etc/haproxy/haproxy.cfg",
    program: ['haproxy', '-W', '-db', '-f', '/etc/haproxy/haproxy.cfg', '-p', '/run/haproxy.pid'],
    adapt: (config) => `${config}\n\nbackend your_backend\n    server app 127.0.0.1:8080`,
    connect: ['-connect', '127.0.0.1:443'],
  },
  postfix: {
    install: `cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
printf 'compatibility_level = 3.6\\nmyhostname = mail.example.com\\nmydestination =\\nalias_maps =\\nalias_database =\\nmaillog_file = /var/log/postfix.log\\n' > /etc/postfix/main.cf
postfix check`,
    program: ['/usr/lib/postfix/sbin/master', '-d', '-c', '/etc/postfix'],
    connect: ['-connect', '127.0.0.1:25', '-starttls', 'smtp'],
  },
  dovecot: {
    install: `cp -r /usr/share/dovecot/dovecot.conf /usr/share/dovecot/conf.d /etc/dovecot/
echo 'protocols = imap' > /etc/dovecot/local.conf
mkdir -p /etc/dovecot/private
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=old -out /etc/dovecot/private/dovecot.pem -keyout /etc/dovecot/private/dovecot.key 2>&1`,
    program: ['dovecot', '-F'],
    // Debian 12 has 2.3: the page says which lines are for it.
    adapt: (config) =>
      config
        .split('\n')
        .filter((line) => !/^(ssl_server_|# )/.test(line))
        .map((line) => line.replace(/^#/, ''))
        .join('\n'),
    connect: ['-connect', '127.0.0.1:993'],
  },
};

describeWith(
  ['pebble', 'chromium', 'nginx', 'apache', 'a2enmod', 'haproxy', 'postfix', 'dovecot', 'busybox', 'openssl'],
  'the page Set up your server',
  () => {
    const gui = useGui(async (onStop) => {
      const pebble = await startPebble();
      onStop(() => pebble.stop());
      return startGuiApp({ pebble });
    });
    let files: Readonly<Record<string, Uint8Array>>;

    beforeAll(async () => {
      const id = await gui.app.project('shop.example.com', ['www.shop.example.com']);
      const body = { challengeType: 'http-01', keyType: 'ec' };
      expect((await gui.app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
      await gui.open(`/projects/${id}?tab=certificate`);
      const saved = gui.page.waitForEvent('download');
      await gui.page.getByRole('button', { name: 'Download: ZIP for a server' }).click();
      files = unzipSync(readFileSync(await (await saved).path()));
    }, 120_000);

    describe.skipIf(!isRoot).each(SERVERS)('for %s', (server) => {
      const { install, program, adapt = (config) => config, connect } = INSTALLED[server];
      let host: DebianHost;
      beforeAll(async () => {
        host = await startDebianHost();
        for (const [name, content] of Object.entries(files))
          writeFileSync(join(host.downloads, name), content);
      });
      afterAll(() => host?.stop());

      it('makes it present the certificate with its chain', async () => {
        host.run(install);
        const daemon = host.start(...program);
        const region = gui.page.getByRole('region', { name: 'Set up your server', exact: true });
        await region.getByRole('tab', { name: SERVER_NAMES[server] }).click();
        const code = async (name: string) =>
          String(await region.getByRole('figure', { name }).locator('pre').textContent());
        const configFile = /Add this to (\S+):/.exec(await region.innerText())?.[1] ?? '';
        const s_client = [toolPath('CERTDESK_TEST_OPENSSL'), 's_client', ...connect, '-servername'];
        const present = () => {
          const output = host.run(
            `${s_client.join(' ')} shop.example.com -showcerts </dev/null 2>&1 || true`,
          );
          return output.match(/-----BEGIN CERT[\s\S]*?-----END CERTIFICATE-----/g)?.join('\n') ?? output;
        };

        host.run(await code('Commands that install the files'));
        host.run(
          `cat >> ${configFile} <<'END'\n${adapt(await code(`Configuration for ${SERVER_NAMES[server]}`))}\nEND`,
        );
        await expect.poll(() => reload(host, String(daemon.output())), { timeout: 120_000 }).toBe('');
        const chain = Buffer.from(files['shop.example.com.fullchain.pem'] ?? []).toString();
        await expect.poll(present, { timeout: 120_000 }).toBe(chain.trim());

        async function reload(on: DebianHost, log: string): Promise<string> {
          try {
            on.run(await code('Commands that load the configuration'));
            return '';
          } catch (error) {
            return `${Object(error).stderr}\n${log}`; // it may still be starting
          }
        }
      });
    });
  },
);
