// A backup restored with clicks: the built server restarts in its process, on its port, and the page continues, signed
// in, with the data of the backup.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGui, type GuiPage, openGui } from '../support/gui/page.ts';
import { checkBackup, confirmRestore, openRestore } from '../support/gui/restore-steps.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

const PASSPHRASE = 'four words chosen by dice';

describeWith('chromium', 'a restore in the browser', () => {
  let folder: string;
  let server: Server;
  let gui: GuiPage;
  let token: string;
  let data: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-e2e-restore-'));
    await buildGui();
    data = ['--data-dir', folder];
    server = await startServer({ dataFolder: folder, args: ['--challenge-port', '0'] });
    const make = ['token', 'create', ...data, '--name', 'e2e', '--scope', 'admin'];
    token = (await runCertdesk(make)).trim();
    const signInLink = async () => (await runCertdesk(['login-link', ...data])).trim();
    gui = await openGui({ address: server.address, signInLink });
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await server?.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const call = (method: string, path: string, body?: object) => server.call(method, path, { token, body });
  const domains = async () =>
    Object.values((await call('GET', '/projects')).body.projects ?? {})
      .map(({ domain }) => String(domain))
      .toSorted();

  it('restores the previous data, and a wrong passphrase changes nothing', async () => {
    const { page } = gui;
    await call('POST', '/projects', { domain: 'kept.example.com' });
    await gui.open('/backups');
    const backups = page.getByRole('main');
    await backups.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await backups.getByRole('button', { name: 'Set passphrase' }).click();
    await backups.getByText('A passphrase is set.', { exact: false }).waitFor();
    await backups.getByRole('button', { name: 'Back up now' }).click();
    await backups.getByText('1 backup').first().waitFor();
    await call('POST', '/projects', { domain: 'later.example.com' });

    const dialog = await openRestore(page);
    await checkBackup(dialog, 'four other words by dice');
    await dialog.getByRole('alert').getByText('passphrase').first().waitFor();
    expect(await domains()).toEqual(['kept.example.com', 'later.example.com']);
    await checkBackup(dialog, PASSPHRASE);
    await dialog.getByRole('row', { name: 'Projects 1 2' }).waitFor();
    const submit = dialog.getByRole('button', { name: 'Restore', exact: true });
    await dialog.getByLabel('Type “restore” to confirm').fill('restor');
    expect(await submit.isDisabled()).toBe(true);
    await confirmRestore(dialog);
    expect(await gui.findSecret(PASSPHRASE)).toEqual([]);
    await dialog.getByRole('button', { name: 'Continue' }).click();

    // The same page, signed in as before, live, and with the restored data.
    await page.getByText('Live', { exact: true }).waitFor();
    await backups.getByText('Backup created', { exact: true }).waitFor();
    await gui.open('/projects');
    await page.getByText('kept.example.com').first().waitFor();
    expect(await page.getByText('later.example.com').count()).toBe(0);
    expect(await domains()).toEqual(['kept.example.com']);
    await call('POST', '/projects', { domain: 'after.example.com' });
    await page.getByText('after.example.com').first().waitFor();

    expect(await runCertdesk(['audit', 'verify', ...data])).toMatch(/^\d+ entries are valid/);
    expect((await call('GET', '/audit?operation=backups.restore')).text).toContain('Restored the backup of');
    const [aside, ...more] = (await readdir(folder)).filter((name) => name.startsWith('before-restore-'));
    expect(more).toEqual([]);
    expect(await readdir(join(folder, String(aside)))).toContain('certdesk.db');
    expect(server.output()).toContain('Restarting to restore a backup');
    expect(server.output().match(/Certdesk listens on \S+/g)).toEqual(
      Array(2).fill(`Certdesk listens on ${server.address}`),
    );
    expect(server.output()).not.toContain(PASSPHRASE);
    // While no server listened, Chromium logged the failed requests.
    const silence = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|status of 503/;
    expect(gui.problems.filter((problem) => !silence.test(problem))).toEqual([]);
    expect(await server.stop()).toBe(0);
  });
});
