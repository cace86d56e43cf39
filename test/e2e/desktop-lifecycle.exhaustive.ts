// Sleep and wake-up, crashes, errors, quitting during a job, a second program on the data, ports in use.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { startAcmeGate } from '../support/acme/gate.ts';
import { startPebble } from '../support/acme/pebble.ts';
import { ON, REAL } from '../support/electron/launch.ts';
import {
  answerNext,
  chooseInMenu,
  closeWindow,
  readDialogs,
  readMenu,
  readShownFiles,
  readTray,
  readWindows,
} from '../support/electron/record.ts';
import { createDesktopRig, type DesktopRig } from '../support/electron/rig.ts';
import { pebbleArgs, startServer } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

const PICTURES = resolve(import.meta.dirname, '../../.tools/screenshots');
declare global {
  /** In the main process: how often it has started to quit. */
  var certdeskQuits: number;
}

const LOW_PORTS = '/proc/sys/net/ipv4/ip_unprivileged_port_start';

describeWith('chromium', `the desktop application while it runs, ${ON}`, () => {
  let rig: DesktopRig;
  beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);
  beforeEach(async () => {
    rig = await createDesktopRig(() => ['--challenge-port', '0']);
  });
  afterEach(() => rig?.stop());

  const lastRenewalCheck = async () => (await rig.rest('GET', '/overview')).body.engine?.lastRenewalCheckAt;
  const logged = () => readFileSync(join(rig.dataFolder, 'logs/certdesk.log'), 'utf8');

  it('checks for due renewals at once after wake-up, reconnecting and a jump of the clock', async () => {
    const desktop = await rig.start();
    await rig.page();
    for (const what of ['resume', 'online', 'clock'] as const) {
      const before = await lastRenewalCheck();
      await expect.poll(() => toTimestamp(new Date()) > String(before)).toBe(true); // times have whole seconds
      await desktop.evaluate(async ({ net, powerMonitor }, happens) => {
        if (happens === 'resume') powerMonitor.emit('resume');
        if (happens === 'online') {
          const { isOnline } = net;
          await new Promise<void>((seen) => {
            net.isOnline = () => {
              seen();
              return false;
            };
          });
          net.isOnline = isOnline;
        }
        if (happens === 'clock') {
          const now = Date.now.bind(Date);
          Date.now = () => now() + 3_600_000;
        }
      }, what);
      await expect.poll(lastRenewalCheck).not.toEqual(before);
      await expect.poll(logged).toContain(`"why":"${what}"`);
    }
  });

  it('remembers the position of its window', async () => {
    const desktop = await rig.start();
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    await desktop.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 120, y: 80, width: 1_000, height: 650 });
    }, null);
    expect(await desktop.quit()).toBe(0);
    const again = await rig.start();
    await rig.page();
    const bounds = await again.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds(),
      null,
    );
    expect(bounds).toMatchObject({ width: 1_000, height: 650 });
  });

  it('reloads a crashed page, and asks the user if that does not help', async () => {
    const desktop = await rig.start();
    const crash = () =>
      desktop.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
        null,
      );
    const page = await rig.page();
    await page.getByText('Live', { exact: true }).waitFor();
    await crash();
    await expect.poll(() => page.isClosed()).toBe(true);
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    expect((await rig.rest('GET', '/health')).body.ok).toBe(true);
    await answerNext(desktop, 1);
    for (let time = 2; time <= 3; time += 1) {
      const before = await rig.page();
      await before.getByText('Live', { exact: true }).waitFor();
      await crash();
      await expect.poll(() => before.isClosed()).toBe(true);
    }
    await expect.poll(() => readDialogs(desktop)).toMatchObject([{ message: 'The window keeps crashing' }]);
    expect(await readWindows(desktop)).toEqual([]);
    expect((await rig.rest('GET', '/health')).body.ok).toBe(true);
  });

  it('logs each uncaught error in main, shows it once, and keeps running', async () => {
    const desktop = await rig.start();
    await rig.page();
    await rig.rest('POST', '/projects', { name: 'Kept', domain: 'kept.example.com' });
    for (const text of ['first mistake', 'second mistake']) {
      await desktop.evaluate((_, message) => {
        setTimeout(() => {
          throw new Error(message);
        });
        void Promise.reject(new Error(`${message}, promised`));
      }, text);
    }
    for (const text of ['first mistake', 'second mistake'])
      for (const mistake of [text, `${text}, promised`]) await expect.poll(logged).toContain(`"${mistake}"`);
    expect(await readDialogs(desktop)).toMatchObject([
      { message: 'Certdesk had an internal error and continues.' },
    ]);
    expect((await rig.rest('GET', '/projects')).text).toContain('kept.example.com');
  });

  it('stays in the tray when it starts at login; the setting creates and removes the entry', async () => {
    // Its working directory and environment are not those of a login.
    const root = join(rig.folder, 'root.pem');
    writeFileSync(root, rootCertificates[0] ?? '');
    const desktop = await rig.start({
      args: ['--challenge-port', '0', '--hidden', '--acme-ca-file', relative(process.cwd(), root)],
      env: { CERTDESK_ANSWER_TIMEOUT: '77' },
    });
    await expect.poll(async () => (await readTray(desktop)).icon).toBe('ok');
    expect(await readWindows(desktop)).toEqual([]);
    await desktop.evaluate(({ app }) => void app.emit('activate'), null);
    const entry = join(rig.folder, 'config/autostart/certdesk.desktop');
    expect(existsSync(entry)).toBe(false);
    const page = await rig.page();
    await page.getByRole('link', { name: 'Settings' }).click();
    const choice = page.getByRole('switch', { name: 'Start Certdesk at login' });
    await choice.waitFor();
    await page.screenshot({ path: join(PICTURES, 'desktop-settings.png') });
    await choice.click();
    const readCommand = (): string | undefined =>
      existsSync(entry) ? /^Exec=(.+)$/m.exec(readFileSync(entry, 'utf8'))?.[1] : undefined;
    await expect.poll(readCommand).toBeDefined(); // the file exists before it is written
    // On the same data, and without a second --hidden.
    const command = readCommand() ?? '';
    expect(command).toContain(` --data-dir ${rig.dataFolder} `);
    expect(command).toContain(` --acme-ca-file ${root} `);
    expect(command).toContain(' --answer-timeout=77 ');
    expect(command.match(/--hidden/g)).toHaveLength(1);
    await choice.click();
    await expect.poll(() => existsSync(entry)).toBe(false);
  });

  it('has a menu to open, close, quit and show the log, and none for developers', async () => {
    const desktop = await rig.start();
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    const menu = await readMenu(desktop);
    for (const item of ['&File > Open Certdesk', '&File > Quit', 'editmenu', '&Help > Show the log'])
      expect(menu).toContain(item);
    expect(menu.filter((item) => /devtools|reload|inspect/i.test(item))).toEqual([]);
    await chooseInMenu(desktop, 'Show the log');
    expect(await readShownFiles(desktop)).toEqual([join(rig.dataFolder, 'logs/certdesk.log')]);
    await closeWindow(desktop);
    await chooseInMenu(desktop, 'Open Certdesk');
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    await chooseInMenu(desktop, 'Quit').catch(() => undefined); // gone before it has answered
    expect(await desktop.ended).toBe(0);
  });

  // If this user may open port 80 from any program (a container's setting, for example), nothing is shown.
  const guarded = existsSync(LOW_PORTS) && Number(readFileSync(LOW_PORTS, 'utf8')) > 80;
  it.skipIf(REAL || !guarded)('shows in the window what to do if port 80 is not permitted', async () => {
    const drop = ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service'];
    await rig.start({ args: [], wrapper: process.getuid?.() === 0 ? drop : [] });
    const page = await rig.page();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'HTTPS and network' }).click();
    const advice = page.getByText(/HTTP-01 challenge listener cannot listen on :: port 80/);
    for (const words of [/sudo setcap cap_net_bind_service=\+ep \S*node/, /another port/, /forward port 80/])
      expect(await advice.innerText()).toMatch(words);
    expect(await advice.innerText()).toContain('/.well-known/acme-challenge/');
    await page.getByLabel('HTTP-01 port', { exact: true }).fill('8080');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await expect
      .poll(async () => (await rig.rest('GET', '/settings')).body.listeners?.challengePort)
      .toBe(8080);
    const { body } = await rig.rest('POST', '/projects', { name: 'Shop', domain: 'shop.example.com' });
    await rig
      .desktop()
      .evaluate(
        ({ BrowserWindow }, id) =>
          void BrowserWindow.getAllWindows()[0]?.loadURL(`app://certdesk/index.html#/projects/${id}/obtain`),
        String(body.id),
      );
    await page.getByText('Certdesk is not listening on the HTTP-01 port').waitFor();
  });

  it('opens the project of a link even if Certdesk was not running', async () => {
    await rig.start();
    const { body } = await rig.rest('POST', '/projects', { name: 'Shop', domain: 'shop.example.com' });
    await rig.desktop().quit();
    await rig.start({ args: ['--challenge-port', '0', `certdesk://project/${body.id}`] });
    const page = await rig.page();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(rig.desktop().addressOf(page)).toMatch(new RegExp(`#/projects/${body.id}$`));
  });

  describe('a second program on the same data', () => {
    it('says so in its window, and starts when the first one has stopped', async () => {
      const server = await startServer({ dataFolder: rig.dataFolder, args: ['--challenge-port', '0'] });
      const desktop = await rig.start();
      const page = await rig.page();
      await page.getByRole('heading', { name: 'Another Certdesk uses this data' }).waitFor();
      expect((await readTray(desktop)).icon).toBe('failing');
      await page.getByText('certdesk login-link', { exact: true }).waitFor();
      expect(await server.stop()).toBe(0);
      // Two at once: the first must not lock out the second, and the second must not replace it.
      await page.evaluate(() => {
        void window.certdesk.act('again');
        void window.certdesk.act('again');
      });
      await page.getByText('Live', { exact: true }).waitFor();
      await expect.poll(async () => (await readTray(desktop)).icon).toBe('ok');
      await expect(startServer({ dataFolder: rig.dataFolder })).rejects.toThrow(
        /Another Certdesk uses the data folder/,
      );
    });
  });

  describe('a port that is in use', () => {
    let other: Server;
    let port: number;
    beforeEach(async () => {
      other = createServer().listen(0, '127.0.0.1');
      await new Promise((done) => other.once('listening', done));
      port = (other.address() as { port: number }).port;
    });
    afterEach(() => void other?.close());

    it('is shown with its holder, and another one is used from then on', async () => {
      await rig.start();
      await (await rig.page()).getByText('Live', { exact: true }).waitFor();
      await rig.rest('PATCH', '/settings', { listeners: { apiPort: port } });
      await rig.desktop().quit();
      const desktop = await rig.start({ port: null });
      const page = await rig.page();
      await page.getByRole('heading', { name: `Port ${port} is in use` }).waitFor();
      await page.getByText(`(process ${process.pid})`).waitFor();
      await page.getByRole('button', { name: /^Use port \d+$/ }).click();
      await page.getByText('Live', { exact: true }).waitFor();
      const chosen = (await rig.rest('GET', '/settings')).body.listeners?.apiPort;
      expect(Number(chosen)).toBeGreaterThan(port);
      await desktop.quit();
      await rig.start({ port: null });
      await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    });

    it('quits with Quit', async () => {
      const desktop = await rig.start({ port });
      const quit = (await rig.page()).getByRole('button', { name: 'Quit' });
      await quit.click().catch(() => undefined); // the page is gone before the click has returned
      expect(await desktop.ended).toBe(0);
    });
  });
});

describeWith(['pebble', 'chromium'], `the desktop application during a job, ${ON}`, () => {
  it('asks before it quits, stops cleanly, and resumes the job at the next start', async () => {
    const pebble = await startPebble();
    const gate = await startAcmeGate(pebble);
    const through = {
      ...pebble,
      directoryUrl: gate.directoryUrl,
      rootPem: `${pebble.rootPem}\n${gate.rootPem}`,
    };
    const rig = await createDesktopRig((folder) => pebbleArgs(folder, through));
    try {
      const desktop = await rig.start();
      await (await rig.page()).getByText('Live', { exact: true }).waitFor();
      let held = 0;
      gate.keep((path) => {
        if (!path.includes('finalize')) return null;
        held += 1;
        return new Promise(() => undefined);
      });
      const { body } = await rig.rest('POST', '/projects', { name: 'Shop', domain: 'shop.example.com' });
      const obtain = { id: body.id, body: { challengeType: 'http-01', keyType: 'ec' } };
      await rig.ask('mutation', 'certificates.obtain', obtain);
      await expect.poll(() => held).toBe(1);

      await desktop.evaluate(({ app }) => {
        globalThis.certdeskQuits = 0;
        app.on('will-quit', () => {
          globalThis.certdeskQuits += 1;
        });
      }, null);
      await answerNext(desktop, 1); // keep running
      await desktop.evaluate(({ app }) => void setTimeout(() => app.quit(), 0), null);
      await expect.poll(() => readDialogs(desktop)).toHaveLength(1);
      expect(await readDialogs(desktop)).toMatchObject([
        { message: 'Quit while jobs are running?', detail: expect.stringContaining('A job is running') },
      ]);
      // The answer has taken effect by then.
      const quits = await desktop.evaluate(
        () => new Promise((done) => setImmediate(() => done(globalThis.certdeskQuits))),
        null,
      );
      expect(quits).toBe(0);
      expect((await rig.rest('GET', '/health')).body.ok).toBe(true);

      await answerNext(desktop, 0); // quit
      expect(await desktop.quit()).toBe(0);
      gate.keep(null);
      await rig.start({ args: [...(await pebbleArgs(rig.folder, through)), '--hidden'] });
      await expect
        .poll(async () => (await rig.rest('GET', `/projects/${body.id}/certificate`)).status)
        .toBe(200);
    } finally {
      await rig.stop();
      await gate.stop();
      await pebble.stop();
    }
  });

  it('does not ask if the system ends it', async () => {
    const rig = await createDesktopRig(() => ['--challenge-port', '0']);
    try {
      const desktop = await rig.start();
      await (await rig.page()).getByText('Live', { exact: true }).waitFor();
      await closeWindow(desktop);
      process.kill(desktop.pid, 'SIGTERM');
      expect(await desktop.ended).toBe(0);
      const server = await startServer({ dataFolder: rig.dataFolder, args: ['--challenge-port', '0'] });
      expect(await server.stop()).toBe(0);
    } finally {
      await rig.stop();
    }
  });
});
