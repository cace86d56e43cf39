// The fresh proof in a browser: asked for when the last one is older than 15 minutes, and nothing that was typed is lost.
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { axeViolations } from '../support/gui/axe.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const MINUTE = 60_000;

describeWith('chromium', 'a change that needs a fresh proof', () => {
  let app: TestApp;
  let gui: GuiPage;
  let page: Page;
  let later = 0;

  beforeAll(async () => {
    await buildGui();
    const clock = { now: () => new Date(Date.now() + later) };
    app = await startApp({ platform: { guiFolder: GUI_FOLDER, clock } });
    gui = await openGui(app.app);
    page = gui.page;
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await gui?.takeScreenshots('failed');
    expect(gui?.problems ?? []).toEqual([]);
  });

  const proof = (): Locator => page.getByRole('dialog', { name: 'Confirm that it is you' });
  const form = (): Locator => page.getByRole('dialog', { name: 'New API token' });
  const confirm = (): Promise<void> => proof().getByRole('button', { name: 'Confirm' }).click();
  const tokens = async (): Promise<readonly string[]> =>
    (await app.app.engine.tokens.list()).map(({ name }) => name).filter((name) => name !== 'test');

  /** The last proof is too old, and a token is about to be created. */
  async function submitToken(name: string): Promise<void> {
    later += 16 * MINUTE;
    await page.keyboard.press('Shift'); // the session is not idle
    await gui.open('/tokens');
    await page.getByRole('button', { name: 'New token' }).first().click();
    await form().getByLabel('Name').fill(name);
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await proof().waitFor();
  }

  beforeEach(async () => {
    await page.goto('about:blank');
    await page.goto(await app.app.signInLink());
    await page.getByRole('navigation').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('waits for a new link, explains one that does not work, and then completes as entered', async () => {
    await submitToken('deploy');
    await proof().getByText('login-link').first().waitFor();
    await gui.takeScreenshots('proof');
    expect(await axeViolations(page)).toEqual([]);
    await confirm();
    await proof().getByText('Paste the whole link').waitFor();
    await proof().getByLabel('Sign-in link').fill(`${app.app.address}/login#cdl_used`);
    await confirm();
    await proof().getByText('This sign-in link is used, expired or unknown').waitFor();
    await gui.takeScreenshots('proof-refused');
    expect(await tokens()).toEqual([]);
    const link = await app.app.signInLink();
    await proof().getByLabel('Sign-in link').fill(`  ${link} `);
    await confirm();
    await proof().waitFor({ state: 'detached' });
    await expect.poll(tokens).toEqual(['deploy']);
    expect(await gui.findSecret(new URL(link).hash.slice(1))).toEqual([]);
    // One proof covers what follows.
    await form().getByRole('button', { name: 'Close' }).click();
    await gui.open('/projects');
    await gui.open('/tokens');
    await page.getByRole('button', { name: 'New token' }).first().click();
    await form().getByLabel('Name').fill('monitoring');
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await expect.poll(tokens).toEqual(['deploy', 'monitoring']);
    expect(await proof().count()).toBe(0);
  });

  it('completes when the link is opened in another tab of the same browser', async () => {
    await submitToken('by another tab');
    const tab = await page.context().newPage();
    await tab.goto(await app.app.signInLink());
    await expect.poll(tokens).toContain('by another tab');
    await proof().waitFor({ state: 'detached' });
    await tab.close();
    expect(await app.app.engine.sessions.list()).toHaveLength(1);
  });

  it('ignores the proof of another browser', async () => {
    await submitToken('of somebody else');
    // The page hears of every proof, and compares whose it is.
    const compared = page.waitForResponse(/sessions\.list/);
    const other = await openGui(app.app);
    await other.page.goto('about:blank');
    await other.page.goto(await app.app.signInLink());
    await other.page.getByText('Live', { exact: true }).waitFor();
    await other.close();
    await (await compared).finished();
    expect(await proof().count()).toBe(1);
    expect(await tokens()).not.toContain('of somebody else');
    await page.keyboard.press('Escape');
  });

  it('is refused when the user cancels; Escape closes this dialog alone and keeps the form', async () => {
    await submitToken('not now');
    await page.keyboard.press('Escape');
    await proof().waitFor({ state: 'detached' });
    expect(await form().getByLabel('Name').inputValue()).toBe('not now');
    await form().getByRole('alert').filter({ hasText: 'Not confirmed' }).waitFor();
    expect(await tokens()).not.toContain('not now');
    // It is not lost: the same form can be sent again.
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await proof()
      .getByLabel('Sign-in link')
      .fill(await app.app.signInLink());
    await confirm();
    await expect.poll(tokens).toContain('not now');
    await form().getByRole('button', { name: 'Close' }).click();
  });
});
