// In the GUI: the user starts a job that is held back, and withdraws the approval of an ACME directory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import { JOB } from '../support/engine/records.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { startApp } from '../support/server/app.ts';
import { unusedPort } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium'], 'the user', () => {
  let directoryUrl: string;
  let projectId: string;

  const gui = useGui(async (onStop) => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'certdesk-held-'));
    onStop(() => rm(dataFolder, { recursive: true, force: true }));
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
    return startGuiApp({ dataFolder });
  });

  it('starts the job at once', async () => {
    await gui.open(`/projects/${projectId}/jobs/held`);
    await gui.page.getByText('three times in a row', { exact: false }).waitFor();
    await gui.takeScreenshots('held-back');
    expect(await gui.app.call('POST', '/jobs/held/start')).toMatchObject({ status: 403 });
    await gui.page.getByRole('button', { name: 'Start now' }).click();
    await expect.poll(async () => (await gui.app.call('GET', '/jobs/held')).body.state).toBe('failed'); // the CA does not exist
    await gui.page.getByText('three times in a row', { exact: false }).waitFor({ state: 'detached' });
  });

  it('withdraws the approval of the directory', async () => {
    await gui.open('/settings/authorities');
    const withdraw = gui.page.getByRole('button', { name: `Withdraw the approval of ${directoryUrl}` });
    await withdraw.scrollIntoViewIfNeeded();
    await gui.takeScreenshots('approved-directories');
    await withdraw.click();
    await gui.takeScreenshots('withdraw-directory');
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Withdraw approval' }).click();
    await gui.page.getByText('The approval was withdrawn').waitFor();
    await withdraw.waitFor({ state: 'detached' });
    expect((await gui.app.call('GET', '/ca-directories')).body.directories).toEqual([]);
  });
});
