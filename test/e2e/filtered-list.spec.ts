// A filtered list that is open while what its filter lets through changes by REST.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from '../support/gui/page.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['openssl', 'chromium'], 'a filtered list', () => {
  let app: TestApp;
  let gui: GuiPage;
  let openssl: OpenSsl;
  beforeAll(async () => {
    await buildGui();
    openssl = await createOpenSsl();
    app = await startApp({ platform: { guiFolder: GUI_FOLDER } });
    gui = await openGui(app.app);
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await app?.stop();
    await openssl?.remove();
  });

  it('removes rows that no longer match, and adds those that now do', async () => {
    const ids = [await app.project('a.example.com'), await app.project('b.example.com')];
    const row = (domain: string) => gui.page.getByRole('row').filter({ hasText: domain });
    await gui.open('/projects?status=none');
    await row('a.example.com').waitFor();
    await row('b.example.com').waitFor();
    const body = await openssl.issue({ subject: '/CN=a.example.com', san: ['DNS:a.example.com'] });
    const path = `/projects/${ids[0]}/certificate`;
    expect((await app.call('POST', `${path}/upload`, { body })).status).toBe(200);
    await row('a.example.com').waitFor({ state: 'detached' });
    expect(await row('b.example.com').count()).toBe(1);
    expect((await app.call('DELETE', path)).status).toBe(200);
    await row('a.example.com').waitFor();
    expect(gui.problems).toEqual([]);
  });
});
