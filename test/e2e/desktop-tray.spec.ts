// The tray by state, each notification at most once a day, closing to the tray and reopening, a second start, links.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { launchDesktop, ON } from '../support/electron/launch.ts';
import {
  chooseInTray,
  clickNotification,
  closeWindow,
  readNotifications,
  readOpened,
  readTray,
  readWindows,
} from '../support/electron/record.ts';
import { createDesktopRig, type DesktopRig } from '../support/electron/rig.ts';
import { makeCrl } from '../support/engine/crl.ts';
import { pebbleArgs } from '../support/server/server.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const DAY_MS = 86_400_000;

describeWith(['pebble', 'chromium'], `the tray, ${ON}`, () => {
  let pebble: Pebble;
  let openssl: OpenSsl;
  let rig: DesktopRig;
  let shop: string;

  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    openssl = await createOpenSsl();
    pebble = await startPebble();
    rig = await createDesktopRig((folder) => pebbleArgs(folder, pebble));
    await rig.start();
  }, 600_000);
  afterAll(async () => {
    await rig?.stop();
    await pebble?.stop();
    await openssl?.remove();
  });

  const makeProject = async (domain: string, altNames: readonly string[] = []): Promise<string> =>
    String((await rig.rest('POST', '/projects', { name: domain, domain, altNames })).body.id);
  const obtain = (id: string) =>
    rig.rest('POST', `/projects/${id}/certificate/obtain`, { challengeType: 'http-01', keyType: 'ec' });
  /** A certificate of 90 days with that many days left; uploaded, so it is not renewed. */
  const upload = async (id: string, domain: string, daysLeft: number): Promise<void> => {
    const notAfter = new Date(Date.now() + daysLeft * DAY_MS);
    const notBefore = new Date(notAfter.getTime() - 90 * DAY_MS);
    const made = await openssl.issue({
      subject: `/CN=${domain}`,
      san: [`DNS:${domain}`],
      notBefore,
      notAfter,
    });
    const body = { certificate: made.certificate, privateKey: made.privateKey };
    const answer = await rig.rest('POST', `/projects/${id}/certificate/upload`, body);
    expect(answer.status, answer.text).toBeLessThan(300);
  };
  /** Those of the specs, without the markers. */
  const notifications = async () =>
    (await readNotifications(rig.desktop())).filter(({ title }) => !title.startsWith('marker'));
  const titles = async () => (await notifications()).map(({ title }) => title);
  const resume = () => rig.desktop().evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'), null);
  let markers = 0;
  /** Triggers one more notification: all earlier ones have been shown by then. */
  const tellMarker = async (): Promise<void> => {
    markers += 1;
    const domain = `marker${markers}.example.com`;
    const id = await makeProject(domain);
    await upload(id, domain, 14);
    await resume();
    const shown = async () => (await readNotifications(rig.desktop())).map(({ title }) => title);
    await expect.poll(shown).toContain(`${domain}: expires in 13 days`);
    expect((await rig.rest('DELETE', `/projects/${id}/certificate`)).status).toBe(200);
  };
  const lastRenewalCheckAt = async () => (await rig.rest('GET', '/overview')).body.engine?.lastRenewalCheckAt;
  /** Gives the next renewal check another time than the last one: times have whole seconds. */
  const passSecond = async (): Promise<void> => {
    const before = String(await lastRenewalCheckAt());
    await expect.poll(() => toTimestamp(new Date()) > before).toBe(true);
  };

  it('shows no problem after the first start', async () => {
    await expect
      .poll(() => readTray(rig.desktop()))
      .toEqual({
        icon: 'ok',
        toolTip: 'Certdesk: No certificates yet',
        menu: [
          '(No certificates yet)',
          '-',
          'Renew due certificates',
          'Pause renewals for 24 h',
          '-',
          'Open Certdesk',
          'Quit',
        ],
      });
    expect(await readNotifications(rig.desktop())).toEqual([]);
  });

  it('says that all certificates renew on time', async () => {
    // Two names: Pebble reuses an authorization even at 0 %, one time in a hundred (`>` in its wfe.go).
    shop = await makeProject('shop.example.com', ['www.shop.example.com']);
    expect((await obtain(shop)).status).toBe(200);
    await expect
      .poll(() => readTray(rig.desktop()))
      .toMatchObject({ icon: 'ok', toolTip: 'Certdesk: 1 certificate, renewing on time' });
  });

  it('pauses and resumes renewals', async () => {
    const [asked, day] = [Date.now(), 24 * 3_600_000];
    await chooseInTray(rig.desktop(), 'Pause renewals for 24 h');
    await expect
      .poll(async () => (await readTray(rig.desktop())).menu.join('\n'))
      .toMatch(/\(Renewals are paused until .+?\).*\(Renew due certificates\)\nResume renewals/s);
    const paused = await rig.rest('GET', '/settings');
    const until = String(paused.body.renewals?.pausedUntil);
    expect(until >= toTimestamp(new Date(asked + day))).toBe(true);
    expect(until <= toTimestamp(new Date(Date.now() + day))).toBe(true);
    await chooseInTray(rig.desktop(), 'Resume renewals');
    await expect.poll(async () => (await readTray(rig.desktop())).icon).toBe('ok');
  });

  it('checks for due renewals on request', async () => {
    await passSecond();
    const before = await lastRenewalCheckAt();
    await chooseInTray(rig.desktop(), 'Renew due certificates');
    await expect.poll(lastRenewalCheckAt).not.toEqual(before);
  });

  describe('closed to the tray', () => {
    it('hides the window, and Certdesk keeps running', async () => {
      await closeWindow(rig.desktop());
      expect(await readWindows(rig.desktop())).toEqual([]);
      expect((await rig.rest('GET', '/health')).body.ok).toBe(true);
    });

    it('reports a renewal silently, once a day', async () => {
      for (let time = 1; time <= 2; time += 1) {
        const answer = await rig.rest('POST', `/projects/${shop}/certificate/renew`, {});
        expect(answer.status, answer.text).toBe(200);
      }
      await tellMarker();
      expect(await notifications()).toEqual([
        { title: 'shop.example.com: renewed', body: 'The new certificate is active.', silent: true },
      ]);
    });

    it('reports a failure with its cause once a day, and shows it in the tray', async () => {
      const names = ['shop.example.com', 'www.shop.example.com'];
      for (const name of names) await pebble.challtestsrv.setServfail(name);
      for (let time = 1; time <= 2; time += 1)
        expect((await rig.rest('POST', `/projects/${shop}/certificate/renew`, {})).status).toBeGreaterThan(
          399,
        );
      for (const name of names) await pebble.challtestsrv.clearServfail(name);
      await tellMarker();
      expect(await titles()).toEqual(['shop.example.com: renewed', 'shop.example.com: renewal failed']);
      const [, failed] = await notifications();
      expect(failed).toMatchObject({ silent: false, body: expect.stringMatching(/\w{3}/) });
      await expect
        .poll(() => readTray(rig.desktop()))
        .toMatchObject({ icon: 'attention', toolTip: 'Certdesk: 1 certificate needs attention' });
      expect((await readTray(rig.desktop())).menu).toContain('shop.example.com: renewal failed');
    });

    it('opens the project on a click on the notification', async () => {
      const all = await readNotifications(rig.desktop());
      const index = all.findIndex(({ title }) => title === 'shop.example.com: renewal failed');
      await clickNotification(rig.desktop(), index);
      const page = await rig.page();
      await page.getByRole('heading', { name: 'shop.example.com' }).first().waitFor();
      expect(rig.desktop().addressOf(page)).toContain(`#/projects/${shop}`);
      await expect.poll(() => readWindows(rig.desktop())).toMatchObject([{ visible: true, focused: true }]);
    });

    it('reports at once a certificate that expires without a planned renewal, once per stage', async () => {
      const old = await makeProject('old.example.com');
      await upload(old, 'old.example.com', 14);
      await resume();
      await expect.poll(titles).toContain('old.example.com: expires in 13 days');
      const shown = await titles();
      await tellMarker();
      expect(await titles()).toEqual(shown);
    });

    it('shows the worst state of all projects', async () => {
      const gone = await makeProject('last.example.com');
      await upload(gone, 'last.example.com', 2);
      await expect.poll(async () => (await readTray(rig.desktop())).icon).toBe('failing');
      const first = async () => (await readTray(rig.desktop())).menu.slice(0, 6);
      await expect
        .poll(first)
        .toEqual([
          '(3 certificates need attention)',
          '-',
          'last.example.com: expires, no renewal scheduled',
          'old.example.com: expires, no renewal scheduled',
          'shop.example.com: renewal failed',
          '-',
        ]);
    });

    it('shows no notification if they are turned off', async () => {
      await tellMarker(); // and other notifications that are due
      const before = await titles();
      await rig.rest('PATCH', '/settings', { desktop: { notifications: false } });
      await pebble.challtestsrv.setServfail('quiet.example.com');
      expect((await obtain(await makeProject('quiet.example.com'))).status).toBeGreaterThan(399);
      await rig.rest('PATCH', '/settings', { desktop: { notifications: true } });
      await tellMarker();
      expect(await titles()).toEqual(before);
    });

    it('opens a project of the menu even if the window was closed', async () => {
      await closeWindow(rig.desktop());
      await chooseInTray(rig.desktop(), 'old.example.com: expires, no renewal scheduled');
      await (await rig.page()).getByRole('heading', { name: 'old.example.com' }).first().waitFor();
    });
  });

  describe('time and the CA', () => {
    it('reports a third and a twelfth of a lifetime once each', async () => {
      await upload(await makeProject('third.example.com'), 'third.example.com', 28);
      await resume();
      await expect.poll(titles).toContain('third.example.com: expires in 27 days');
      expect(await titles()).toContain('last.example.com: expires in a day');
      const shown = await titles();
      await tellMarker();
      expect(await titles()).toEqual(shown);
    });

    it('reports a certificate that its CA has revoked once, after one check', async () => {
      const ca = await openssl.createCa({ subject: '/CN=Revoking CA' });
      const crl = await makeCrl(openssl, { ca, revoked: { '87654321': 'keyCompromise' } });
      const server = createServer((_, answer) => answer.end(crl)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        const { port } = server.address() as AddressInfo;
        const extensions = [
          `crlDistributionPoints = URI:http://127.0.0.1:${port}/1.crl`,
          'authorityKeyIdentifier=keyid',
        ];
        const domain = 'revoked.example.com';
        const leaf = await openssl.issue({
          ca,
          subject: `/CN=${domain}`,
          san: [`DNS:${domain}`],
          serial: '87654321',
          extensions,
        });
        const answer = await rig.rest('POST', `/projects/${await makeProject(domain)}/certificate/upload`, {
          certificate: leaf.certificate + ca.certificate,
          privateKey: leaf.privateKey,
        });
        expect(answer.status, answer.text).toBeLessThan(300);
        // CRLs at private addresses are not requested; this one is on loopback.
        await rig.desktop().evaluate(() => {
          process.getBuiltinModule('node:net').BlockList.prototype.check = () => false;
        }, null);
        await resume();
        await expect.poll(titles).toContain(`${domain}: revoked by the CA`);
        const shown = await titles();
        await passSecond();
        const before = await lastRenewalCheckAt();
        await resume();
        await expect.poll(lastRenewalCheckAt).not.toEqual(before);
        await tellMarker();
        expect(await titles()).toEqual(shown);
        await expect
          .poll(async () => (await readTray(rig.desktop())).menu)
          .toContain(`${domain}: is revoked`);
      } finally {
        server.close();
      }
    });
  });

  describe('a second start', () => {
    it('shows the window of the first one and exits', async () => {
      await closeWindow(rig.desktop());
      await expect(launchDesktop({ dataFolder: rig.dataFolder })).rejects.toThrow(
        /ended \(0\) before it was ready/,
      );
      await expect.poll(() => readWindows(rig.desktop())).toMatchObject([{ visible: true }]);
    });

    it('opens the project that a link names, and nothing else', async () => {
      const open = (link: string) =>
        launchDesktop({ dataFolder: rig.dataFolder, args: [link] }).catch((error: Error) => error.message);
      expect(await open(`certdesk://project/${shop}`)).toMatch(/ended \(0\)/);
      const page = await rig.page();
      await expect.poll(() => rig.desktop().addressOf(page)).toContain(`#/projects/${shop}`);
      expect(await open('certdesk://project/..%2f..%2fetc')).toMatch(/ended \(0\)/);
      expect(rig.desktop().addressOf(page)).toContain(`#/projects/${shop}`);
    });
  });

  describe('links out of the window', () => {
    it('open in the user’s browser, and the window stays where it is', async () => {
      const page = await rig.page();
      const before = rig.desktop().addressOf(page);
      await page.evaluate(() => {
        for (const [href, target] of [
          ['https://letsencrypt.org/docs/', '_blank'],
          ['https://letsencrypt.org/help/', ''],
          ['http://example.com/', ''],
          ['http://example.com/', '_blank'],
        ] as const) {
          const link = Object.assign(document.createElement('a'), { href, target, rel: 'noreferrer' });
          document.body.append(link);
          link.click();
          link.remove();
        }
        window.open('https://certbot.eff.org/');
      });
      await expect
        .poll(async () => (await readOpened(rig.desktop())).toSorted())
        .toEqual(expect.arrayContaining(['https://certbot.eff.org/', 'https://letsencrypt.org/docs/']));
      expect((await readOpened(rig.desktop())).filter((url) => !url.startsWith('https://'))).toEqual([]);
      expect(rig.desktop().addressOf(page)).toBe(before);
      expect(await readWindows(rig.desktop())).toHaveLength(1);
    });
  });
});
