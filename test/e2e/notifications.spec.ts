// Notifications with clicks: a webhook and a mail server are created, tested, changed and removed; waiting and failed
// messages are shown; no secret is returned.
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { NOTIFICATION_KINDS } from '../../src/shared/notification.ts';
import { type SmtpServer, startSmtpServer } from '../support/engine/smtp-server.ts';
import { isGenuine, startWebhookReceiver, type WebhookReceiver } from '../support/engine/webhook-receiver.ts';
import { axeViolations } from '../support/gui/axe.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

const PATH = 'services/T000/a-secret-path-of-a-webhook';
const TOKEN = 'tk_a_token_of_the_tests';
const KINDS = NOTIFICATION_KINDS.length;
const PASSWORD = 'a password of a mail server';

describeWith('chromium', 'notifications', () => {
  let receiver: WebhookReceiver;
  let smtp: SmtpServer;

  // The mail server's refusal.
  const gui = useGui(
    async (onStop) => {
      receiver = await startWebhookReceiver();
      onStop(() => receiver.stop());
      smtp = await startSmtpServer({ mode: 'plain', login: { user: 'certdesk', password: PASSWORD } });
      onStop(() => smtp.stop());
      return startGuiApp();
    },
    { expected: /status of 502/ },
  );

  const panel = (): Locator => gui.page.getByRole('main');
  const dialog = (): Locator => gui.page.getByRole('dialog');
  const press = (name: string | RegExp) => dialog().getByRole('button', { name, exact: true }).click();
  const choose = async (label: string, option: string): Promise<void> => {
    await dialog().getByRole('combobox', { name: label }).click();
    await gui.page.getByRole('option', { name: option }).click();
  };
  const openNew = async (): Promise<void> => {
    await gui.open('/notifications');
    await panel().getByRole('button', { name: 'New channel' }).click();
    await dialog().waitFor();
  };
  const channels = async () =>
    Object.values((await gui.app.call('GET', '/notifications')).body.channels ?? {}) as unknown as {
      name: string;
      enabled: boolean;
      kinds: string[];
    }[];

  it('creates a webhook with selected kinds, shows its signing secret once, and shows the response of a test', async () => {
    await openNew();
    await dialog().getByText('Webhook', { exact: true }).click();
    await press('Save');
    await dialog().getByText('Enter a name.').waitFor();
    await dialog().getByLabel('Name', { exact: true }).fill('On call');
    await choose('Service', 'ntfy');
    await dialog().getByLabel('Webhook URL', { exact: true }).fill(receiver.url);
    await dialog().getByLabel('Renewed', { exact: true }).uncheck();
    await press('Save');
    // The server's own message, at the field; a user may save the private address.
    await dialog().getByText('has no topic').waitFor();
    await choose('Service', 'Slack');
    await dialog().getByLabel('Webhook URL', { exact: true }).fill(`${receiver.url}/${PATH}`);
    await dialog().getByLabel('Access token', { exact: true }).fill(TOKEN);
    await press('Save');
    await dialog().getByText('Channel created').waitFor();
    const secret = (await dialog().locator('pre').innerText()).trim();
    expect(secret.length).toBeGreaterThan(30);
    receiver.answer({ status: 200, body: 'ok by the receiver' });
    await press('Send test');
    await dialog().getByText('Test delivered').waitFor();
    await dialog().getByText('ok by the receiver').waitFor();
    await gui.takeScreenshots('notification-made');
    const [got] = receiver.received;
    expect(got?.path).toBe(`/${PATH}`);
    expect(got !== undefined && isGenuine(secret, got, Date.now() / 1000)).toBe(true);
    await press('Done');
    await panel().getByText('OK', { exact: true }).waitFor();
    await panel()
      .getByText(`${KINDS - 1} of ${KINDS} events`)
      .waitFor();
    expect(await channels()).toMatchObject([{ name: 'On call', enabled: true }]);
    await gui.open('/notifications');
    await panel().getByText('On call').waitFor();
    await gui.page.reload();
    await panel().getByText('On call').waitFor();
    for (const hidden of [PATH, TOKEN]) expect(await gui.findSecret(hidden)).toEqual([]);
    expect(await gui.findSecret(secret)).toEqual(['answers']); // the answer that created it
  });

  it('creates a mail server, shows its refusal in its own words, and delivers mail', async () => {
    await openNew();
    await dialog().getByLabel('Name', { exact: true }).fill('Office');
    await dialog().getByLabel('SMTP server').fill('127.0.0.1');
    await choose('Encryption', 'None');
    await dialog().getByLabel('Port').fill(String(smtp.port));
    await dialog().getByLabel('Username').fill('certdesk');
    await dialog().getByLabel('Password', { exact: true }).fill('a wrong password');
    await dialog().getByLabel('From').fill('certdesk@example.com');
    await dialog().getByLabel('To', { exact: true }).fill('office@example.com');
    await press('Save');
    await dialog().getByText('Channel created').waitFor();
    await press('Send test');
    await dialog().getByText('535 5.7.8').first().waitFor();
    expect(smtp.mails).toEqual([]);
    await press('Done');
    await panel().getByRole('button', { name: 'Edit Office' }).click();
    const password = dialog().getByLabel('Password', { exact: true });
    expect(await password.inputValue()).toBe('');
    await password.fill(PASSWORD);
    await press('Save');
    await gui.page.getByText('Channel saved').last().waitFor();
    await panel().getByRole('button', { name: 'Send test to Office' }).click();
    await press('Send test');
    await dialog().getByText('queued as 4711').waitFor();
    expect(smtp.mails).toMatchObject([{ to: ['office@example.com'], user: 'certdesk' }]);
    await press('Cancel');
    for (const hidden of [PASSWORD, 'a wrong password']) expect(await gui.findSecret(hidden)).toEqual([]);
  });

  it('does not send the password or token of the previous server to another one', async () => {
    await panel().getByRole('button', { name: 'Edit Office' }).click();
    await dialog().getByLabel('SMTP server').fill('localhost');
    await press('Save');
    await dialog().getByText('enter it again for another mail server').waitFor();
    await press('Cancel');
    await panel().getByRole('button', { name: 'Edit On call' }).click();
    await dialog().getByLabel('Webhook URL', { exact: true }).fill('https://hooks.example.com/x');
    await press('Save');
    await dialog().getByText('enter it again for another server').waitFor();
    await dialog().getByLabel('Remove access token').check();
    await press('Save');
    await gui.page.getByText('Channel saved').last().waitFor();
    await panel().getByText('https://hooks.example.com/…').waitFor();
    await panel().getByRole('button', { name: 'Edit On call' }).click();
    await dialog().getByLabel('Webhook URL', { exact: true }).fill(`${receiver.url}/${PATH}`);
    await press('Save');
    await dialog().waitFor({ state: 'hidden' });
  });

  it('shows undelivered messages with cause and next attempt, and delivered ones on demand', async () => {
    receiver.answer({ status: 500, body: 'out of order' });
    const { engine } = gui.app.app;
    await engine.notifications.report({ kind: 'backup_failed', key: 'backup', problem: 'The disk is full' });
    await engine.notifications.tick(); // possibly one that began before
    await engine.notifications.tick();
    await gui.page.reload(); // otherwise it is requested again after 15 s
    const deliveries = panel().getByRole('table', { name: 'Deliveries' });
    const row = deliveries.getByRole('row', { name: /The backup failed.*On call/ });
    await row.getByText('Pending', { exact: true }).waitFor();
    await row.getByText('Next attempt').waitFor();
    await row.getByText(/500/).waitFor();
    await panel().getByText('1 message pending').waitFor();
    expect(await deliveries.getByText('Delivered').count()).toBe(0);
    await gui.takeScreenshots('notifications');
    expect(await axeViolations(gui.page)).toEqual([]);
    await panel().getByLabel('Show delivered messages').check();
    await deliveries
      .getByRole('row', { name: /The backup failed.*Office/ })
      .getByText('Delivered')
      .waitFor();
  });

  it('schedules the weekly message by day and hour', async () => {
    // In three days: one that was due on the day before would be sent at once.
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000);
    const day = inThreeDays.toLocaleDateString('en', { weekday: 'long' });
    await gui.page.getByRole('combobox', { name: 'Weekly summary on' }).click();
    await gui.page.getByRole('option', { name: day }).click();
    await panel().getByLabel('Hour of the day').fill('17');
    await panel().getByRole('button', { name: 'Save' }).click();
    await gui.page.getByText('Settings saved').waitFor();
    const { body } = await gui.app.call('GET', '/settings');
    expect(body.notifications).toMatchObject({
      digestDay: day.toLowerCase(),
      digestHour: 17,
      missedAfterHours: 12,
    });
  });

  it('turns a channel off, and removes it after a warning', async () => {
    await panel().getByRole('button', { name: 'Edit Office' }).click();
    await dialog()
      .getByRole('switch', { name: /^Enabled/ })
      .uncheck();
    await press('Save');
    await panel().getByText('Off', { exact: true }).waitFor();
    expect(await channels()).toMatchObject([{ name: 'Office', enabled: false }, { name: 'On call' }]);
    await panel().getByRole('button', { name: 'Remove On call' }).click();
    await dialog().getByText('1 pending message will not be delivered.').waitFor();
    await press('Remove channel');
    await panel().getByText('On call').first().waitFor({ state: 'detached' });
    expect(await channels()).toMatchObject([{ name: 'Office' }]);
  });
});
