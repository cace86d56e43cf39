// A backup restored with clicks in the desktop's window: Certdesk restarts behind it, the program stays.
import { readdir } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import type { Diagnostics } from '../../src/shared/diagnostics.ts';
import { ON } from '../support/electron/launch.ts';
import { createDesktopRig, type DesktopRig } from '../support/electron/rig.ts';
import { makeQuickBackup, PASSPHRASE } from '../support/engine/backup-data.ts';
import { checkBackup, confirmRestore, openRestore } from '../support/gui/restore-steps.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', `the desktop application after a restore, ${ON}`, () => {
  let rig: DesktopRig;
  beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);
  beforeEach(async () => {
    rig = await createDesktopRig(() => ['--challenge-port', '0']);
  });
  afterEach(() => rig?.stop());

  const domains = async () =>
    Object.values((await rig.rest('GET', '/projects')).body.projects ?? {}).map(({ domain }) => domain);

  const ports = async () => {
    const { listeners } = (await rig.ask('query', 'system.diagnostics')) as Partial<Diagnostics>;
    expect(listeners?.api).toMatch(/:\d+$/);
    return listeners;
  };

  it('reloads in the same window at the same address, and quits cleanly', async () => {
    const desktop = await rig.start();
    const page = await rig.page();
    await rig.rest('POST', '/projects', { domain: 'kept.example.com' });
    const listeners = await ports();
    await makeQuickBackup(rig.dataFolder);
    await rig.rest('POST', '/projects', { domain: 'later.example.com' });
    await page.getByRole('link', { name: 'Backups' }).click();
    const dialog = await openRestore(page);
    await checkBackup(dialog, PASSPHRASE);
    await confirmRestore(dialog);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Backup created', { exact: true }).waitFor();
    expect(await domains()).toEqual(['kept.example.com']);
    expect(await ports()).toEqual(listeners);
    expect((await readdir(rig.dataFolder)).filter((name) => name.startsWith('before-restore-'))).toHaveLength(
      1,
    );
    expect(desktop.output()).not.toContain(PASSPHRASE);
    expect(await desktop.quit()).toBe(0);
  });
});
