// HTTPS in a browser, over HTTPS: the state and the settings, and tokens that only download.
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGui, GUI_FOLDER, launchChromium, newContext } from '../support/gui/page.ts';
import type { TestApp } from '../support/server/app.ts';
import { startHttpsApp } from '../support/server/https.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const NAME = 'certs.example.com';

describeWith('chromium', 'the settings of HTTPS', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  let project: string;
  const problems: string[] = [];

  beforeAll(async () => {
    await buildGui();
    app = await startHttpsApp({ platform: { guiFolder: GUI_FOLDER } });
    const { projects } = app.app.engine;
    project = (await projects.create({ name: NAME, domain: NAME, altNames: [] })).id;
    browser = await launchChromium();
    const context = await newContext(browser, { ignoreHTTPSErrors: true });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(await app.app.signInLink());
    await page.getByRole('navigation').first().waitFor();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const panel = () =>
    page.locator('section', { has: page.getByRole('heading', { name: 'HTTPS', exact: true }) });
  const settings = async () => (await app.app.engine.settings.get()).https;

  it('show the fingerprint of the self-signed certificate, and why it is served', async () => {
    await page.goto(`${app.app.address}/#/settings/network`);
    await panel().getByText('Self-signed', { exact: true }).waitFor();
    await panel().getByText('No project is selected for HTTPS.').waitFor();
    await panel()
      .getByText(app.app.engine.https.state()?.fingerprint ?? 'none')
      .waitFor();
  });

  it('are reported on the overview while the project has no certificate', async () => {
    await app.app.engine.settings.update({ https: { projectId: project } });
    await page.goto(`${app.app.address}/#/`);
    const status = page.locator('section', { has: page.getByRole('heading', { name: 'System status' }) });
    await status.getByText('The project that is selected for HTTPS has no certificate.').waitFor();
    const heading = page.getByRole('heading', { name: 'HTTPS of Certdesk itself needs attention' });
    const iconWidth = async () => (await heading.locator('svg').boundingBox())?.width;
    const wide = await iconWidth();
    await page.setViewportSize({ width: 400, height: 900 });
    expect(await iconWidth()).toBe(wide); // the sentence does not squeeze its icon
    await page.setViewportSize({ width: 1280, height: 900 });
    await app.app.engine.settings.update({ https: { projectId: null } });
    await status.getByText('Self-signed', { exact: true }).waitFor();
    await page.goto(`${app.app.address}/#/settings/network`);
  });

  it('select a project, and follow its certificate without a reload', async () => {
    await panel().getByRole('combobox', { name: 'Project' }).click();
    await page.getByRole('option', { name: NAME }).click();
    await panel().getByRole('switch', { name: 'Redirect HTTP to HTTPS' }).click();
    await panel().getByRole('button', { name: 'Save' }).click();
    await panel().getByText('The project that is selected for HTTPS has no certificate.').waitFor();
    expect(await settings()).toEqual({ enabled: false, projectId: project, redirectHttp: true });
    const openssl = await createOpenSsl();
    const { certificate, privateKey } = await openssl.issue({ subject: '/CN=x', san: [`DNS:${NAME}`] });
    await openssl.remove();
    const by = { owner: 'test', signal: undefined };
    await app.app.engine.certificates.upload(project, { certificate, privateKey }, by);
    await panel().getByText('From the selected project').waitFor();
    await app.app.engine.certificates.remove(project);
    await panel().getByText('Previous certificate').waitFor();
  });

  it('create a token that downloads, only with projects', async () => {
    await page.goto(`${app.app.address}/#/tokens`);
    await page.getByRole('button', { name: 'New token' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New API token' });
    await dialog.getByLabel('Name').fill('web-1');
    await dialog.getByText('Download certificates and keys').click();
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await dialog.getByText('Select at least one project or tag.').waitFor();
    await dialog.getByRole('combobox', { name: 'Projects' }).click();
    await page.getByRole('option', { name: NAME }).click();
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await page.getByText('Copy it now.').waitFor();
    const created = (await app.app.engine.tokens.list()).find(({ name }) => name === 'web-1');
    expect(created).toMatchObject({ scopes: ['certificates:download'], projectIds: [project] });
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('cell', { name: 'Download certificates and keys' }).waitFor();
  });

  it('cause no errors in the console', () => {
    expect(problems).toEqual([]);
  });
});
