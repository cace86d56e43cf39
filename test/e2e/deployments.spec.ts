// A new user deploys to nginx on another machine by clicking only: a real OpenSSH server, a real nginx, and certificates of
// Pebble. The certificate arrives there, is verified, renewed and rolled back.
import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';
import { dayIn, systemTimeZone } from '../../src/shared/time-zone.ts';
import { dayName, WEEK, weekdayOf } from '../../src/shared/week.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { needsRoot } from '../support/deploy/ssh-host.ts';
import { axeViolations } from '../support/gui/axe.ts';
import { type DeployTarget, startDeployTarget, toServedSerial } from '../support/gui/deploy-target.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const DOMAIN = 'shop.example.com';
const RUN_MS = 60_000;
const DAY_MS = 86_400_000;

describeWith(
  ['pebble', 'chromium', 'nginx', 'sshd', 'busybox', 'openssl'],
  'deploying to nginx by clicking',
  () => {
    describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
      let pebble: Pebble;
      let target: DeployTarget;
      /** Serial number of the first certificate. */
      let first = '';
      /** How far Certdesk's clock is ahead, in ms. */
      let aheadMs = 0;

      const gui = useGui(async (onStop) => {
        pebble = await startPebble();
        onStop(() => pebble.stop());
        target = await startDeployTarget(DOMAIN);
        onStop(() => target.stop());
        return startGuiApp({ pebble, platform: { clock: { now: () => new Date(Date.now() + aheadMs) } } });
      });

      const button = (name: string | RegExp): Locator => gui.page.getByRole('button', { name, exact: true });
      const link = (name: string | RegExp): Locator => gui.page.getByRole('link', { name, exact: true });
      const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
      const dialog = (): Locator => gui.page.getByRole('dialog');
      const activeSerial = async (): Promise<string> => {
        const { body } = await gui.app.call('GET', '/projects');
        return toServedSerial(body.projects?.['0']?.certificate?.serial);
      };
      const served = () => target.servedSerial(DOMAIN);

      it('adds the host after its key was compared, and tests it', async () => {
        await gui.open('/hosts');
        await link('Add host').first().click();
        await gui.page.getByLabel('Address').fill(target.address);
        await gui.page.getByLabel('SSH port').fill(String(target.sshPort));
        await gui.page.getByLabel('User').fill('root');
        await gui.page.getByLabel('Private key').fill(target.privateKey);
        await gui.page.getByLabel('Name', { exact: true }).fill('web1');
        await button('Continue').click();
        await gui.page.getByText('Compare the host key').waitFor();
        await gui.page.getByText('ssh-keygen -lf').waitFor();
        await gui.takeScreenshots('host-compare-key');
        expect(await axeViolations(gui.page)).toEqual([]);
        await button('Add host').click();
        await gui.page.getByText('Select at least one key that you have compared.').waitFor();
        expect((await gui.app.call('GET', '/hosts')).body.hosts).toHaveLength(0);
        await gui.page.getByLabel(target.fingerprint).check();
        await button('Add host').click();
        await panel('Test').getByText('All checks passed').waitFor();
        await gui.takeScreenshots('host-tested');
        expect(await axeViolations(gui.page)).toEqual([]);
        await gui.page.getByText('Reachable', { exact: true }).waitFor();
        const secret = target.privateKey.split('\n')[2] ?? '';
        expect(await gui.findSecret(secret)).toEqual([]);
      });

      it('shows a changed host key with both fingerprints, and connects once the new one is accepted', async () => {
        const { body } = await gui.app.call('GET', '/hosts');
        const former = { type: 'ssh-ed25519', sha256: 'A'.repeat(43) };
        const path = `/hosts/${body.hosts?.['0']?.id}`;
        expect((await gui.app.asUser('PATCH', path, { body: { hostKeys: [former] } })).status).toBe(200);
        await gui.page.getByText(`SHA256:${former.sha256}`).waitFor();
        await button('Test again').click();
        const alarm = gui.page.getByRole('alert').filter({ hasText: 'The host key has changed' });
        await alarm.getByText(`SHA256:${former.sha256}`).waitFor();
        await alarm.getByText(target.fingerprint).waitFor();
        await gui.takeScreenshots('host-key-alarm');
        expect(await axeViolations(gui.page)).toEqual([]);
        await button('Compare and accept…').click();
        const accept = dialog().getByRole('button', { name: 'Accept new key' });
        expect(await accept.isDisabled()).toBe(true);
        await dialog().getByRole('checkbox').check();
        await accept.click();
        await alarm.waitFor({ state: 'detached' });
        await button('Test again').click();
        await panel('Test').getByText('All checks passed').waitFor();
      });

      it('offers nginx once the certificate is issued, and says what it will do', async () => {
        const id = await gui.app.project(DOMAIN);
        await gui.open(`/projects/${id}/obtain`);
        await button('Request certificate').click();
        await gui.page.getByText('Where is this certificate used?').waitFor({ timeout: RUN_MS });
        await gui.takeScreenshots('job-where-used');
        expect(await axeViolations(gui.page)).toEqual([]);
        await link('Deploy to nginx').click();
        await gui.page.getByLabel('Hosts').first().click();
        await gui.page.getByRole('option', { name: 'web1' }).click();
        await gui.page.keyboard.press('Escape');
        await gui.page.getByLabel('Certificate file').fill(target.path);
        await button(/^Advanced/).click();
        await gui.page.getByLabel('HTTPS port').fill(String(target.httpsPort));
        const preview = panel('What happens');
        await preview.getByText('On web1:').waitFor();
        await preview.getByText(target.path).waitFor();
        await preview.getByText('nginx -s reload').waitFor();
        await gui.takeScreenshots('deploy-preview');
      });

      it('tests what is in the form, which installs and saves nothing, and explains what is missing', async () => {
        const before = await served();
        const test = panel('Test');
        await gui.page.getByLabel('Certificate file').fill('/etc/no-such-folder/shop.pem');
        await button('Test deployment').click();
        await test.getByText('Some checks failed').waitFor({ timeout: RUN_MS });
        await test.getByText("mkdir -p '/etc/no-such-folder'").waitFor();
        await gui.takeScreenshots('deployment-draft-failed');
        await gui.page.getByLabel('Certificate file').fill(target.path);
        await test.getByText('Some checks failed').waitFor({ state: 'detached' });
        await button('Test deployment').click();
        await test.getByText('All checks passed').waitFor({ timeout: RUN_MS });
        await gui.takeScreenshots('deployment-draft-tested');
        expect(await axeViolations(gui.page)).toEqual([]);
        expect(await served()).toBe(before);
        expect((await gui.app.call('GET', '/deployments')).body.deployments).toEqual([]);
      });

      it('deploys, and sees the certificate served', async () => {
        await button('Save and deploy now').click();
        await panel('Hosts').getByText('Deployed and verified').waitFor({ timeout: RUN_MS });
        first = await activeSerial();
        await expect.poll(served).toBe(first);
        await panel('Hosts').getByText('Check the served certificate').waitFor();
        await gui.takeScreenshots('deployment-verified');
        expect(await axeViolations(gui.page)).toEqual([]);
      });

      it('shows issued and deployed beside each other', async () => {
        await gui.open('/projects');
        const row = gui.page.getByRole('row', { name: /shop\.example\.com/ });
        await row.getByText('Valid', { exact: true }).waitFor();
        await row.getByText('Deployed', { exact: true }).filter({ visible: true }).waitFor();
        await gui.open('/');
        await gui.page.getByRole('navigation', { name: 'Deployments by state' }).waitFor();
      });

      it('brings the renewed certificate to nginx without a click on the deployment', async () => {
        const before = await served();
        await gui.open('/projects');
        await link(DOMAIN).click();
        await button('Renew').click();
        await dialog().getByRole('button', { name: 'Renew now' }).click();
        await expect.poll(activeSerial, { timeout: RUN_MS }).not.toBe(before);
        // For a moment after a reload, a process of nginx with the former certificate may still answer.
        await expect.poll(served, { timeout: RUN_MS }).toBe(await activeSerial());
        await gui.open('/deployments');
        await link('nginx').click();
        const history = gui.page.getByRole('list', { name: 'History' });
        await expect.poll(() => history.getByText('Deployed and verified').count()).toBe(2);
      });

      it('rolls back to the earlier certificate, and says that it is an older one', async () => {
        const renewed = await activeSerial();
        await button('Actions').click();
        await gui.page.getByRole('menuitem', { name: 'Roll back…' }).click();
        await dialog().getByRole('button', { name: 'Roll back' }).click();
        await expect.poll(served, { timeout: RUN_MS }).toBe(first);
        await gui.page.getByText('Older certificate deployed', { exact: true }).waitFor();
        await button('Deploy now').click();
        await expect.poll(served, { timeout: RUN_MS }).toBe(renewed);
        await gui.page.getByRole('heading', { level: 1 }).getByText('Deployed', { exact: true }).waitFor();
      });

      it('waits for a window that was set by clicking, and deploys when it opens', async () => {
        const zone = systemTimeZone();
        const open = weekdayOf(dayIn(zone, Date.now() + 2 * DAY_MS));
        const day = dayName(open);
        await button('Actions').click();
        await gui.page.getByRole('menuitem', { name: 'Edit deployment' }).click();
        await gui.page.getByLabel('Deploy only in a window').check();
        const days = gui.page.getByRole('group', { name: 'Days' });
        for (const other of WEEK.filter((each) => each !== open))
          await days.getByLabel(dayName(other)).uncheck();
        expect(await days.getByLabel(day).isChecked()).toBe(true);
        await gui.page.getByLabel('Start').fill('04:00');
        await gui.page.getByLabel('End', { exact: true }).fill('05:00');
        await button('Save').click();
        const former = await served();
        await gui.open('/projects');
        await link(DOMAIN).click();
        await button('Renew').click();
        await dialog().getByRole('button', { name: 'Renew now' }).click();
        await expect.poll(activeSerial, { timeout: RUN_MS }).not.toBe(former);
        await gui.open('/projects');
        await link(DOMAIN).click();
        await gui.page.getByText(`Renewed, deploying ${day} 04:00`).first().waitFor();
        await gui.takeScreenshots('project-waits-for-window');
        expect(await served()).toBe(former);
        const { body } = await gui.app.call('GET', '/deployments');
        aheadMs = Date.parse(String(body.deployments?.['0']?.waiting?.until)) - Date.now() + 1_000;
        // A change of the host wakes the runner, which otherwise looks each minute.
        const path = `/hosts/${(await gui.app.call('GET', '/hosts')).body.hosts?.['0']?.id}`;
        expect((await gui.app.asUser('PATCH', path, { body: { name: 'web1' } })).status).toBe(200);
        await expect.poll(served, { timeout: RUN_MS }).toBe(await activeSerial());
        // Two days later the session has ended.
        await gui.page.goto(await gui.app.app.signInLink());
        await gui.open('/deployments');
        await link('nginx').click();
        await gui.page.getByRole('heading', { level: 1 }).getByText('Deployed', { exact: true }).waitFor();
      });

      it('pauses and resumes, and leaves the files on the host when it is deleted', async () => {
        const current = await served();
        await button('Actions').click();
        await gui.page.getByRole('menuitem', { name: 'Pause' }).click();
        await gui.page.getByText('This deployment is paused').waitFor();
        await button('Resume').click();
        await gui.page.getByText('This deployment is paused').waitFor({ state: 'detached' });
        await button('Actions').click();
        await gui.page.getByRole('menuitem', { name: 'Delete deployment' }).click();
        await dialog().getByText('Files on the hosts stay as they are').waitFor();
        await dialog().getByRole('button', { name: 'Delete deployment' }).click();
        await gui.page.getByText('Where is this certificate used?').waitFor();
        expect(await served()).toBe(current);
      });
    });
  },
);
