// Help from within: the question mark beside a title opens a document that the server itself serves, in the theme of the
// GUI; so does the API reference.
import { expect, it } from 'vitest';
import { axeViolations } from '../support/gui/axe.ts';
import { useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium'], 'help', () => {
  const gui = useGui();
  const background = () => gui.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const choose = (scheme: string) =>
    gui.page.evaluate((value) => localStorage.setItem('mantine-color-scheme-value', value), scheme);

  it('opens the document about the page, by keyboard, at its heading', async () => {
    await gui.open('/import');
    const help = gui.page.getByRole('link', { name: 'Help: Import' });
    await help.focus();
    const [opened] = await Promise.all([gui.page.context().waitForEvent('page'), help.press('Enter')]);
    await opened.getByRole('heading', { name: 'Import a folder' }).waitFor();
    expect(new URL(opened.url()).pathname).toBe('/docs/import.html');
    expect(await opened.title()).toBe('Import · Certdesk documentation');
    await opened.close();
  });

  it('is a page of the server, in the theme that was chosen, and leads back', async () => {
    for (const [scheme, color] of [
      ['dark', 'rgb(23, 28, 36)'],
      ['light', 'rgb(247, 248, 250)'],
    ] as const) {
      await choose(scheme);
      await gui.page.goto(`${gui.app.app.address}/docs/tutorials/nginx-over-ssh.html`);
      expect(await background()).toBe(color);
      await gui.page.goto(`${gui.app.app.address}/api/docs`);
      await gui.page.locator('.opblock').first().waitFor();
      expect(await background()).toBe(color);
    }
    await choose('auto');
    await gui.page.goto(`${gui.app.app.address}/docs/`);
    await gui.page.goto(`${gui.app.app.address}/docs/notifications.html`);
    expect(await axeViolations(gui.page)).toEqual([]);
    await gui.page.getByRole('link', { name: 'Certdesk', exact: true }).click();
    await gui.page.getByRole('navigation', { name: 'Main' }).waitFor();
  });

  it('fits a narrow screen, with tables that scroll on their own', async () => {
    await gui.page.setViewportSize({ width: 400, height: 800 });
    for (const path of ['/docs/settings.html', '/docs/security.html', '/api/docs']) {
      await gui.page.goto(`${gui.app.app.address}${path}`);
      await gui.page.locator('h1, .opblock').first().waitFor();
      expect(await gui.page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    }
    await gui.page.setViewportSize({ width: 1280, height: 900 });
  });

  it('includes an API reference without axe violations, with two operations open, a response and the dialog', async () => {
    const { page } = gui;
    const open = async (name: RegExp) => page.getByRole('button', { name }).press('Enter');
    await page.goto(`${gui.app.app.address}/api/docs`);
    await page.locator('.opblock').first().waitFor();
    await open(/^post \/projects$/i);
    await page.getByRole('button', { name: 'Try it out' }).press('Enter');
    await page.getByRole('textbox', { name: 'Request body' }).waitFor();
    await page.getByRole('button', { name: 'Execute' }).press('Enter');
    await page.getByText('INVALID_REQUEST').first().waitFor();
    // The other one has parameters to choose from, and an example with large numbers.
    await open(/^get \/projects$/i);
    await page.getByRole('button', { name: 'Try it out' }).first().press('Enter');
    await page.locator('#operations-projects-projects-list .microlight').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Authorize' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Available authorizations' });
    await dialog.getByRole('button', { name: 'Close' }).first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});
