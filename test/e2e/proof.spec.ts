// The fresh proof in a browser: requested if the last one is older than 15 minutes, without losing typed values.
import type { Locator } from 'playwright';
import { beforeEach, expect, it } from 'vitest';
import { axeViolations } from '../support/gui/axe.ts';
import { openGui } from '../support/gui/page.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const MINUTE = 60_000;

describeWith('chromium', 'a change that needs a fresh proof', () => {
  let later = 0;

  const gui = useGui(() => {
    const clock = { now: () => new Date(Date.now() + later) };
    return startGuiApp({ platform: { clock } });
  });

  const proof = (): Locator => gui.page.getByRole('dialog', { name: 'Confirm that it is you' });
  const form = (): Locator => gui.page.getByRole('dialog', { name: 'New API token' });
  const confirm = (): Promise<void> => proof().getByRole('button', { name: 'Confirm' }).click();
  const tokens = async (): Promise<readonly string[]> =>
    (await gui.app.app.engine.tokens.list()).map(({ name }) => name).filter((name) => name !== 'test');

  /** The last proof is too old, and a token is about to be created. */
  async function submitToken(name: string): Promise<void> {
    later += 16 * MINUTE;
    await gui.page.keyboard.press('Shift'); // the session is not idle
    await gui.open('/tokens');
    await gui.page.getByRole('button', { name: 'New token' }).first().click();
    await form().getByLabel('Name').fill(name);
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await proof().waitFor();
  }

  beforeEach(async () => {
    await gui.page.goto('about:blank');
    await gui.page.goto(await gui.app.app.signInLink());
    await gui.page.getByRole('navigation').first().waitFor();
    await gui.page.getByText('Live', { exact: true }).waitFor();
  });

  it('waits for a new link, explains one that does not work, and then completes as entered', async () => {
    await submitToken('deploy');
    await proof().getByText('login-link').first().waitFor();
    await gui.takeScreenshots('proof');
    expect(await axeViolations(gui.page)).toEqual([]);
    await confirm();
    await proof().getByText('Paste the whole link').waitFor();
    await proof().getByLabel('Sign-in link').fill(`${gui.app.app.address}/login#cdl_used`);
    await confirm();
    await proof().getByText('This sign-in link is used, expired or unknown').waitFor();
    await gui.takeScreenshots('proof-refused');
    expect(await tokens()).toEqual([]);
    const link = await gui.app.app.signInLink();
    await proof().getByLabel('Sign-in link').fill(`  ${link} `);
    await confirm();
    await proof().waitFor({ state: 'detached' });
    await expect.poll(tokens).toEqual(['deploy']);
    expect(await gui.findSecret(new URL(link).hash.slice(1))).toEqual([]);
    // One proof covers the following operations.
    await form().getByRole('button', { name: 'Close' }).click();
    await gui.open('/projects');
    await gui.open('/tokens');
    await gui.page.getByRole('button', { name: 'New token' }).first().click();
    await form().getByLabel('Name').fill('monitoring');
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await expect.poll(tokens).toEqual(['deploy', 'monitoring']);
    expect(await proof().count()).toBe(0);
  });

  it('completes when the link is opened in another tab of the same browser', async () => {
    await submitToken('by another tab');
    const tab = await gui.page.context().newPage();
    await tab.goto(await gui.app.app.signInLink());
    await expect.poll(tokens).toContain('by another tab');
    await proof().waitFor({ state: 'detached' });
    await tab.close();
    expect(await gui.app.app.engine.sessions.list()).toHaveLength(1);
  });

  it('ignores the proof of another browser', async () => {
    await submitToken('of somebody else');
    // The page receives an event for every proof, and checks that it is its own.
    const compared = gui.page.waitForResponse(/sessions\.list/);
    const other = await openGui(gui.app.app);
    await other.page.goto('about:blank');
    await other.page.goto(await gui.app.app.signInLink());
    await other.page.getByText('Live', { exact: true }).waitFor();
    await other.close();
    await (await compared).finished();
    expect(await proof().count()).toBe(1);
    expect(await tokens()).not.toContain('of somebody else');
    await gui.page.keyboard.press('Escape');
  });

  it('is refused when the user cancels; Escape closes this dialog alone and keeps the form', async () => {
    await submitToken('not now');
    await gui.page.keyboard.press('Escape');
    await proof().waitFor({ state: 'detached' });
    expect(await form().getByLabel('Name').inputValue()).toBe('not now');
    await form().getByRole('alert').filter({ hasText: 'Not confirmed' }).waitFor();
    expect(await tokens()).not.toContain('not now');
    // Nothing is lost: the same form can be sent again.
    await form()
      .getByRole('button', { name: /^(make|create) token$/i })
      .click();
    await proof()
      .getByLabel('Sign-in link')
      .fill(await gui.app.app.signInLink());
    await confirm();
    await expect.poll(tokens).toContain('not now');
    await form().getByRole('button', { name: 'Close' }).click();
  });
});
