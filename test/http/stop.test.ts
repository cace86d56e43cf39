// The server stops whatever connections are open.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startApp } from '../support/server/app.ts';

it('does not wait for a connection opened in advance, nor for a keep-alive connection', async () => {
  const app = await startApp();
  const { hostname, port } = new URL(app.app.address);
  const [unused, kept] = [connect(Number(port), hostname), connect(Number(port), hostname)];
  const ended = [unused, kept].map((socket) =>
    once(
      socket.on('error', () => {}),
      'close',
    ),
  );
  await Promise.all([unused, kept].map((socket) => once(socket, 'connect')));
  kept.write(`GET /api/v1/health HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  expect(String(await once(kept, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
  await app.stop(); // Node's own wait is longer for both than a test may take
  await Promise.all(ended);
});
