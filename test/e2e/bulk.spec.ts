// Bulk actions in the list: renew 20, re-issue, export as a ZIP, remove and undo; each project has its own result.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const COUNT = 20;

describeWith(['pebble', 'chromium'], 'many projects at once', () => {
  let pebble: Pebble;
  const ids: string[] = [];

  const gui = useGui(async (onStop) => {
    pebble = await startPebble();
    onStop(() => pebble.stop());
    const app = await startGuiApp({ pebble });
    for (let n = 0; n < COUNT; n += 1) ids.push(await app.project(`host-${n + 10}.example.com`));
    const body = { challengeType: 'http-01', keyType: 'ec' };
    const obtained = await Promise.all(
      ids.map((id) => app.call('POST', `/projects/${id}/certificate/obtain`, { body })),
    );
    expect(obtained.map(({ status }) => status)).toEqual(Array(COUNT).fill(200));
    await app.project('empty.example.com');
    return app;
  });

  const button = (name: string): Locator => gui.page.getByRole('button', { name, exact: true });
  const toolbar = () => gui.page.getByRole('toolbar', { name: 'Selected projects' });
  const choose = async (action: string, role: 'button' | 'link' = 'button'): Promise<Locator> => {
    await gui.open('/projects');
    const all = gui.page.getByRole('checkbox', { name: /^Select all/ });
    await all.waitFor();
    if (!(await all.isChecked())) await all.click();
    await toolbar().waitFor();
    await toolbar().getByRole(role, { name: action }).click();
    return gui.page.getByRole('dialog');
  };
  const serials = () =>
    Promise.all(
      ids.map(async (id) => (await gui.app.call('GET', `/projects/${id}/certificate`)).body?.serial ?? null),
    );

  it('renews 20, and names those that cannot be renewed', async () => {
    const before = await serials();
    const dialog = await choose('Renew');
    await dialog.getByText('empty.example.com has no certificate').waitFor();
    await gui.takeScreenshots('bulk-ask');
    await dialog.getByRole('button', { name: 'Renew 20' }).click();
    await dialog.getByText(/\d+ of 20 done/).waitFor();
    await gui.takeScreenshots('bulk-running');
    await dialog.getByText('All 20 completed').waitFor();
    await gui.takeScreenshots('bulk-done');
    expect(await dialog.getByRole('listitem').count()).toBe(COUNT);
    const after = await serials();
    expect(after.filter((serial, n) => serial === null || serial === before[n])).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('re-issues with the current names of the projects, and shows a failure at its project', async () => {
    const [first = '', second = ''] = ids;
    await gui.app.call('PATCH', `/projects/${first}`, { body: { altNames: ['more.example.com'] } });
    await gui.app.call('PATCH', `/projects/${second}`, { body: { altNames: ['broken.example.com'] } });
    await pebble.challtestsrv.setServfail('broken.example.com');
    const dialog = await choose('Re-issue');
    await dialog.getByRole('button', { name: 'Re-issue 20' }).click();
    await dialog.getByText('1 of 20 failed').waitFor();
    await dialog.getByText('Failed: HTTP-01 challenge failed').waitFor();
    await gui.takeScreenshots('bulk-failed');
    const { body } = await gui.app.call('GET', `/projects/${first}/certificate`);
    expect(body.names).toEqual(['host-10.example.com', 'more.example.com']);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('exports all as one ZIP', async () => {
    const dialog = await choose('Export');
    const [file] = await Promise.all([
      gui.page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export 20' }).click(),
    ]);
    const zip = (await readFile(await file.path())).toString('latin1');
    expect(file.suggestedFilename()).toBe('certificates.zip');
    expect(new Set(zip.match(/host-\d+\.example\.com\.fullchain\.pem/g)).size).toBe(COUNT);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('deploys those that have a deployment, and names the others', async () => {
    const host = await gui.app.asUser('POST', '/hosts', { body: { name: 'here', transport: 'local' } });
    const hosts = { ids: [String(host.body.id)] };
    for (const id of ids.slice(0, 2)) {
      const body = { kind: 'command', command: { argv: ['true'] }, hosts };
      expect((await gui.app.asUser('POST', `/projects/${id}/deployments`, { body })).status).toBe(201);
    }
    const dialog = await choose('Deploy');
    await dialog.getByText('host-12.example.com has no deployment').waitFor();
    await dialog.getByRole('button', { name: 'Deploy 2' }).click();
    await dialog.getByText('All 2 started').waitFor();
    expect(await dialog.getByText('Started on 1 host').count()).toBe(2);
    await gui.takeScreenshots('bulk-deployed');
    await dialog.getByRole('button', { name: 'Close' }).click();
    const { body } = await gui.app.call('GET', '/deployments');
    const [one] = body.deployments as unknown as { id: string }[];
    const { runs } = (await gui.app.call('GET', `/deployments/${one?.id}/runs`)).body;
    expect(runs).toMatchObject([{ trigger: 'requested' }, { trigger: 'changed' }]);
  });

  it('adds one deployment to all, with the domain of each in its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certdesk-bulk-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await choose('Add deployment', 'link');
    await gui.page.getByRole('heading', { name: 'Add a deployment to 21 projects' }).waitFor();
    await gui.page.getByRole('combobox', { name: 'Hosts' }).click();
    await gui.page.getByRole('option', { name: 'here' }).click();
    await gui.page.getByLabel('Certificate file').fill(`${folder}/{nmae}.pem`);
    await gui.page.getByText('has the unknown placeholder {nmae}').waitFor();
    await gui.page.getByLabel('Certificate file').fill(`${folder}/{domain}.pem`);
    await gui.page.getByText('All 21 can have the deployment.').waitFor();
    await gui.page.getByText(`${folder}/host-29.example.com.pem`).waitFor();
    await gui.takeScreenshots('bulk-add-deployment');
    await gui.page.getByRole('button', { name: 'Create 21 deployments' }).click();
    await gui.page.getByText('21 deployments created').waitFor();
    const { body } = await gui.app.call('GET', '/deployments?q=nginx');
    expect(body.counts?.total).toBe(21);
    for (const { id } of body.deployments as unknown as { id: string }[])
      await gui.app.asUser('DELETE', `/deployments/${id}`);
  });

  it('removes all, and restores them', async () => {
    const before = await serials();
    const asked = await choose('Remove');
    await gui.page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    const dialog = await choose('Remove');
    expect(await dialog.getByRole('button', { name: 'Remove 20' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type 20 to confirm').fill('20');
    await dialog.getByRole('button', { name: 'Remove 20' }).click();
    await dialog.getByText('All 20 completed').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await serials()).toEqual(Array(COUNT).fill(null));
    await button('Undo').click();
    await gui.page.getByText('20 certificates restored').waitFor();
    expect(await serials()).toEqual(before);
    await gui.takeScreenshots('bulk-bar');
  });
});
