// Endpoints in the browser: many at once from pasted lines, what a server presents, and a project for a certificate that
// no project has.
import { beforeAll, expect, it } from 'vitest';
import { createTestPki, NAME } from '../support/endpoints/chains.ts';
import { startTlsService, type TlsService } from '../support/endpoints/tls-service.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { type CertifiedKey, createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium', 'openssl'], 'endpoints in the GUI', () => {
  let service: TlsService;
  let chain: readonly CertifiedKey[];
  let leaf: CertifiedKey;
  const gui = useGui(async (onStop) => {
    const openssl = await createOpenSsl();
    onStop(() => openssl.remove());
    const pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf();
    chain = [leaf, pki.lower, pki.upper];
    service = await startTlsService(['127.0.0.2']);
    onStop(() => service.stop());
    return startGuiApp();
  });
  beforeAll(() => service.present('127.0.0.2', chain));

  it('adds pasted lines, and says which are invalid before it does', async () => {
    const { page } = gui;
    await gui.open('/endpoints');
    await page.getByRole('button', { name: 'Add endpoints' }).first().click();
    const dialog = page.getByRole('dialog');
    const lines = `127.0.0.2,${service.port},tls,${NAME}\n*.example.com\nsmtp://127.0.0.1:1`;
    await dialog.getByRole('textbox', { name: 'Endpoints', exact: true }).fill(lines);
    await dialog.getByText('Line 2: *.example.com is neither a host name nor an IP address.').waitFor();
    await dialog.getByRole('button', { name: 'Add 2 endpoints' }).click();
    await page.getByText('2 endpoints added').waitFor();
    const row = page.getByRole('row').filter({ hasText: `127.0.0.2:${service.port}` });
    await row.getByText('Problem').waitFor(); // this machine does not know its root
    await page.getByRole('button', { name: /^Problem/ }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(3); // with the head
  });

  it('shows what a server presents and what to do, and checks it again', async () => {
    const { page } = gui;
    await page.getByRole('link', { name: `127.0.0.2:${service.port}` }).click();
    await page.getByText('Chain sent by 127.0.0.2').waitFor();
    await page.getByText('does not send the certificate of Test Root, which issued Test Upper').waitFor();
    expect(await page.getByText('Missing: ').count()).toBe(0);
    await service.present('127.0.0.2', [leaf]);
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText(`does not send the certificate of Test Lower, which issued ${NAME}`).waitFor();
  });

  it('offers a new certificate with the names of one that no project has', async () => {
    const { page } = gui;
    await page.getByRole('link', { name: 'Manage this certificate' }).click();
    await expect.poll(() => page.getByLabel('Domain names or IP addresses').inputValue()).toBe(NAME);
  });
});
