// Hosts of each kind in a browser, against real OpenSSH servers: a jump host whose key is in a known_hosts file, a host with
// sudo behind it, and this machine. nginx on the inner host gets a certificate of Pebble, and goes back to an earlier one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';
import { SCRIPT } from '../../src/main/engine/deploy/remote/script-text.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { needsRoot, type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';
import { axeViolations } from '../support/gui/axe.ts';
import { type DeployTarget, startDeployTarget, toServedSerial } from '../support/gui/deploy-target.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const DOMAIN = 'shop.example.com';
const RUN_MS = 60_000;
const MINUTE_MS = 60_000;

describeWith(
  ['pebble', 'chromium', 'nginx', 'sshd', 'sudo', 'busybox', 'openssl'],
  'hosts of each kind by clicking',
  () => {
    describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
      let pebble: Pebble;
      let gate: SshHost;
      let inner: DeployTarget;
      let folder: string;
      let projectId = '';
      let later = 0;

      const gui = useGui(async (onStop) => {
        folder = mkdtempSync(join(tmpdir(), 'certdesk-hosts-'));
        onStop(() => rmSync(folder, { recursive: true }));
        pebble = await startPebble();
        onStop(() => pebble.stop());
        gate = await startSshHost({ address: '127.0.0.4' });
        onStop(() => gate.stop());
        inner = await startDeployTarget(DOMAIN, { address: '127.0.0.3', helper: ['# nothing yet'] });
        onStop(() => inner.stop());
        return startGuiApp({ pebble, platform: { clock: { now: () => new Date(Date.now() + later) } } });
      });

      const button = (name: string | RegExp): Locator => gui.page.getByRole('button', { name, exact: true });
      const link = (name: string): Locator => gui.page.getByRole('link', { name, exact: true });
      const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
      const dialog = (): Locator => gui.page.getByRole('dialog');
      const fill = (label: string, value: string) => gui.page.getByLabel(label, { exact: true }).fill(value);
      async function choose(label: string, option: string): Promise<void> {
        await gui.page.getByRole('combobox', { name: label }).click();
        await gui.page.getByRole('option', { name: option, exact: true }).click();
      }
      async function fillConnection(host: { address: string; port: number; user: string; key: string }) {
        await gui.open('/hosts');
        await link('Add host').first().click();
        await gui.page.getByLabel('Address').fill(host.address);
        await gui.page.getByLabel('SSH port').fill(String(host.port));
        await gui.page.getByLabel('User').fill(host.user);
        await gui.page.getByLabel('Private key').fill(host.key);
      }
      async function openForm(recipe: string, host: string): Promise<void> {
        await gui.open(`/projects/${projectId}/deploy?recipe=${recipe}`);
        await gui.page.getByRole('heading', { name: `Deploy ${DOMAIN}` }).waitFor();
        await gui.page.getByLabel('Hosts').first().click();
        await gui.page.getByRole('option', { name: host }).click();
        await gui.page.keyboard.press('Escape');
      }
      const served = () => inner.servedSerial(DOMAIN);
      const activeSerial = async (): Promise<string> => {
        const { body } = await gui.app.call('GET', `/projects/${projectId}`);
        return toServedSerial(body.certificate?.serial);
      };
      const publicKeyOf = (host: string): string =>
        readFileSync(join(host, 'host-key-ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' ');

      it('asks for a fresh proof, compares the key with known_hosts, and adds the host', async () => {
        await fillConnection({ ...gate, user: 'root', key: gate.privateKey });
        await fill('Name', 'gate');
        later += 16 * MINUTE_MS;
        await gui.page.keyboard.press('Shift'); // the session is not idle
        await button('Continue').click();
        const proof = gui.page.getByRole('dialog', { name: 'Confirm that it is you' });
        await proof.getByLabel('Sign-in link').fill(await gui.app.app.signInLink());
        await proof.getByRole('button', { name: 'Confirm' }).click();
        await gui.page.getByText('Compare the host key').waitFor();
        await button('Or compare them with a known_hosts file').click();
        const name = `[${gate.address}]:${gate.port}`;
        const lines = `${name} ${publicKeyOf(gate.folder)}\n@cert-authority ${name} ${publicKeyOf(inner.folder)}\n`;
        await gui.page
          .getByLabel('Choose file')
          .setInputFiles({ name: 'known_hosts', mimeType: 'text/plain', buffer: Buffer.from(lines) });
        await gui.page.getByText('1 of these keys is in the file, and selected above').waitFor();
        await gui.page.getByText('Line 2: @cert-authority').waitFor();
        expect(await gui.page.getByRole('checkbox').isChecked()).toBe(true);
        await gui.takeScreenshots('host-compare-known-hosts');
        expect(await axeViolations(gui.page)).toEqual([]);
        await button('Add host').click();
        await panel('Test').getByText('All checks passed').waitFor();
      });

      it('warns if the file has another key of the host, and selects nothing', async () => {
        await fillConnection({ ...gate, user: 'root', key: gate.privateKey });
        await button('Continue').click();
        await button('Or compare them with a known_hosts file').click();
        await fill('Or paste its lines', `[${gate.address}]:${gate.port} ${publicKeyOf(inner.folder)}`);
        await button('Show keys').click();
        const alarm = gui.page
          .getByRole('alert')
          .filter({ hasText: 'The file has other keys for this host' });
        await alarm.getByText(inner.fingerprint).waitFor();
        expect(await gui.page.getByRole('checkbox').isChecked()).toBe(false);
        gui.page.once('dialog', (question) => void question.accept()); // the host is not saved
        await gui.open('/hosts');
        await link('Import known_hosts').waitFor();
      });

      it('adds a host with sudo behind the jump host', async () => {
        const { address, sshPort: port, privateKey: key } = inner;
        await fillConnection({ address, port, user: 'deploy', key });
        await fill('Name', 'inner');
        await button('Tags, jump host, administrator rights').click();
        await choose('Jump host', 'gate');
        await choose('Administrator rights', 'sudo, with the helper certdesk-deploy');
        await button('Continue').click();
        await gui.page.getByLabel(inner.fingerprint).check();
        await button('Add host').click();
        await panel('Test').getByText('The helper certdesk-deploy runs with sudo').waitFor();
        await panel('Test').getByText('All checks passed').waitFor();
        await gui.takeScreenshots('host-sudo-behind-jump');
      });

      it('hands out the helper if a host with sudo lacks it, with the lines that install it', async () => {
        const { address, port, hostKeys, privateKey } = gate;
        const { body: credential } = await gui.app.asUser('POST', '/host-credentials', {
          body: { kind: 'ssh-key', name: 'deploy on gate', privateKey },
        });
        const { body: host } = await gui.app.asUser('POST', '/hosts', {
          body: {
            ...{ name: 'without helper', transport: 'ssh', address, port, hostKeys },
            ...{ user: 'deploy', become: 'sudo', credentialId: credential.id },
          },
        });
        await gui.open(`/hosts/${host.id}?test=true`);
        await panel('Test').getByText('Some checks failed').waitFor();
        await panel('Test')
          .getByText('install -m 0755 certdesk-deploy /usr/local/sbin/certdesk-deploy')
          .waitFor();
        const [download] = await Promise.all([
          gui.page.waitForEvent('download'),
          button('Download certdesk-deploy').click(),
        ]);
        expect(download.suggestedFilename()).toBe('certdesk-deploy');
        expect(readFileSync(await download.path(), 'utf8')).toBe(SCRIPT);
        await gui.takeScreenshots('host-helper-missing');
        expect(await axeViolations(gui.page)).toEqual([]);
        await gui.app.asUser('DELETE', `/hosts/${host.id}`);
      });

      it('adds this machine', async () => {
        await gui.open('/hosts');
        await link('Add host').first().click();
        await gui.page.getByRole('radio', { name: 'This machine' }).check();
        await button('Add host').click();
        await panel('Test').getByRole('list', { name: 'Test results' }).waitFor();
        await gui.page.getByText('Reachable', { exact: true }).waitFor();
      });

      it('imports the hosts of an inventory, with keys of a known_hosts file', async () => {
        const key = publicKeyOf(gate.folder);
        await gui.open('/hosts');
        await link('Import hosts').click();
        await fill(
          'Or paste its content',
          `[web]\nimported[1:2].example.com ansible_user=ops ansible_password=planted-secret\nimported3\nbad ansible_host={{x}}\n${gate.address}:${gate.port}\n`,
        );
        await button(/^Keys for the inventory/).click();
        await gui.page
          .getByRole('textbox', { name: /^Keys for the inventory/ })
          .fill(`imported1.example.com ${key}`);
        await button('Show hosts').click();
        await gui.page.getByText(`SHA256:${gate.hostKeys[0]?.sha256}`).waitFor();
        await gui.page.getByText('Line 4: bad: ansible_host is a template of Jinja').waitFor();
        await gui.page.getByRole('region', { name: 'Saved already, not changed' }).waitFor();
        await gui.page.getByLabel('Import imported2.example.com').uncheck();
        await button('Import 2 hosts').click();
        await gui.page.getByText('Choose a credential.').waitFor();
        await gui.page.getByRole('textbox', { name: 'User' }).fill('deploy');
        await gui.page.getByRole('combobox', { name: 'Credential' }).click();
        await gui.page.getByRole('option').first().click();
        await gui.page.getByLabel('Accept the host keys above').check();
        await gui.takeScreenshots('import-hosts');
        expect(await axeViolations(gui.page)).toEqual([]);
        await button('Import 2 hosts').click();
        await gui.page.getByText('2 hosts imported').waitFor();
        const { body } = await gui.app.call('GET', '/hosts');
        const saved = body.hosts as unknown as readonly Record<string, unknown>[];
        const named = (name: string) => saved.find((host) => host.name === name);
        expect(named('imported1.example.com')).toMatchObject({
          user: 'ops',
          hostKeys: [{ type: 'ssh-ed25519' }],
        });
        expect(named('imported3')).toMatchObject({ user: 'deploy', tags: ['web'], hostKeys: [] });
        expect(named('imported2.example.com')).toBeUndefined();
        for (const { name, id } of saved)
          if (String(name).startsWith('imported')) await gui.app.asUser('DELETE', `/hosts/${String(id)}`);
      });

      it('imports known_hosts for saved hosts: new keys, revoked ones, and why lines are refused', async () => {
        const { body } = await gui.app.call('GET', '/hosts');
        const hosts = body.hosts as unknown as readonly { readonly id: string; readonly name: string }[];
        const idOf = (name: string) => hosts.find((host) => host.name === name)?.id;
        const old = { type: 'ssh-rsa', sha256: 'A'.repeat(43) };
        await gui.app.asUser('PATCH', `/hosts/${idOf('inner')}`, { body: { hostKeys: [old] } });
        const [here, there] = [`[${inner.address}]:${inner.sshPort}`, `[${gate.address}]:${gate.port}`];
        await gui.open('/hosts');
        await link('Import known_hosts').click();
        await button('Show keys').click();
        await gui.page.getByText('Choose a file, or paste its lines.').waitFor();
        await fill(
          'Or paste its lines',
          [
            `${here} ${publicKeyOf(inner.folder)}`,
            `@cert-authority ${here} ${publicKeyOf(gate.folder)}`,
            `@revoked ${there} ${publicKeyOf(gate.folder)}`,
            `other.example.com ${publicKeyOf(gate.folder)}`,
          ].join('\n'),
        );
        await button('Show keys').click();
        await panel('inner').getByText(inner.fingerprint).waitFor();
        await gui.page.getByText('Line 2: @cert-authority').waitFor();
        await panel('gate').getByText('Revoked in the file').waitFor();
        await gui.page.getByText('1 line is about hosts that are not saved here').waitFor();
        await gui.takeScreenshots('known-hosts');
        expect(await axeViolations(gui.page)).toEqual([]);
        await gui.page.getByLabel(/^Remove ssh-ed25519 of gate/).uncheck();
        await button('Save 1 change').click();
        await gui.page.getByText('Host keys of 1 host saved').waitFor();
        const keysOf = async (name: string) =>
          (await gui.app.call('GET', `/hosts/${idOf(name)}`)).body.hostKeys;
        const fingerprint = inner.fingerprint.replace('SHA256:', '');
        expect(await keysOf('inner')).toEqual([old, { type: 'ssh-ed25519', sha256: fingerprint }]);
        expect(await keysOf('gate')).toEqual(gate.hostKeys);
      });

      it('shows the lines that the helper lacks, and deploys to nginx once they are on the host', async () => {
        projectId = await gui.app.project(DOMAIN);
        await gui.app.call('POST', `/projects/${projectId}/certificate/obtain`, {
          body: { challengeType: 'http-01' },
        });
        await openForm('nginx', 'inner');
        await gui.page.getByLabel('Certificate file').fill(inner.path);
        await button(/^Advanced/).click();
        await gui.page.getByLabel('HTTPS port').fill(String(inner.httpsPort));
        await button('Test deployment').click();
        await panel('Test').getByText('Some checks failed').waitFor({ timeout: RUN_MS });
        await gui.takeScreenshots('deployment-draft-sudo');
        const shown = await panel('Test').locator('pre').allTextContents();
        expect(shown).toEqual([
          `echo 'path ${inner.path}' >> /etc/certdesk-deploy.conf`,
          "echo 'command nginx -t' >> /etc/certdesk-deploy.conf",
          "echo 'command nginx -s reload' >> /etc/certdesk-deploy.conf",
        ]);
        const lines = shown.join('\n').replaceAll('/etc/', join(inner.folder, 'etc/'));
        execFileSync('sh', ['-ec', lines]);
        await button('Test again').click();
        await panel('Test').getByText('All checks passed').waitFor({ timeout: RUN_MS });
        await button('Save and deploy now').click();
        await panel('Hosts').getByText('Connect', { exact: false }).first().waitFor();
        await panel('Hosts').getByText('Deployed and verified').waitFor({ timeout: RUN_MS });
        await expect.poll(served).toBe(await activeSerial());
      });

      it('copies files on this machine', async () => {
        const [path, key] = [join(folder, 'shop.pem'), join(folder, 'shop.key')];
        await openForm('files', 'This machine');
        await gui.page.getByLabel('Path').nth(0).fill(path);
        await gui.page.getByLabel('Path').nth(1).fill(key);
        await button('Save and deploy now').click();
        await panel('Hosts').getByText('Deployed', { exact: true }).waitFor({ timeout: RUN_MS });
        expect(readFileSync(path, 'utf8')).toContain('BEGIN CERTIFICATE');
        expect(statSync(key).mode & 0o777).toBe(0o600);
      });

      it('rolls the inner host back to the earlier certificate after a renewal', async () => {
        const first = await served();
        await gui.app.call('POST', `/projects/${projectId}/certificate/renew`);
        const renewed = await activeSerial();
        expect(renewed).not.toBe(first);
        await expect.poll(served, { timeout: RUN_MS }).toBe(renewed);
        await gui.open('/deployments');
        await link('nginx').click();
        const history = gui.page.getByRole('list', { name: 'History' });
        await expect.poll(() => history.getByText('Deployed and verified').count()).toBe(2);
        await button('Actions').click();
        await gui.page.getByRole('menuitem', { name: 'Roll back…' }).click();
        await dialog().getByRole('button', { name: 'Roll back' }).click();
        await expect.poll(served, { timeout: RUN_MS }).toBe(first);
        await gui.page.getByText('Older certificate deployed', { exact: true }).waitFor();
      });
    });
  },
);
