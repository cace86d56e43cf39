// The server is killed and restarted while a page is open: the page says so, and recovers automatically.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { buildGui, type GuiPage, openGui } from '../support/gui/page.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { startOnPorts, TCP } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('chromium', 'a server that is killed while a page is open', () => {
  let folder: string;
  let server: Server;
  let gui: GuiPage;
  let token: string;
  let port: number;
  let releasePort: (() => void) | undefined;

  const start = (at = port) =>
    startServer({
      dataFolder: join(folder, 'data'),
      args: ['--port', String(at), '--challenge-host', '127.0.0.1', '--challenge-port', '0'],
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-restart-'));
    await buildGui();
    await startOnPorts([TCP], async ([free = 0], release) => {
      server = await start(free);
      port = free;
      releasePort = release;
    });
    const data = ['--data-dir', join(folder, 'data')];
    token = (
      await runCertdesk(['token', 'create', ...data, '--name', 't', '--scope', 'projects:write'])
    ).trim();
    const signInLink = async () => (await runCertdesk(['login-link', ...data])).trim();
    gui = await openGui({ address: server.address, signInLink });
  }, 600_000);
  afterAll(async () => {
    await gui?.close();
    await server?.stop();
    releasePort?.();
    await rm(folder, { recursive: true, force: true });
  });

  const make = (domain: string) =>
    server.call('POST', '/projects', { body: { name: domain, domain, altNames: [] }, token });

  it('is reported as unreachable, and the page continues automatically when it is back', async () => {
    const { page } = gui;
    await make('before.example.com');
    await gui.open('/projects');
    const row = (domain: string) => page.getByRole('row').getByRole('link', { name: domain });
    await row('before.example.com').waitFor();

    await server.stop('SIGKILL');
    await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
    await gui.takeScreenshots('server-gone');
    // Loaded data stays visible.
    await row('before.example.com').waitFor();

    server = await start();
    await make('meanwhile.example.com');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await row('meanwhile.example.com').waitFor();

    await make('after.example.com');
    await row('after.example.com').waitFor();
  });

  it('leaves a screen whose code cannot load with a message, and shows it when the server is back', async () => {
    const { page } = gui;
    await server.stop('SIGKILL');
    await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
    await gui.open('/activity');
    await page.getByRole('alert').filter({ hasText: 'This page could not be loaded' }).waitFor();
    server = await start();
    await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
  });
});
