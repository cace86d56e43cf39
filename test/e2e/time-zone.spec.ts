// The time zone that is chosen once: in the settings, by keyboard, and what shows it then.
import { expect, it } from 'vitest';
import { axeViolations } from '../support/gui/axe.ts';
import { useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium'], 'the time zone', () => {
  const gui = useGui();
  const panel = (name: string) => gui.page.getByRole('region', { name, exact: true });

  it('is chosen in the settings, and all pages follow without a reload', async () => {
    await gui.open('/settings');
    const general = panel('General');
    const field = general.getByRole('combobox', { name: 'Time zone' });
    await field.fill('St Johns');
    await field.press('ArrowDown');
    await field.press('Enter');
    await general.getByLabel('Address for links').fill('https://certs.example.com');
    await general.getByRole('button', { name: 'Save' }).press('Enter');
    await gui.page.getByText('Settings saved').waitFor();
    expect((await gui.app.call('GET', '/time-zone')).body.timeZone).toBe('America/St_Johns');
    expect((await gui.app.call('GET', '/settings')).body.general).toMatchObject({
      baseUrl: 'https://certs.example.com',
    });
    await gui.takeScreenshots('general-settings');
    await gui.page.getByRole('link', { name: 'Notifications' }).click();
    await gui.page.getByText('0–23, America/St_Johns time').waitFor();
    await gui.open('/settings/renewals');
    await panel('Renewals').getByText('America/St_Johns time').waitFor();
    expect(await axeViolations(gui.page)).toEqual([]);
  });

  it('is named beside times, because the browser has another, and converts what is typed', async () => {
    const pause = panel('Renewals').getByLabel('Pause renewals until');
    await pause.fill('2030-07-01T12:00');
    await panel('Renewals').getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await gui.app.call('GET', '/settings')).body.renewals?.pausedUntil)
      .toBe('2030-07-01T14:30:00Z');
    await gui.open('/');
    await gui.page
      .getByText(/Jul 1, 2030, 12:00.PM GMT-2:30/)
      .first()
      .waitFor();
  });

  it('shows what is wrong with an address, and keeps the form', async () => {
    await gui.open('/settings');
    const general = panel('General');
    await general.getByLabel('Address for links').fill('certs.example.com');
    await general.getByRole('button', { name: 'Save' }).click();
    await general.getByText(/is not an http or https URL/i).waitFor();
    await general.getByRole('button', { name: /^Use this browser’s: / }).click();
    const field = general.getByRole('combobox', { name: 'Time zone' });
    await expect.poll(() => field.inputValue()).not.toContain('Johns');
  });
});
