// In the GUI: a job that is held back is started by hand, and the approval of an ACME directory is withdrawn.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { JOB } from '../support/engine/records.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { unusedPort } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium'], 'the user', () => {
  let dataFolder: string;
  let directoryUrl: string;
  let app: TestApp;
  let gui: GuiPage;
  let projectId: string;

  beforeAll(async () => {
    await buildGui();
    dataFolder = await mkdtemp(join(tmpdir(), 'certdesk-held-'));
    directoryUrl = `https://127.0.0.1:${await unusedPort()}/directory`;
    let ports: EnginePorts | undefined;
    const around = (given: EnginePorts): EnginePorts => {
      ports = given;
      return given;
    };
    const first = await startApp({ dataFolder, platform: { around } });
    projectId = await first.project('held.example.com');
    const body = { ca: directoryUrl, challengeType: 'http-01' };
    await first.asUser('POST', `/projects/${projectId}/certificate/obtain`, { body });
    const heldUntil = toTimestamp(new Date(Date.now() + 3_600_000));
    if (JOB.input.kind !== 'obtain') throw new Error('another job is expected');
    const spec = { ...JOB.input.spec, ca: directoryUrl, names: ['held.example.com'] };
    const job = { ...JOB, id: 'held', projectId, input: { ...JOB.input, spec }, uncleanEnds: 2, heldUntil };
    await ports?.stores.transaction((tx) => tx.jobs.create(job));
    await ports?.stores.jobs.update(job.id, { heldUntil, uncleanEnds: 2 });
    await first.close();
    app = await startApp({ dataFolder, platform: { guiFolder: GUI_FOLDER } });
    gui = await openGui(app.app);
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('starts the job at once', async () => {
    const { page } = gui;
    await gui.open(`/projects/${projectId}/jobs/held`);
    await page.getByText('three times in a row', { exact: false }).waitFor();
    await gui.takeScreenshots('held-back');
    expect(await app.call('POST', '/jobs/held/start')).toMatchObject({ status: 403 });
    await page.getByRole('button', { name: 'Start now' }).click();
    await expect.poll(async () => (await app.call('GET', '/jobs/held')).body.state).toBe('failed'); // no CA is there
    await page.getByText('three times in a row', { exact: false }).waitFor({ state: 'detached' });
  });

  it('withdraws the approval of the directory', async () => {
    const { page } = gui;
    await gui.open('/settings');
    const withdraw = page.getByRole('button', { name: `Withdraw the approval of ${directoryUrl}` });
    await withdraw.scrollIntoViewIfNeeded();
    await gui.takeScreenshots('approved-directories');
    await withdraw.click();
    await gui.takeScreenshots('withdraw-directory');
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw approval' }).click();
    await page.getByText('The approval was withdrawn').waitFor();
    await withdraw.waitFor({ state: 'detached' });
    expect((await app.call('GET', '/ca-directories')).body.directories).toEqual([]);
  });
});
