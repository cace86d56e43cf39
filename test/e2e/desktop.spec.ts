// The desktop application for a user: from the first start to an issued certificate, in the window.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Desktop, launchDesktop, ON, removeFolder } from '../support/electron/launch.ts';
import { pebbleArgs } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

const PICTURES = resolve(import.meta.dirname, '../../.tools/screenshots');

describeWith(['pebble', 'chromium'], `the desktop application, ${ON}`, () => {
  let folder: string;
  let pebble: Pebble;
  let desktop: Desktop;
  let page: Page;

  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    await mkdir(PICTURES, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'certdesk-desktop-'));
    pebble = await startPebble();
    desktop = await launchDesktop({
      dataFolder: join(folder, 'data'),
      args: await pebbleArgs(folder, pebble),
    });
    page = await desktop.page();
  }, 600_000);
  afterAll(async () => {
    await desktop?.kill();
    await pebble?.stop();
    await removeFolder(folder);
  });

  it('shows its own page, signed in, with the first steps', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(desktop.addressOf(page)).toMatch(/^app:\/\/certdesk\/index\.html/);
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await page.screenshot({ path: join(PICTURES, 'desktop-first.png') });
  });

  it('obtains a certificate with clicks, and shows its steps over IPC', async () => {
    await page.getByRole('link', { name: 'Projects' }).click();
    await page.getByRole('link', { name: 'New certificate' }).first().click();
    await page.getByLabel('Domain names or IP addresses').fill('shop.example.com');
    await page.getByRole('button', { name: 'Request certificate' }).click();
    await page.getByText('View certificate').waitFor();
    await page.screenshot({ path: join(PICTURES, 'desktop-obtained.png') });
  });
});
