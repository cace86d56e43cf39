// The recipe nginx with a real nginx: a renewal arrives and is verified; a broken configuration is put back, and the
// service continues with the certificate that it has.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startProcess, type TestProcess } from '../support/acme/process.ts';
import { nginxSettled } from '../support/daemons/nginx.ts';
import { type Json, startApp, type TestApp } from '../support/server/app.ts';
import { startOnPorts } from '../support/tools/ports.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

describeWith('nginx', 'a deployment to nginx', () => {
  let pebble: Pebble;
  let app: TestApp;
  let nginx: TestProcess | undefined;
  let folder: string;
  let port = 0;
  let projectId: string;
  let id: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-nginx-'));
    pebble = await startPebble();
    app = await startApp({ pebble });
    projectId = await app.project('shop.example.com');
  }, 120_000);
  afterAll(async () => {
    await nginx?.stop();
    await app?.stop();
    await pebble?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const config = (more = '') => `daemon off; pid ${folder}/pid; error_log stderr; events {}
http {
  access_log off;
  client_body_temp_path ${folder}/t; proxy_temp_path ${folder}/t; fastcgi_temp_path ${folder}/t;
  uwsgi_temp_path ${folder}/t; scgi_temp_path ${folder}/t;
  server { listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/site.pem; ssl_certificate_key ${folder}/site.pem; }
  ${more}
}
`;
  const command = (...more: string[]) => [
    toolPath('CERTDESK_TEST_NGINX'),
    '-p',
    folder,
    '-c',
    `${folder}/nginx.conf`,
    ...more,
  ];
  const served = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, servername: 'shop.example.com', rejectUnauthorized: false };
      const socket: TLSSocket = connect(options, () => {
        resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', ''));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const lastRun = async (): Promise<Json | undefined> =>
    ((await app.call('GET', `/deployments/${id}/runs`)).body.runs as unknown as Json[])[0];
  const servedState = async (): Promise<unknown> =>
    (await app.call('GET', `/projects/${projectId}/certificate/status`)).body.served?.state;
  const renew = async () => {
    const answer = await app.call('POST', `/projects/${projectId}/certificate/renew`);
    expect(answer.status, answer.text).toBe(200);
  };

  it('verifies a renewal, and puts the files back if the configuration is broken', async () => {
    const host = await app.asUser('POST', '/hosts', { body: { name: 'here', transport: 'local' } });
    const created = await app.asUser('POST', `/projects/${projectId}/deployments`, {
      body: {
        recipe: 'nginx',
        options: { certificate: `${folder}/site.pem` },
        hosts: { ids: [String(host.body.id)] },
        steps: {},
        verify: null,
      },
    });
    expect(created.status, created.text).toBe(201);
    id = String(created.body.id);
    await app.call('POST', `/projects/${projectId}/certificate/obtain`, {
      body: { challengeType: 'http-01' },
    });
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('deployed');

    nginx = await startOnPorts([{ addresses: ['127.0.0.1'] }], async ([given = 0]) => {
      port = given;
      await writeFile(`${folder}/nginx.conf`, config());
      const [program = '', ...args] = command();
      const server = startProcess(program, args);
      await server.waitUntil(
        () =>
          served().then(
            () => true,
            () => false,
          ),
        30_000,
      );
      return server;
    });
    const body = {
      steps: { validateCommand: command('-t'), reloadCommand: command('-s', 'reload') },
      verify: { port, serverName: 'shop.example.com' },
    };
    expect((await app.asUser('PATCH', `/deployments/${id}`, { body })).status).toBe(200);
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('unchanged');

    const endpoint = await app.asUser('POST', '/endpoints', {
      body: {
        host: '127.0.0.1',
        port,
        serverName: 'shop.example.com',
        projectIds: [projectId],
        trust: (await pebble.issuerRoots()).join(''),
      },
    });
    expect(endpoint.status, endpoint.text).toBe(201);
    await expect.poll(servedState, { timeout: 60_000 }).toBe('current');

    const first = await served();
    await renew();
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('verified');
    await nginxSettled(nginx.pid);
    const second = await served();
    expect(second).not.toBe(first);
    // The endpoint is checked after the last host, not only six hours later.
    await expect.poll(servedState, { timeout: 60_000 }).toBe('current');
    expect((await lastRun())?.fingerprint).toBe(second);

    const installed = await readFile(`${folder}/site.pem`, 'utf8');
    await writeFile(`${folder}/nginx.conf`, config('listen nonsense;'));
    await renew();
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('rolled-back');
    expect(await served()).toBe(second);
    expect(await readFile(`${folder}/site.pem`, 'utf8')).toBe(installed);
    expect((await lastRun())?.error?.error).toContain('the check of the configuration failed');
    await expect.poll(servedState, { timeout: 60_000 }).toBe('old');

    // The administrator repairs it, and retries.
    await writeFile(`${folder}/nginx.conf`, config());
    const retried = await app.call('POST', `/deployment-runs/${String((await lastRun())?.id)}/retry`);
    expect(retried.status, retried.text).toBe(200);
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('verified');
    await nginxSettled(nginx.pid);
    expect(await served()).not.toBe(second);
    await expect.poll(servedState, { timeout: 60_000 }).toBe('current');
  }, 240_000);
});
