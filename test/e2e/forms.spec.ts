// Every form flags all missing and invalid fields at once, each with its own message, and asks before it discards typed
// values.
import type { Dialog, Locator } from 'playwright';
import { expect, it } from 'vitest';
import { useGui } from '../support/gui/use-gui.ts';
import { describeWith } from '../support/tools/tools.ts';

/** Words of the schema library, and names of the API. */
const RAW =
  /Too (small|big)|Invalid (input|string|option)|expected|received|undefined|regex|dnsCredentials|altNames/;

describeWith(['chromium'], 'a form', () => {
  const gui = useGui();

  const dialog = (): Locator => gui.page.getByRole('dialog');
  const panel = (name: string): Locator => gui.page.getByRole('region', { name, exact: true });
  const submit = (form: Locator, name: string) => form.getByRole('button', { name, exact: true }).click();

  /** Message by label, of all flagged fields. */
  async function flagged(form: Locator): Promise<Readonly<Record<string, string>>> {
    // A password field of Mantine has no aria-invalid.
    const fields = form.locator('[aria-invalid="true"], input[data-invalid]');
    await fields.first().waitFor();
    const all = await fields.evaluateAll((inputs) =>
      inputs.map((input) => {
        const label =
          input.getAttribute('aria-label') ?? (input as HTMLInputElement).labels?.[0]?.textContent;
        const ids = (input.getAttribute('aria-describedby') ?? '').split(' ');
        const said = ids
          .filter((id) => id.endsWith('-error'))
          .map((id) => document.getElementById(id)?.textContent);
        return [label?.replace(/\s*\*$/, '') ?? '', said.join()] as const;
      }),
    );
    for (const [, words] of all) {
      expect(words).toMatch(/^\S.*\.$/);
      expect(words).not.toMatch(RAW);
    }
    return Object.fromEntries(all);
  }

  const close = async (): Promise<void> => {
    await dialog()
      .getByRole('button', { name: /^(Cancel|Close)$/ })
      .last()
      .click();
    await dialog().waitFor({ state: 'hidden' });
  };

  it('changes a project', async () => {
    await gui.open(`/projects/${await gui.app.project('forms.example.com')}`);
    await gui.page.getByText('No certificate yet').waitFor();
    expect(await gui.page.getByRole('link', { name: 'Request certificate' }).count()).toBe(1);
    await gui.page.getByRole('button', { name: 'Actions' }).click();
    await gui.page.getByRole('menuitem', { name: 'Edit name and domains' }).click();
    await dialog().getByRole('textbox', { name: 'Domain' }).fill('a b');
    await dialog().getByRole('textbox', { name: 'Name', exact: true }).fill('x'.repeat(201));
    await submit(dialog(), 'Save');
    expect(await flagged(dialog())).toEqual({
      Domain: 'a b contains a space or a separator. Enter each name separately.',
      Name: 'Enter at most 200 characters.',
    });
    await close();
  });

  it('creates a notification channel for mail and webhook', async () => {
    await gui.open('/notifications');
    await gui.page.getByRole('button', { name: 'New channel' }).click();
    await dialog().getByLabel('Port').fill('');
    await dialog().getByLabel('Username').fill('certdesk');
    await submit(dialog(), 'Save');
    expect(await flagged(dialog())).toEqual({
      Name: 'Enter a name.',
      'SMTP server': 'Enter the name or IP address of the mail server.',
      Port: 'Enter a port from 1 to 65535.',
      Password: 'Enter the password of this user.',
      From: 'Enter the email address of the sender.',
      To: 'Enter at least one email address.',
    });
    await gui.takeScreenshots('form-errors-channel');
    await dialog().getByText('Webhook', { exact: true }).click();
    await dialog().getByLabel('Signing secret', { exact: true }).fill('short');
    await submit(dialog(), 'Save');
    expect(await flagged(dialog())).toEqual({
      Name: 'Enter a name.',
      'Webhook URL': 'Enter the URL.',
      'Signing secret': 'Enter at least 16 characters, or leave it empty.',
    });
    await close();
  });

  it('creates a DNS credential', async () => {
    await gui.open('/dns-credentials');
    await gui.page.getByRole('button', { name: 'New credential' }).first().click();
    await dialog().getByRole('combobox', { name: 'Provider' }).click();
    await gui.page.getByRole('option', { name: 'GoDaddy' }).click();
    await submit(dialog(), 'Save');
    expect(await flagged(dialog())).toEqual({
      Name: 'Enter a name.',
      'API key': 'API key is required.',
      'API secret': 'API secret is required.',
    });
    await gui.takeScreenshots('form-errors-credential');
    await submit(dialog(), 'Test credentials');
    expect(Object.keys(await flagged(dialog()))).toEqual(['API key', 'API secret']);
    await close();
  });

  it('marks every invalid field of a settings page', async () => {
    const EMPTY = [
      ['/settings/renewals', 'Renewals', ['Concurrent renewals', 'Keep old versions (days)']],
      ['/backups', 'Schedule', ['Backups to keep']],
      ['/settings/network', 'Network', ['API and web port', 'HTTP-01 port']],
      ['/notifications', 'Weekly summary and downtime', ['Hour of the day', 'Report downtime after (hours)']],
    ] as const;
    const leave = (question: Dialog): void => void question.accept();
    gui.page.on('dialog', leave);
    for (const [path, name, fields] of EMPTY) {
      await gui.open(path);
      for (const field of fields) await panel(name).getByLabel(field, { exact: true }).fill('');
      await panel(name).getByRole('button', { name: 'Save' }).first().click();
      expect(await flagged(panel(name))).toEqual(
        Object.fromEntries(fields.map((field) => [field, 'Must be a number.'])),
      );
    }
    await gui.takeScreenshots('form-errors-settings');
    await gui.open('/');
    await gui.page.getByRole('heading', { level: 1 }).waitFor();
    gui.page.off('dialog', leave);
  });

  it('restores a backup file, creates an API token, and imports a folder', async () => {
    await gui.open('/backups');
    await gui.page.getByRole('button', { name: 'Restore from file…' }).click();
    await submit(dialog(), 'Verify');
    expect(await flagged(dialog())).toEqual({
      'Backup file': 'Enter the path of the backup file.',
      'Backup passphrase': 'Enter the passphrase of this backup.',
    });
    await close();
    await panel('Encryption').getByRole('textbox', { name: 'Passphrase' }).fill('short');
    await panel('Encryption').getByRole('button', { name: 'Set passphrase' }).click();
    expect(await flagged(panel('Encryption'))).toEqual({ Passphrase: 'Must have at least 12 characters.' });
    await panel('Encryption').getByRole('textbox', { name: 'Passphrase' }).fill('');
    await gui.open('/tokens');
    await gui.page.getByRole('button', { name: 'New token' }).first().click();
    await submit(dialog(), 'Create token');
    expect(await flagged(dialog())).toEqual({ Name: 'Enter a name.' });
    await close();
    await gui.open('/import');
    await gui.page.getByRole('button', { name: 'Scan folder' }).click();
    expect(await flagged(gui.page.locator('main'))).toEqual({ Folder: 'Enter a folder.' });
  });

  it('requests a certificate', async () => {
    await gui.open('/new');
    const request = () => gui.page.getByRole('button', { name: 'Request certificate', exact: true }).click();
    const main = gui.page.locator('main');
    const choose = async (name: string, option: string): Promise<void> => {
      await gui.page.getByRole('combobox', { name }).click();
      await gui.page.getByRole('option', { name: option, exact: true }).click();
    };
    await gui.page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill('a_b.example.com');
    await gui.page.getByRole('radio', { name: /^DNS-01/ }).click();
    await request();
    expect(await flagged(main)).toEqual({
      'Domain names or IP addresses': expect.stringContaining('a_b.example.com contains an underscore'),
      'DNS provider': 'Select a DNS provider.',
    });
    await gui.page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill('a.example.com');
    await choose('DNS provider', 'GoDaddy');
    await request();
    expect(await flagged(main)).toEqual({
      'API key': 'API key is required.',
      'API secret': 'API secret is required.',
    });
    await gui.page.getByRole('radio', { name: /^HTTP-01/ }).click();
    await gui.page.getByRole('button', { name: /^Advanced/ }).click();
    await choose('Certificate authority', 'ZeroSSL');
    await gui.page.getByLabel('Account email').fill('nobody');
    await request();
    expect(await flagged(main)).toEqual({
      'EAB key ID': 'This CA requires it.',
      'EAB HMAC key': 'This CA requires it.',
      'Account email': 'nobody is not an email address.',
    });
    await gui.takeScreenshots('form-errors-obtain');
    await gui.page.goto(`${gui.app.app.address}/icon.svg`); // Playwright accepts the question of the browser
  });

  it('asks before Escape, a click outside or its close button discards a dialog with input', async () => {
    await gui.open('/tokens');
    const open = () => gui.page.getByRole('button', { name: 'New token' }).first().click();
    const ways = [
      () => gui.page.keyboard.press('Escape'),
      () => gui.page.mouse.click(5, 5),
      () => dialog().getByRole('button', { name: 'Close' }).click(),
    ];
    const asked: string[] = [];
    let accepts = false;
    const answer = (question: Dialog): void => {
      asked.push(question.message());
      void (accepts ? question.accept() : question.dismiss());
    };
    gui.page.on('dialog', answer);
    for (const leave of ways) {
      await open();
      await leave();
      await dialog().waitFor({ state: 'detached' });
    }
    expect(asked, 'with nothing to lose').toEqual([]);
    await open();
    await dialog().getByLabel('Name').fill('Deploy');
    for (const leave of ways) {
      await leave();
      expect(await dialog().getByLabel('Name').inputValue()).toBe('Deploy');
    }
    expect(asked).toEqual(Array(3).fill('Your changes are not saved. Leave without saving?'));
    accepts = true;
    await gui.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    // A selected option is input too. The first Escape closes only the list.
    await open();
    await dialog().getByRole('combobox', { name: 'Expiration' }).click();
    await gui.page.getByRole('option', { name: '30 days' }).click();
    accepts = false;
    await dialog().getByRole('combobox', { name: 'Expiration' }).click();
    await gui.page.getByRole('option', { name: '30 days' }).waitFor();
    await gui.page.keyboard.press('Escape');
    await gui.page.getByRole('option', { name: '30 days' }).waitFor({ state: 'hidden' });
    expect(asked).toHaveLength(4);
    accepts = true;
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(asked).toHaveLength(5);
    gui.page.off('dialog', answer);
  });

  it('asks before closing the tab discards a dialog with input', async () => {
    await gui.open('/tokens');
    const asked: string[] = [];
    const answer = (question: Dialog): void => {
      asked.push(question.type());
      void question.dismiss();
    };
    gui.page.on('dialog', answer);
    const open = () => gui.page.getByRole('button', { name: 'New token' }).first().click();
    await open();
    await dialog().getByLabel('Name').click();
    await gui.page.reload();
    await open();
    expect(asked, 'with nothing to lose').toEqual([]);
    await dialog().getByLabel('Name').fill('Deploy');
    await gui.page.close({ runBeforeUnload: true });
    await expect.poll(() => asked).toEqual(['beforeunload']);
    expect(await dialog().getByLabel('Name').inputValue()).toBe('Deploy');
    gui.page.off('dialog', answer);
    gui.page.once('dialog', (question) => void question.accept());
    await gui.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('closes a dialog with the Back button, as with Escape, and stays on the page', async () => {
    await gui.open('/projects');
    await gui.page.getByRole('link', { name: 'API tokens' }).first().click();
    const open = () => gui.page.getByRole('button', { name: 'New token' }).first().click();
    const back = () => gui.page.evaluate(() => history.back());
    await open();
    await dialog().waitFor();
    await back();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => gui.page.url()).toMatch(/#\/tokens$/);
    await open();
    await dialog().getByLabel('Name').fill('Deploy');
    const asked: string[] = [];
    gui.page.once('dialog', (question) => {
      asked.push(question.message());
      void question.dismiss();
    });
    await back();
    await expect.poll(() => asked).toEqual(['Your changes are not saved. Leave without saving?']);
    expect(await dialog().getByLabel('Name').inputValue()).toBe('Deploy');
    gui.page.once('dialog', (question) => void question.accept());
    await back();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => gui.page.url()).toMatch(/#\/tokens$/);
    await back(); // without a dialog, it leaves the page
    await expect.poll(() => gui.page.url()).toMatch(/#\/projects$/);
  });

  it('shows a new token until its button closes the dialog, without a question', async () => {
    await gui.open('/tokens');
    await gui.page.getByRole('button', { name: 'New token' }).first().click();
    await dialog().getByLabel('Name').fill('Deploy');
    await dialog().getByRole('button', { name: 'Create token' }).click();
    await dialog().getByText('cdk_', { exact: false }).waitFor();
    const asked: string[] = [];
    const answer = (question: Dialog): void => {
      asked.push(question.message());
      void question.accept();
    };
    gui.page.on('dialog', answer);
    await gui.page.keyboard.press('Escape');
    await gui.page.mouse.click(5, 5);
    await dialog().getByText('cdk_', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(asked).toEqual([]);
    gui.page.off('dialog', answer);
  });

  it('offers this machine for a first deployment, and shows what nginx needs, with its own paths', async () => {
    const { body } = await gui.app.call('GET', '/projects');
    await gui.open(`/projects/${body.projects?.['0']?.id}/deploy?recipe=nginx`);
    await gui.page.getByRole('button', { name: /^Use this machine/ }).click();
    await gui.page.getByText('On This machine:').waitFor();
    await gui.page.getByLabel('Certificate file').fill('/srv/tls/a.pem');
    const config = panel('Configuration of nginx');
    await config.getByText('ssl_certificate_key /srv/tls/a.pem;').waitFor();
    await config.getByText('sudo install -d -m 0755 /srv/tls', { exact: true }).waitFor();
    await config.getByRole('button', { name: 'Copy Configuration for nginx' }).waitFor();
    const hosts = (await gui.app.call('GET', '/hosts')).body.hosts;
    expect(hosts).toMatchObject([{ name: 'This machine', transport: 'local' }]);
  });

  it('asks before Cancel discards a deployment or a host', async () => {
    const asked: string[] = [];
    const answer = (accepts: boolean) =>
      gui.page.once('dialog', (question) => {
        asked.push(question.message());
        void (accepts ? question.accept() : question.dismiss());
      });
    const cancel = () => gui.page.getByRole('link', { name: 'Cancel', exact: true }).click();
    const path = gui.page.getByLabel('Certificate file');
    answer(false);
    await cancel();
    await expect.poll(() => asked).toHaveLength(1);
    expect(await path.inputValue()).toBe('/srv/tls/a.pem');
    answer(true);
    await cancel();
    await gui.page.getByText('Where is this certificate used?').waitFor();
    await gui.page.getByRole('link', { name: 'Deploy to nginx' }).click();
    await gui.page.getByRole('link', { name: 'Add another host' }).click(); // nothing to lose
    await gui.page.getByLabel('Address').fill('web1.example.com');
    answer(true);
    await cancel();
    await gui.page.getByRole('combobox', { name: 'Service' }).waitFor();
    expect(await gui.page.getByRole('combobox', { name: 'Service' }).inputValue()).toBe('nginx');
    expect(asked).toEqual(Array(3).fill('Your changes are not saved. Leave without saving?'));
  });

  it('asks before a backup passphrase that is not saved is discarded', async () => {
    await gui.open('/backups');
    const passphrase = panel('Encryption').getByRole('textbox', { name: 'Passphrase' });
    await passphrase.fill('a long passphrase');
    const asked: string[] = [];
    gui.page.once('dialog', (question) => {
      asked.push(question.message());
      void question.dismiss();
    });
    await gui.page.getByRole('link', { name: 'Overview' }).click();
    await expect.poll(() => asked).toEqual(['Your changes are not saved. Leave without saving?']);
    expect(await passphrase.inputValue()).toBe('a long passphrase');
    gui.page.once('dialog', (question) => void question.accept());
    await gui.page.getByRole('link', { name: 'Overview' }).click();
    await passphrase.waitFor({ state: 'hidden' });
  });
});
