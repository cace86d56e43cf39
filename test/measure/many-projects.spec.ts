// The GUI with many projects: how soon it appears, its size, how smoothly the list scrolls, and its search.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { recordFirstPaint } from '../support/gui/first-paint.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { expectSmoothScrolling } from '../support/gui/scrolling.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

async function startWith(count: number): Promise<TestApp> {
  const app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
  const database = openDatabase(databasePath(app.dataFolder));
  await makeManyProjects(createStores(database.db), count, new Date());
  await database.close();
  return app;
}

describeWith('chromium', 'the GUI with many projects', () => {
  beforeAll(buildGui, 600_000);

  describe('with 1,000 of them', () => {
    let app: TestApp;
    let gui: GuiPage;
    beforeAll(async () => {
      app = await startWith(1_000);
      gui = await openGui(app.app);
    });
    afterAll(async () => {
      await gui?.close();
      await app?.stop();
    });

    /** A new browser. */
    async function visit(measure: (page: Page) => Promise<void>): Promise<void> {
      const context = await gui.page.context().browser()?.newContext();
      const page = await context?.newPage();
      if (page === undefined) throw new Error('the browser is gone');
      await measure(page);
      await context?.close();
    }

    it('the scripts of the first page are under 260 kB gzipped', async () => {
      const scripts = new Map<string, Promise<number>>();
      await visit(async (page) => {
        page.on('response', (response) => {
          if (!response.url().endsWith('.js')) return;
          scripts.set(
            response.url(),
            response.body().then((body) => gzipSync(body).length),
          );
        });
        await page.goto(await app.app.signInLink());
        await page.getByRole('heading', { level: 2, name: 'The next 90 days' }).waitFor();
        const sizes = await Promise.all(scripts.values());
        const bytes = sizes.reduce((sum, size) => sum + size, 0);
        console.info(`scripts of the first page: ${bytes} bytes gzipped`);
        expect(bytes).toBeLessThan(260_000);
        // The first paint waits for what the page's head loads (electron.vite.config.ts).
        expect([...scripts.keys()].some((url) => /begin-[^/]*\.js$/.test(url))).toBe(true);
        expect(await page.locator('head > link[rel=preload][as=font]').count()).toBe(1);
      });
    });

    it('the overview appears soon after the sign-in link', async () => {
      const times: number[] = [];
      const work: number[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        await visit(async (page) => {
          const workDone = await countWork(page);
          await page.addInitScript(recordFirstPaint, 'The next 90 days');
          await page.goto(await app.app.signInLink());
          times.push(await page.evaluate(() => Reflect.get(window, 'shownAfter') as Promise<number>));
          work.push(await workDone());
        });
      }
      console.info(`link to overview: ${times.map(Math.round).join(', ')} ms`);
      console.info(`of it work of the page's thread: ${work.map(Math.round).join(', ')} ms`);
      // Under 1 s on an idle machine; this bound is for a busy one. The page's own work does not depend on other load.
      expect(Math.min(...times)).toBeLessThan(4_000);
      expect(Math.min(...work)).toBeLessThan(500);
    });
  });

  describe('with 10,000 of them', () => {
    let app: TestApp;
    let gui: GuiPage;
    let page: Page;
    beforeAll(async () => {
      app = await startWith(10_000);
      gui = await openGui(app.app);
      page = gui.page;
    }, 120_000);
    afterAll(async () => {
      await gui?.close();
      await app?.stop();
    });

    it('the list scrolls with frames under 50 ms at the 95th percentile', async () => {
      await gui.open('/projects');
      await page.getByRole('row').nth(5).waitFor();
      await expectSmoothScrolling(page);
      // Rows load as needed, and only the visible ones are in the page.
      expect(await page.getByRole('row').count()).toBeLessThan(80);
    });

    it('a search and a filter answer in well under a second', async () => {
      await gui.open('/projects');
      await page.getByRole('row').nth(5).waitFor();
      const started = performance.now();
      await page.getByLabel('Search by name or domain').fill('host-007919');
      await page.getByRole('link', { name: 'host-007919.example.com' }).waitFor();
      await expect.poll(() => page.getByRole('row').count()).toBe(2);
      console.info(`search: ${Math.round(performance.now() - started)} ms`);
      expect(performance.now() - started).toBeLessThan(2_000);
      await page.getByLabel('Search by name or domain').fill('');
      await page.getByRole('button', { name: 'More filters' }).click();
      await page.getByRole('combobox', { name: 'Status' }).click();
      await page.getByRole('option', { name: 'Revoked' }).click();
      await page.getByRole('button', { name: /^Revoked 100/ }).waitFor();
      await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('Revoked');
    });

    it('filtered by a tag in compact rows, with 100 saved filters, it scrolls as smoothly', async () => {
      for (let n = 0; n < 100; n += 1) {
        const body = { list: 'projects', name: `Filter ${n}`, search: { tag: [`customer-${n}`] } };
        expect((await app.call('POST', '/saved-filters', { body })).status).toBe(201);
      }
      const body = { list: 'projects', name: 'Production', search: { tag: ['production', 'eu'] } };
      await app.call('POST', '/saved-filters', { body });
      await gui.open('/projects');
      await page.getByRole('button', { name: 'Saved filters' }).click();
      const started = performance.now();
      await page.getByRole('button', { name: 'Production', exact: true }).click();
      await page.getByRole('button', { name: /^All 3,334/ }).waitFor();
      console.info(`saved filter: ${Math.round(performance.now() - started)} ms`);
      await page.getByRole('button', { name: 'Compact rows' }).click();
      await expectSmoothScrolling(page);
      await page.getByRole('button', { name: 'Compact rows' }).click();
    });

    it('the overview appears soon after the sign-in link', async () => {
      const times: number[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        const context = await page.context().browser()?.newContext();
        const visit = await context?.newPage();
        if (visit === undefined) throw new Error('the browser is gone');
        await visit.addInitScript(recordFirstPaint, 'The next 90 days');
        await visit.goto(await app.app.signInLink());
        times.push(await visit.evaluate(() => Reflect.get(window, 'shownAfter') as Promise<number>));
        await context?.close();
      }
      console.info(`link to overview of 10,000: ${times.map(Math.round).join(', ')} ms`);
      // Under 600 ms on an idle machine; this bound is for a busy one.
      expect(Math.min(...times)).toBeLessThan(3_000);
    });

    it('logs no error and requests nothing from other hosts', () => expect(gui.problems).toEqual([]));
  });
});

/** @returns a function that reports how long the page's main thread has worked so far, ms of processor time. */
async function countWork(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value;
    if (seconds === undefined) throw new Error('The browser does not count');
    return seconds * 1_000;
  };
}
