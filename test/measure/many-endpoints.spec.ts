// The page of endpoints with 10,000 of them: how smoothly it scrolls, and how soon its search answers.
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { createEndpointRecords } from '../support/endpoints/endpoint-records.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { expectSmoothScrolling } from '../support/gui/scrolling.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', 'the GUI with 10,000 endpoints', () => {
  let app: TestApp;
  let gui: GuiPage;
  let page: Page;

  beforeAll(async () => {
    await buildGui();
    app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
    const projectId = await app.project('shop.example.com');
    const database = openDatabase(databasePath(app.dataFolder));
    const records = { projectId, host: 'shop.example.com', count: 10_000, now: new Date() };
    await createEndpointRecords(createStores(database.db), records);
    await database.close();
    gui = await openGui(app.app);
    page = gui.page;
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
  });

  it('the list scrolls with frames under 50 ms at the 95th percentile', async () => {
    await gui.open('/endpoints');
    await page.getByRole('row').nth(5).waitFor();
    const first = await page.getByRole('row').nth(1).textContent();
    await expectSmoothScrolling(page);
    expect(await page.getByRole('row').nth(1).textContent()).not.toBe(first);
    // Rows load as needed, and only the visible ones are in the page.
    expect(await page.getByRole('row').count()).toBeLessThan(80);
  });

  it('a search answers in well under a second', async () => {
    await gui.open('/endpoints');
    await page.getByRole('row').nth(5).waitFor();
    const started = performance.now();
    await page
      .getByRole('searchbox')
      .or(page.getByLabel(/^Search/))
      .first()
      .fill('host-7919.');
    await page.getByRole('link', { name: 'host-7919.example.com:443' }).waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const took = performance.now() - started;
    console.info(`search: ${Math.round(took)} ms`);
    expect(took).toBeLessThan(2_000);
  });

  it('logs no error and requests nothing from other hosts', () => expect(gui.problems).toEqual([]));
});
