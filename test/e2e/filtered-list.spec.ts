// An open filtered list while REST changes what its filter matches.
import { expect, it } from 'vitest';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['openssl', 'chromium'], 'a filtered list', () => {
  let openssl: OpenSsl;
  const gui = useGui(async (onStop) => {
    openssl = await createOpenSsl();
    onStop(() => openssl.remove());
    return startGuiApp();
  });

  it('removes rows that no longer match, and adds those that now do', async () => {
    const ids = [await gui.app.project('a.example.com'), await gui.app.project('b.example.com')];
    const row = (domain: string) => gui.page.getByRole('row').filter({ hasText: domain });
    await gui.open('/projects?status=none');
    await row('a.example.com').waitFor();
    await row('b.example.com').waitFor();
    const body = await openssl.issue({ subject: '/CN=a.example.com', san: ['DNS:a.example.com'] });
    const path = `/projects/${ids[0]}/certificate`;
    expect((await gui.app.call('POST', `${path}/upload`, { body })).status).toBe(200);
    await row('a.example.com').waitFor({ state: 'detached' });
    expect(await row('b.example.com').count()).toBe(1);
    expect((await gui.app.call('DELETE', path)).status).toBe(200);
    await row('a.example.com').waitFor();
  });

  it('has the less used states behind More filters, and shows the one that is selected', async () => {
    const state = gui.page
      .getByRole('group', { name: 'Status' })
      .getByRole('button', { name: 'No certificate' });
    await gui.open('/projects');
    await gui.page.getByRole('row').nth(2).waitFor();
    expect(await state.count()).toBe(0);
    await gui.page.getByRole('button', { name: 'More filters' }).click();
    await gui.page.getByRole('combobox', { name: 'Status' }).click();
    await gui.page.getByRole('option', { name: 'Revoked' }).click();
    await gui.page.getByText('No matching projects').waitFor();
    await gui.page.getByRole('combobox', { name: 'Status' }).click();
    await gui.page.getByRole('option', { name: 'No certificate' }).click();
    await gui.page.getByRole('row').nth(2).waitFor();
    expect(await state.getAttribute('aria-pressed')).toBe('true');
    await gui.page.keyboard.press('Escape');
    await state.click();
    await expect.poll(() => state.count()).toBe(0);
  });
});
