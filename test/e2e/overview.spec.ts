// The overview's checklist of a new installation, and the days of its timeline.
import { expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { axeViolations } from '../support/gui/axe.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium'], 'the checklist', () => {
  const gui = useGui();
  const checklist = () => gui.page.getByRole('region', { name: 'Get started' });

  it('shows what is left, and follows what is set up elsewhere', async () => {
    await checklist().getByText('0 of 4 done').waitFor();
    expect(await axeViolations(gui.page)).toEqual([]);
    await gui.takeScreenshots('overview-new');
    await gui.app.asUser('POST', '/backups/passphrase', {
      body: { passphrase: 'four words chosen by dice' },
    });
    await checklist().getByText('1 of 4 done').waitFor();
    await checklist().getByText('Set a backup passphrase (done)').waitFor();
    expect(await checklist().getByRole('link', { name: 'Set passphrase' }).count()).toBe(0);
  });

  it('is dismissed by keyboard, for every browser', async () => {
    await checklist().getByRole('button', { name: 'Dismiss' }).press('Enter');
    await checklist().waitFor({ state: 'detached' });
    await gui.page.reload();
    await gui.page.getByRole('region', { name: 'System status' }).waitFor();
    expect(await checklist().count()).toBe(0);
  });
});

/** More than the overview carries one by one, so a day's certificates are requested. */
const MANY = 400;

describeWith(['chromium'], 'the timeline', () => {
  const gui = useGui(async () => {
    const app = await startGuiApp();
    const database = openDatabase(databasePath(app.dataFolder));
    await makeManyProjects(createStores(database.db), MANY, new Date());
    await database.close();
    return app;
  });
  const chart = () => gui.page.getByRole('group', { name: /^Chart of the next 90 days/ });
  const selected = () => chart().locator('[aria-pressed="true"]');

  it('shows the certificates of a day that is clicked', async () => {
    const day = chart()
      .getByRole('button', { name: /: [^0]\d* renewal/ })
      .first();
    const name = String(await day.getAttribute('aria-label'));
    await day.click();
    const panel = gui.page.getByRole('region', { name: name.split(':')[0] ?? '', exact: true });
    await expect.poll(() => panel.getByRole('link').count()).toBe(countIn(name));
    await gui.takeScreenshots('overview-day');
    expect(await axeViolations(gui.page)).toEqual([]);
    await day.click();
    await panel.waitFor({ state: 'detached' });
  });

  it('is one stop of the Tab key, whose days the arrow keys and Enter select', async () => {
    await gui.page.getByRole('button', { name: 'Show list' }).focus();
    await gui.page.keyboard.press('Tab');
    await gui.page.keyboard.press('Home');
    await gui.page.keyboard.press('ArrowRight');
    await gui.page.keyboard.press('Enter');
    const second = await chart().getByRole('button').nth(1).getAttribute('aria-label');
    expect(await selected().getAttribute('aria-label')).toBe(second);
    await gui.page.keyboard.press('Tab');
    expect(await chart().locator(':focus').count()).toBe(0);
  });

  it('becomes a list that grows on demand, so that only the page scrolls', async () => {
    const list = gui.page.getByRole('region', { name: 'The next 90 days' });
    await list.getByRole('button', { name: 'Show list' }).click();
    await expect.poll(() => list.getByRole('row').count()).toBe(11);
    await list.getByRole('button', { name: /^Show all/ }).click();
    await expect.poll(() => list.getByRole('row').count()).toBeGreaterThan(11);
    const inner = await list.evaluate(
      (region) =>
        [...region.querySelectorAll('*')].filter(
          (part) =>
            part.scrollHeight > part.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(part).overflowY),
        ).length,
    );
    expect(inner).toBe(0);
    await list.getByRole('button', { name: 'Show chart' }).click();
  });

  it('fits narrow screens, with its axes', async () => {
    for (const width of [320, 400, 900]) {
      await gui.page.setViewportSize({ width, height: 800 });
      await gui.page.getByText('Today', { exact: true }).scrollIntoViewIfNeeded();
      await gui.page.screenshot({ path: `.tools/screenshots/overview-timeline-${width}.png` });
      const { left, right } = await chart().evaluate((element) => element.getBoundingClientRect().toJSON());
      expect(left).toBeGreaterThan(0);
      expect(right).toBeLessThanOrEqual(width);
    }
    await gui.page.setViewportSize({ width: 1280, height: 900 });
  });
});

/** `19 Jan 2026: 2 renewals, 1 expiry` counts three. */
function countIn(name: string): number {
  const [, counts = ''] = name.split(/:(.*)/s);
  return [...counts.matchAll(/(\d+) (?:renewal|expir)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}
