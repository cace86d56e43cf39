// A backup restored by clicks in the desktop's window: Certdesk behind it starts again, the program stays.
import { readdir } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import type { Diagnostics } from '../../src/shared/diagnostics.ts';
import { ON } from '../support/electron/launch.ts';
import { makeVisit, type Visit } from '../support/electron/visit.ts';
import { makeQuickBackup, PASSPHRASE } from '../support/engine/backup-data.ts';
import { checkBackup, confirmRestore, openRestore } from '../support/gui/restore-steps.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', `the desktop application after a restore, ${ON}`, () => {
  let visit: Visit;
  beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);
  beforeEach(async () => {
    visit = await makeVisit(() => ['--challenge-port', '0']);
  });
  afterEach(() => visit?.stop());

  const domains = async () =>
    Object.values((await visit.rest('GET', '/projects')).body.projects ?? {}).map(({ domain }) => domain);

  const ports = async () => {
    const { listeners } = (await visit.ask('query', 'system.diagnostics')) as Partial<Diagnostics>;
    expect(listeners?.api).toMatch(/:\d+$/);
    return listeners;
  };

  it('reloads in the same window at the same address, and quits cleanly', async () => {
    const desktop = await visit.start();
    const page = await visit.page();
    await visit.rest('POST', '/projects', { domain: 'kept.example.com' });
    const listeners = await ports();
    await makeQuickBackup(visit.dataFolder);
    await visit.rest('POST', '/projects', { domain: 'later.example.com' });
    await page.getByRole('link', { name: 'Settings' }).click();
    const dialog = await openRestore(page);
    await checkBackup(dialog, PASSPHRASE);
    await confirmRestore(dialog);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Backup created', { exact: true }).waitFor();
    expect(await domains()).toEqual(['kept.example.com']);
    expect(await ports()).toEqual(listeners);
    expect(
      (await readdir(visit.dataFolder)).filter((name) => name.startsWith('before-restore-')),
    ).toHaveLength(1);
    expect(desktop.output()).not.toContain(PASSPHRASE);
    expect(await desktop.quit()).toBe(0);
  });
});
