// How soon an open page shows what happens: a change by REST, and an unreachable server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGui, type GuiPage, openGui } from '../support/gui/page.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', 'an open page', () => {
  let folder: string;
  let server: Server;
  let gui: GuiPage;
  let token: string;

  beforeAll(async () => {
    await buildGui();
    folder = await mkdtemp(join(tmpdir(), 'certdesk-measure-gui-'));
    const data = ['--data-dir', join(folder, 'data')];
    server = await startServer({ dataFolder: join(folder, 'data'), args: ['--challenge-port', '0'] });
    const create = ['token', 'create', ...data, '--name', 't', '--scope', 'projects:write'];
    token = (await runCertdesk(create)).trim();
    gui = await openGui({
      address: server.address,
      signInLink: async () => (await runCertdesk(['login-link', ...data])).trim(),
    });
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await server?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('shows a change within a second, and an unreachable server within three', async () => {
    await gui.open('/projects');
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const domain = `live${turn}.example.com`;
      const began = performance.now();
      await server.call('POST', '/projects', { body: { name: domain, domain, altNames: [] }, token });
      await gui.page.getByText(domain).first().waitFor();
      times.push(performance.now() - began);
    }
    await server.stop('SIGKILL');
    const killed = performance.now();
    await gui.page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
    const gone = performance.now() - killed;
    console.info(`changes ${times.map(Math.round).join(', ')} ms; gone ${Math.round(gone)} ms`);
    expect(Math.min(...times.slice(1))).toBeLessThan(1_000); // a list with a first row is patched
    expect(gone).toBeLessThan(3_000);
  });
});
