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

  it('includes an API reference with enough contrast in both themes', async () => {
    await gui.page.goto(`${gui.app.app.address}/api/docs`);
    await gui.page.getByRole('button', { name: /^post \/projects$/i }).press('Enter');
    await gui.page.getByRole('button', { name: 'Try it out' }).press('Enter');
    // All operations look alike, and axe takes half a minute for all.
    await gui.page.locator('.opblock:not(.is-open)').evaluateAll((all) => {
      for (const each of all.slice(3)) each.remove();
    });
    // The rules about markup are those of swagger-ui, which nests buttons and does not label its fields.
    const violations = await axeViolations(gui.page);
    expect(violations.filter((line) => /contrast|landmark/.test(line))).toEqual([]);
    // This one has an example with large numbers. Two open operations have landmarks of the same name.
    await gui.page.getByRole('button', { name: /^post \/projects$/i }).press('Enter');
    await gui.page.getByRole('button', { name: /^get \/projects$/i }).press('Enter');
    await gui.page.locator('.microlight').first().waitFor();
    expect((await axeViolations(gui.page)).filter((line) => /contrast|landmark/.test(line))).toEqual([]);
  });
});
