// A client that starts another handshake within a TLS 1.2 connection (RFC 5246 section 7.4.1.1).
import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { startHttpsApp } from '../support/server/https.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

async function renegotiate(address: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const options = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' } as const;
  const socket = connect({ ...options, host: hostname, port: Number(port) });
  await once(socket, 'secureConnect');
  const outcome = await new Promise<string>((resolve) => {
    socket.once('error', ({ message }) => resolve(message));
    socket.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error?.message ?? 'renegotiated'));
  });
  socket.destroy();
  return outcome;
}

it('is refused, also with the certificate of a project', async () => {
  const app = await startHttpsApp();
  const openssl = await createOpenSsl();
  try {
    expect(await renegotiate(app.app.address)).toMatch(/no renegotiation/);
    const { engine } = app.app;
    const { id } = await engine.projects.create({ name: 'x', domain: 'certs.example.com', altNames: [] });
    await engine.settings.update({ https: { projectId: id } });
    const pair = await openssl.issue({ subject: '/CN=x', san: ['DNS:certs.example.com'], days: 90 });
    const actor = { owner: 'test', signal: undefined };
    await engine.certificates.upload(id, pair, actor);
    await expect.poll(() => engine.https.state()?.certificate).toBe('project');
    expect(await renegotiate(app.app.address)).toMatch(/no renegotiation/);
  } finally {
    await app.stop();
    await openssl.remove();
  }
});
