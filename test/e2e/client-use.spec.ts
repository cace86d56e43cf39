// In the GUI: the user acknowledges that a service may present a certificate for servers as a client, and withdraws that.
import { expect, it } from 'vitest';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const DOMAIN = 'chat.example.com';
const XMPP = 'XMPP servers present it to each other';
const MUMBLE = 'Mumble presents it to the list of public servers';

describeWith(
  ['chromium', 'openssl'],
  'a certificate for servers that a service may present as a client',
  () => {
    let id: string;

    const gui = useGui(async () => {
      const app = await startGuiApp();
      id = await app.project(DOMAIN);
      const openssl = await createOpenSsl();
      const { certificate, privateKey } = await openssl.issue({
        subject: `/CN=${DOMAIN}`,
        san: [`DNS:${DOMAIN}`],
        extensions: ['extendedKeyUsage=serverAuth'],
        days: 80,
      });
      await openssl.remove();
      const upload = { body: { certificate, privateKey } };
      expect((await app.call('POST', `/projects/${id}/certificate/upload`, upload)).status).toBe(200);
      return app;
    });

    const watch = async (port: number): Promise<void> => {
      const body = { host: '127.0.0.1', port, protocol: 'tls', projectIds: [id] };
      const created = await gui.app.call('POST', '/endpoints', { body });
      expect(created.status, created.text).toBe(201);
    };
    const notice = (text: string) => gui.page.getByRole('status').filter({ hasText: text });
    const acknowledged = () => gui.page.getByText('Not for clients, and acknowledged');
    const details = async () => (await gui.app.call('GET', `/projects/${id}/certificate/details`)).body;

    it('has no warning without such a service', async () => {
      await gui.open(`/projects/${id}?tab=certificate`);
      await gui.page.getByText('Servers only (no client authentication)').waitFor();
      expect(await gui.page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    });

    it('warns until the user acknowledges it with a note, which others then see', async () => {
      await watch(5269);
      await gui.open('/projects');
      await gui.open(`/projects/${id}?tab=certificate`);
      await notice(XMPP).getByRole('button', { name: 'Acknowledge' }).click();
      const dialog = gui.page.getByRole('dialog', { name: 'Acknowledge the use as a client?' });
      await dialog.getByRole('button', { name: 'Acknowledge' }).click();
      await dialog.getByText('Enter a note.').waitFor();
      await dialog.getByLabel('Note').fill('This server has no server-to-server connections');
      await gui.takeScreenshots('acknowledge-client-use');
      await dialog.getByRole('button', { name: 'Acknowledge' }).click();
      await dialog.waitFor({ state: 'detached' });
      await gui.page.getByText('Use as a client acknowledged').waitFor();
      await acknowledged().waitFor();
      await gui.page.getByText('This server has no server-to-server connections').waitFor();
      await gui.page.getByText(XMPP).waitFor();
      await gui.takeScreenshots('client-use-acknowledged');
      expect(await notice(XMPP).count()).toBe(0);
      expect(await details()).toMatchObject({
        clientAuth: {
          warnings: [],
          acknowledgement: {
            note: 'This server has no server-to-server connections',
            uses: [expect.stringContaining(XMPP)],
          },
        },
      });
    });

    it('warns of a service that is added later, beside what is acknowledged', async () => {
      await watch(64738);
      await gui.open('/projects');
      await gui.open(`/projects/${id}?tab=certificate`);
      await notice(MUMBLE).waitFor();
      await acknowledged().waitFor();
      expect(await notice(XMPP).count()).toBe(0);
    });

    it('warns of everything again once the acknowledgement is withdrawn', async () => {
      await gui.page.getByRole('button', { name: 'Withdraw' }).click();
      await acknowledged().waitFor({ state: 'detached' });
      await notice(XMPP).waitFor();
      await notice(MUMBLE).waitFor();
      expect(await details()).toMatchObject({ clientAuth: { acknowledgement: null } });
      const audit = (await gui.app.call('GET', '/audit?limit=50')).text;
      expect(audit).toContain(`Use of ${DOMAIN} as a client acknowledged: This server has no`);
      expect(audit).toContain(`Acknowledgement of the use of ${DOMAIN} as a client withdrawn`);
    });
  },
);
