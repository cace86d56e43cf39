// Renewals in a browser: the settings of renewals and backups, the use of a CA's limits, the CA's own page about a
// window, the last failure in its words, and the alarm after a missed renewal check.
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../src/main/engine/certificates/renewal-plan.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { CERTIFICATE, PROJECT } from '../support/engine/records.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const DAY = 86_400_000;
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const EXPLANATION = 'https://ca.example/incidents/2026-11';
const SENTENCE = 'too many failed authorizations (5) for "shop.example.com" in the last 1h0m0s';

describeWith('chromium', 'the settings for renewals', () => {
  let ahead = 0;
  const at = (ms: number) => toTimestamp(new Date(Date.now() + ms));

  // The failed backup.
  const gui = useGui(
    async () => {
      const clock = { now: () => new Date(Date.now() + ahead) };
      const app = await startGuiApp({ platform: { clock } });
      await populate(app.dataFolder);
      return app;
    },
    { expected: /status of 500/ },
  );

  async function populate(dataFolder: string): Promise<void> {
    const database = openDatabase(databasePath(dataFolder));
    const stores = createStores(database.db);
    await stores.projects.create(PROJECT);
    const ari = {
      window: { start: at(20 * DAY), end: at(22 * DAY) },
      renewAt: at(21 * DAY),
      explanationUrl: EXPLANATION,
      checkedAt: at(-DAY / 24),
      checkAt: at(DAY),
      failures: 0,
      error: null,
    };
    const failed = {
      failures: 2,
      lastAttempt: at(-60_000),
      lastError: SENTENCE,
      nextAttemptAt: at(21 * DAY),
    };
    await stores.certificates.activate({
      ...CERTIFICATE,
      issuedAt: at(-10 * DAY),
      expiresAt: at(80 * DAY),
      renewal: { ...NO_RENEWAL_YET, ...failed, ari },
    });
    const use = { directoryUrl: LETS_ENCRYPT, kind: 'exact-set', subject: 'shop.example.com' } as const;
    await stores.caUsage.note([3, 2].map((days) => ({ ...use, at: at(-days * DAY) })));
    await database.close();
  }

  const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
  const settings = async () => (await gui.app.call('GET', '/settings')).body;

  it('a project shows the CA’s page about its window, the failures so far and the CA’s message', async () => {
    await gui.open('/projects/p1');
    const link = gui.page.getByRole('link', { name: EXPLANATION });
    await link.waitFor();
    expect(await link.getAttribute('rel')).toContain('noreferrer');
    await gui.page.getByText(SENTENCE).waitFor();
    await gui.page.getByText('2 attempts').waitFor();
  });

  it('saves the fallback CA, a pause, the concurrency and the retention of old versions', async () => {
    await gui.open('/settings/renewals');
    const renewals = panel('Renewals');
    await renewals.getByRole('combobox', { name: 'Fallback CA' }).click();
    await gui.page.getByRole('option', { name: 'ZeroSSL' }).click();
    await renewals.getByLabel('Pause renewals until').fill('2099-01-02T03:04');
    await renewals.getByLabel('Concurrent renewals').fill('3');
    await renewals.getByLabel('Keep old versions (days)').fill('90');
    await renewals.getByRole('button', { name: 'Save' }).click();
    await gui.page.getByText('Settings saved').waitFor();
    expect((await settings()).renewals).toMatchObject({
      fallbackCa: 'zerossl',
      concurrency: 3,
      keepVersionsDays: 90,
      pausedUntil: toTimestamp(new Date('2099-01-02T03:04')),
    });
    await gui.page.getByRole('link', { name: 'Overview' }).click();
    await gui.page.getByRole('status').getByText('Automatic renewals are paused').waitFor();
    await gui.takeScreenshots('overview-paused');
    await gui.page.getByRole('link', { name: 'Open settings' }).click();
    const second = renewals.getByRole('combobox', { name: 'Fallback CA' });
    await expect.poll(() => second.inputValue()).toBe('ZeroSSL');
    await renewals.getByLabel('Pause renewals until').fill('');
    await renewals.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await settings()).renewals?.pausedUntil).toBeNull();
  });

  it('asks before unsaved changes are discarded, and keeps them if the user stays', async () => {
    await gui.open('/settings/renewals');
    const days = panel('Renewals').getByLabel('Keep old versions (days)');
    await days.fill('91');
    const about = () => gui.page.getByRole('link', { name: 'About' }).click();
    gui.page.once('dialog', (dialog) => {
      expect(dialog.message()).toMatch(/not saved/);
      void dialog.dismiss();
    });
    await about();
    expect(await days.inputValue()).toBe('91');
    gui.page.once('dialog', (dialog) => void dialog.accept());
    await about();
    await gui.page.getByRole('heading', { level: 1, name: 'About' }).waitFor();
    expect((await settings()).renewals?.keepVersionsDays).toBe(90);
  });

  it('shows the use of a CA’s limit, and when more is available', async () => {
    await gui.open('/settings/authorities');
    const budget = panel('CA rate limits');
    const row = budget.getByRole('row', { name: /certificates of the same names.*shop\.example\.com/ });
    await row.getByText('2 of 5 in 7 days').waitFor();
  });

  it('configures folder, schedule and passphrase of backups; creates and verifies one, and copies its restore command', async () => {
    await gui.open('/backups');
    const backups = gui.page.getByRole('main');
    await backups.getByLabel('Folder').fill('not/absolute');
    await backups.getByLabel('Interval (hours)').fill('12');
    await backups.getByLabel('Backups to keep', { exact: true }).fill('5');
    await backups.getByRole('button', { name: 'Save' }).click();
    await backups.getByText('Must be an absolute path.', { exact: true }).waitFor();
    await backups.getByLabel('Folder').fill('');
    await backups.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await settings()).backup)
      .toEqual({ folder: null, everyHours: 12, keep: 5 });
    const passphrase = backups.getByLabel('Passphrase', { exact: true });
    await passphrase.fill('short');
    await backups.getByRole('button', { name: 'Set passphrase' }).click();
    await backups.getByText('Must have at least 12 characters.', { exact: true }).waitFor();
    await passphrase.fill('four words chosen by dice');
    await backups.getByRole('button', { name: 'Set passphrase' }).click();
    await backups.getByText('A passphrase is set.', { exact: false }).waitFor();
    expect(await passphrase.inputValue()).toBe('');
    await backups.getByRole('button', { name: 'Back up now' }).click();
    await backups.getByText('1 backup').first().waitFor();
    await backups.getByText('Next backup', { exact: true }).waitFor();
    await backups.getByRole('button', { name: /^Verify certdesk-/ }).click();
    await gui.page.getByText('Backup verified: 1 project').waitFor();
    await gui.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await backups.getByRole('button', { name: /restore command for/ }).click();
    expect(await gui.page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /backup restore .*cdbackup/,
    );
    await gui.takeScreenshots('settings-filled');

    await backups.getByRole('button', { name: 'Restore from file…' }).click();
    const dialog = gui.page.getByRole('dialog');
    const [file = ''] =
      /\S+\.cdbackup/.exec(await gui.page.evaluate(() => navigator.clipboard.readText())) ?? [];
    const check = async (path: string, secret: string) => {
      await dialog.getByLabel('Backup file', { exact: true }).fill(path);
      await dialog.getByLabel('Backup passphrase', { exact: true }).fill(secret);
      await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
    };
    await check('not/whole', 'four words chosen by dice');
    await dialog.getByText('must be an absolute path').waitFor();
    await check(file, 'four other words by dice');
    await dialog
      .getByText(/passphrase does not|passphrase is not|not the passphrase|wrong/i)
      .first()
      .waitFor();
    await check(file, 'four words chosen by dice');
    await dialog.getByText('Backup verified, ready to restore').waitFor();
    await dialog.getByText('Certificate versions').waitFor();
    await dialog.getByText(`backup restore ${file}`, { exact: false }).waitFor();
    await gui.takeScreenshots('backup-checked');
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    await dialog.waitFor({ state: 'detached' });
    expect(await gui.findSecret('four words chosen by dice')).toEqual([]);
  });

  it('explains why a backup failed, and keeps the saved settings', async () => {
    // No user can create a folder there, not even root.
    await gui.app.asUser('PATCH', '/settings', { body: { backup: { folder: '/sys/certdesk-cannot' } } });
    await gui.page.reload();
    const backups = gui.page.getByRole('main');
    await backups.getByRole('button', { name: 'Back up now' }).click();
    await backups.getByRole('alert').first().waitFor();
    await gui.app.asUser('PATCH', '/settings', { body: { backup: { folder: null } } });
    await gui.page.reload();
    await backups.getByText('1 backup').first().waitFor();
    await backups.getByText('The last backup failed').waitFor();
  });

  it('alarms in the overview after five minutes without a renewal check', async () => {
    await gui.open('/');
    await gui.page.getByText('Last renewal check').first().waitFor();
    expect(await gui.page.getByText('Overdue: renewals may be missed').count()).toBe(0);
    ahead = 6 * 60_000;
    await gui.page.reload();
    await gui.page.getByText('Overdue: renewals may be missed').waitFor();
    expect((await gui.app.call('GET', '/overview')).body.engine).toMatchObject({ renewalCheckLate: true });
  });
});
