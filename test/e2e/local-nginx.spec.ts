// A new user brings a certificate to nginx on the machine of Certdesk by following only what the pages say: the copied lines
// go into the configuration of a real nginx. Only its place is not the usual one, so the user enters paths and commands.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Daemon, startDaemon } from '../support/daemons/daemon.ts';
import { nginxConfig, nginxSettled } from '../support/daemons/nginx.ts';
import { servedSerial, toServedSerial } from '../support/gui/deploy-target.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const DOMAIN = 'shop.example.com';
const RUN_MS = 60_000;

/** nginx without a site, and a command `nginx` in its folder that knows this place. Its second port is for the site. */
const startEmptyNginx = (): Promise<Daemon> =>
  startDaemon({
    name: 'nginx',
    uses: [{ addresses: ['127.0.0.1'] }, { addresses: ['127.0.0.1'] }],
    async configure({ folder, ports: [port = 0], write }) {
      await mkdir(join(folder, 'conf.d'));
      const config = await write(
        'nginx.conf',
        nginxConfig(folder, [
          `server { listen 127.0.0.1:${port}; return 204; }`,
          `include ${folder}/conf.d/*.conf;`,
        ]),
      );
      const program = toolPath('CERTDESK_TEST_NGINX');
      const args = ['-p', folder, '-e', 'stderr', '-c', config];
      await write('nginx', `#!/bin/sh\nexec ${program} ${args.join(' ')} "$@"\n`, 0o755);
      return { program, args, ready: [{ address: '127.0.0.1', port }] };
    },
  });

describeWith(['pebble', 'chromium', 'nginx'], 'the first certificate of an nginx on this machine', () => {
  let pebble: Pebble;
  let nginx: Daemon;
  const gui = useGui(async (onStop) => {
    pebble = await startPebble();
    onStop(() => pebble.stop());
    nginx = await startEmptyNginx();
    onStop(() => nginx.stop());
    return startGuiApp({ pebble, staging: pebble });
  });

  const button = (name: string | RegExp): Locator => gui.page.getByRole('button', { name, exact: true });
  const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
  /** What the copy button of a block copies. */
  const copied = async (what: string): Promise<string> =>
    String(await gui.page.getByRole('figure', { name: what, exact: true }).locator('pre').textContent());

  it('is requested by the page New certificate', async () => {
    await gui.page.getByRole('link', { name: 'New certificate' }).first().click();
    await gui.page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill(DOMAIN);
    await button('Request certificate').click();
    await gui.page.getByText('Where is this certificate used?').waitFor({ timeout: RUN_MS });
  });

  it('is served once the lines that the page shows are in place, and Test finds what is not', async () => {
    const [, port = 0] = nginx.ports;
    await gui.page.getByRole('link', { name: 'Deploy to nginx', exact: true }).click();
    await button(/^Use this machine/).click();
    await gui.page.getByLabel('Certificate file').fill(`${nginx.folder}/certdesk/{domain}.pem`);
    await button(/^Advanced/).click();
    await gui.page.getByLabel('HTTPS port').fill(String(port));
    await button('Change files and commands').click();
    // They would have no effect any more.
    for (const label of ['Certificate file', 'HTTPS port'])
      await gui.page.getByLabel(label).waitFor({ state: 'detached' });
    await gui.page.getByLabel('Command that checks the configuration').fill(`${nginx.folder}/nginx -t`);
    await gui.page.getByLabel('Command that reloads the service').fill(`${nginx.folder}/nginx -s reload`);
    await panel('What happens').getByText(`${nginx.folder}/nginx -s reload`).waitFor();

    await button('Test deployment').click();
    await panel('Test').getByText('Some checks failed').waitFor({ timeout: RUN_MS });
    const [, ...words] = (await copied('Command that creates the folder')).split(' '); // sudo
    const [program = '', ...args] = words;
    expect(program).toBe('install');
    execFileSync(program, args);
    const config = await copied('Configuration for nginx');
    await writeFile(join(nginx.folder, 'conf.d', `${DOMAIN}.conf`), config);
    await gui.takeScreenshots('local-nginx-lines');
    await button('Test again').click();
    await panel('Test').getByText('Some checks failed').waitFor({ state: 'detached', timeout: RUN_MS });
    // Nothing listens on the port yet, and the page says that this can be right.
    await panel('Test')
      .getByText('Before the first deployment this can be right')
      .waitFor({ timeout: RUN_MS });

    await button('Save and deploy now').click();
    await panel('Hosts').getByText('Deployed and verified').waitFor({ timeout: RUN_MS });
    await nginxSettled(nginx.pid);
    const { body } = await gui.app.call('GET', '/projects');
    const project = body.projects?.['0'];
    expect(await servedSerial({ host: '127.0.0.1', port, servername: DOMAIN })).toBe(
      toServedSerial(project?.certificate?.serial),
    );
    expect(project?.deployed?.state).toBe('deployed');
    await gui.takeScreenshots('local-nginx-served');
  });
});
