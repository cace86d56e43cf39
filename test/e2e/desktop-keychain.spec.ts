// The desktop application and the session's keychain: a real gnome-keyring on its own D-Bus; unlocked, locked, and
// missing. It fails closed, and the window says how to fix it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type DesktopOptions, ON } from '../support/electron/launch.ts';
import { readTray } from '../support/electron/record.ts';
import { createDesktopRig, type DesktopRig } from '../support/electron/rig.ts';
import { pebbleArgs } from '../support/server/server.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium', 'keyring'], `the desktop application and the keychain, ${ON}`, () => {
  let pebble: Pebble;
  let rig: DesktopRig;
  beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);
  beforeEach(async () => {
    pebble = await startPebble();
    rig = await createDesktopRig((folder) => pebbleArgs(folder, pebble));
  });
  afterEach(async () => {
    await rig?.stop();
    await pebble?.stop();
  });

  /** In its own session, whose keyrings are in the rig's folder. */
  function session(keyring: 'unlocked' | 'locked' | 'none'): Partial<DesktopOptions> {
    const home = join(rig.folder, 'home');
    mkdirSync(home, { recursive: true });
    const daemon = `'${toolPath('CERTDESK_TEST_GNOME_KEYRING')}' --components=secrets`;
    const begin = {
      unlocked: `printf 'pw\\n' | ${daemon} --unlock >'${home}/daemon'`,
      locked: `${daemon} --start >'${home}/daemon'`,
      none: ':',
    }[keyring];
    return {
      secretStore: 'auto',
      env: { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_DIRS: `${home}/share`, DISPLAY: '' },
      wrapper: [
        toolPath('CERTDESK_TEST_DBUS_RUN_SESSION'),
        '--',
        'bash',
        '-c',
        `${begin}\nexec "$@"`,
        'bash',
      ],
    };
  }

  async function obtain(domain: string): Promise<{ readonly status: number; readonly text: string }> {
    const { body } = await rig.rest('POST', '/projects', { name: domain, domain });
    return rig.rest('POST', `/projects/${body.id}/certificate/obtain`, {
      challengeType: 'http-01',
      keyType: 'ec',
    });
  }

  it('stores its master key there; locked, it says so and does nothing; unlocked, it continues', async () => {
    await rig.start(session('unlocked'));
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    expect(await rig.ask('query', 'system.health')).toEqual({
      ok: true,
      secretStore: 'keychain',
      https: null,
    });
    expect((await obtain('shop.example.com')).status).toBe(200);
    expect(await rig.desktop().quit()).toBe(0);

    const locked = await rig.start(session('locked'));
    const page = await rig.page();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await rig.ask('query', 'system.health')).toEqual({
      ok: false,
      secretStore: 'unavailable',
      https: null,
    });
    const refused = await obtain('second.example.com');
    expect(refused.text).toContain('SECRET_STORE_UNAVAILABLE');
    expect(refused.text).toMatch(/unlock/i);
    await page
      .getByText(/secret store unavailable/i)
      .first()
      .waitFor();
    await expect
      .poll(() => readTray(locked))
      .toMatchObject({ icon: 'failing', toolTip: expect.stringContaining('Secret store unavailable') });
    await locked.quit();

    await rig.start(session('unlocked'));
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    expect((await obtain('third.example.com')).status).toBe(200);
  }, 120_000);

  it('refuses a data folder whose keychain is missing, and does not start a new one', async () => {
    await rig.start(session('unlocked'));
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
    expect((await obtain('shop.example.com')).status).toBe(200);
    await rig.desktop().quit();

    await rig.start({ ...session('none') });
    const page = await rig.page();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await rig.ask('query', 'system.health')).toEqual({
      ok: false,
      secretStore: 'unavailable',
      https: null,
    });
    expect((await obtain('second.example.com')).text).toContain('SECRET_STORE_UNAVAILABLE');
    await rig.desktop().quit();

    await rig.start({ ...session('none'), secretStore: 'sealed-file' });
    const failed = await rig.page();
    await failed.getByRole('heading', { name: 'The keychain cannot be used' }).waitFor();
    await failed.getByText(/Unlock the login keyring/).waitFor();
  }, 120_000);
});
