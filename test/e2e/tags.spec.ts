// Tags in the GUI: edit them for one project and for many, filter projects and hosts by them, save a filter, export what it
// shows, and limit tokens and channels.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openGui } from '../support/gui/page.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const DOMAINS = ['a.example.com', 'b.example.com', 'c.example.com'];

describeWith('chromium', 'tags', () => {
  const ids: string[] = [];
  const gui = useGui(async () => {
    const app = await startGuiApp();
    for (const domain of DOMAINS) ids.push(await app.project(domain));
    return app;
  });
  const button = (name: string) => gui.page.getByRole('button', { name, exact: true });
  const row = (domain: string) => gui.page.getByRole('row').filter({ hasText: domain });
  const rows = () => gui.page.locator('tbody tr').count();
  const type = async (label: string, ...tags: readonly string[]) => {
    const field = gui.page.getByRole('dialog').getByLabel(label, { exact: true }).first();
    for (const tag of tags) {
      await field.fill(tag);
      await field.press('Enter');
    }
  };
  const tagsOf = async (index: number) => (await gui.app.call('GET', `/projects/${ids[index]}`)).body.tags;

  it('are edited with the project, in any case, and shown on its page', async () => {
    await gui.open(`/projects/${ids[0]}`);
    await button('Actions').click();
    await gui.page.getByRole('menuitem', { name: 'Edit name and domains' }).click();
    await type('Tags', 'Production', 'two/words');
    await gui.page.getByRole('dialog').getByText('“two/words” is not a tag').waitFor({ state: 'hidden' });
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await gui.page.getByText('“two/words” is not a tag').waitFor();
    await gui.page.getByRole('dialog').getByLabel('Tags', { exact: true }).first().press('Backspace');
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await gui.page.getByText('Project updated').waitFor();
    expect(await tagsOf(0)).toEqual(['production']);
    await gui.page.getByText('production', { exact: true }).waitFor();
  });

  it('are added to many projects at once, and removed from them', async () => {
    await gui.open('/projects');
    await gui.page.getByRole('checkbox', { name: /^Select all/ }).click();
    await button('Edit tags').click();
    await type('Add tags', 'EU', 'customer-1');
    await type('Remove tags', 'production');
    await gui.takeScreenshots('bulk-tags');
    await button('Change 3').click();
    await gui.page.getByText('All 3 completed').waitFor();
    await gui.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    for (const n of [0, 1, 2]) expect(await tagsOf(n)).toEqual(['customer-1', 'eu']);
    await row('b.example.com').getByText('customer-1', { exact: true }).waitFor();
  });

  it('filter the list; the filter is in the address and can be saved for every browser', async () => {
    await gui.app.call('POST', `/projects/${ids[1]}/tags`, { body: { add: ['vip'] } });
    await gui.open('/projects');
    await gui.page.getByRole('combobox', { name: 'Filter by tag' }).click();
    await gui.page.getByRole('option', { name: 'vip (1)' }).click();
    await gui.page.keyboard.press('Escape');
    await row('a.example.com').waitFor({ state: 'detached' });
    await row('b.example.com').waitFor();
    expect(gui.page.url()).toContain('vip');
    await button('Saved filters').click();
    await gui.page.getByLabel('Save this view as').fill('Important');
    await button('Save').click();
    await gui.page.getByText('Filter “Important” saved').waitFor();
    await gui.takeScreenshots('saved-filters');
    const other = await openGui(gui.app.app); // another browser
    try {
      await other.open('/projects');
      await other.page.getByRole('row').filter({ hasText: 'c.example.com' }).waitFor();
      await other.page.getByRole('button', { name: 'Saved filters' }).click();
      await other.page.getByRole('button', { name: 'Important', exact: true }).click();
      await other.page.getByRole('row').filter({ hasText: 'c.example.com' }).waitFor({ state: 'detached' });
      expect(await other.page.locator('tbody tr').count()).toBe(1);
      await other.page.getByRole('button', { name: 'Saved filters' }).click();
      await other.page.getByRole('button', { name: 'Delete the filter Important' }).click();
      await other.page.getByText('No saved filters yet.', { exact: false }).waitFor();
    } finally {
      await other.close();
    }
    // This window hears of it.
    await gui.page.getByText('No saved filters yet.', { exact: false }).waitFor();
  });

  it('export what the filter shows as CSV', async () => {
    await gui.open('/projects?tag=vip');
    await row('b.example.com').waitFor();
    const [file] = await Promise.all([gui.page.waitForEvent('download'), button('Export as CSV').click()]);
    expect(file.suggestedFilename()).toBe('certdesk-projects.csv');
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\uFEFF?id,name,domain,altNames,tags,status,/);
    expect(lines[1]).toContain(',b.example.com,,customer-1 eu vip,none,');
  });

  it('filter the hosts likewise, with saved filters and CSV', async () => {
    for (const [name, tag] of [
      ['web-1', 'vip'],
      ['db-1', 'other'],
    ]) {
      const made = await gui.app.asUser('POST', '/hosts', {
        body: { name, transport: 'local', tags: [tag] },
      });
      expect(made.status).toBe(201);
    }
    await gui.open('/hosts?tag=vip');
    const host = (name: string) => gui.page.getByRole('main').getByRole('link', { name, exact: true });
    await host('web-1').waitFor();
    expect(await host('db-1').count()).toBe(0);
    const [file] = await Promise.all([gui.page.waitForEvent('download'), button('Export as CSV').click()]);
    expect(file.suggestedFilename()).toBe('certdesk-hosts.csv');
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/,web-1,local,,,,none,vip,0,,$/);
    await button('Saved filters').click();
    await gui.page.getByLabel('Save this view as').fill('Important hosts');
    await button('Save').click();
    await gui.page.getByText('Filter “Important hosts” saved').waitFor();
    await gui.open('/hosts');
    await host('db-1').waitFor();
    await button('Important hosts').click(); // the saved filters are still open
    await host('db-1').waitFor({ state: 'detached' });
    expect(gui.page.url()).toContain('vip');
  });

  it('share the list with compact rows, which the browser remembers', async () => {
    await gui.open('/projects');
    const height = async () => (await row('b.example.com').boundingBox())?.height ?? 0;
    await row('b.example.com').waitFor();
    const before = await height();
    await button('Compact rows').click();
    await expect.poll(height).toBeLessThan(before);
    await gui.page.reload();
    await row('b.example.com').waitFor();
    expect(await button('Compact rows').getAttribute('aria-pressed')).toBe('true');
    expect(await height()).toBeLessThan(before);
    expect(await rows()).toBe(3);
    await button('Compact rows').click();
  });

  it('limit tokens and channels', async () => {
    await gui.open('/tokens');
    await button('New token').click();
    await gui.page.getByRole('dialog').getByLabel('Name').fill('deploy');
    await type('Limit to tags', 'vip');
    await gui.takeScreenshots('token-tags');
    await button('Create token').click();
    const token = await gui.page.getByRole('dialog').getByText(/^cdk_/).innerText();
    const { body } = await gui.app.call('GET', '/projects', { token });
    expect(body).toMatchObject({ total: 1, projects: [{ id: ids[1] }] });
    await button('I have copied it').click();
    await gui.page
      .getByRole('row', { name: /deploy/ })
      .getByText('vip', { exact: true })
      .waitFor();
  });
});
