// Plain HTTP on the port of HTTPS: a sentence, not a broken connection.
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApp } from '../support/server/app.ts';
import { callHttp1, openHttp2, startHttpsApp } from '../support/server/https.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startHttpsApp();
});
afterAll(() => app?.stop());

const port = (): number => Number(new URL(app.app.address).port);

/** Sends the parts one by one. @returns all that the server answers until it ends the connection */
async function exchange(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port(), '127.0.0.1');
  const answer = text(socket).catch(() => 'reset');
  await once(socket, 'connect');
  for (const part of parts) await new Promise((sent) => socket.write(part, sent));
  return answer;
}

it.each([
  ['a GET request', ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n']],
  ['a request with a body', ['POST /api/v1/projects HTTP/1.1\r\nContent-Length: 9\r\n\r\n', 'x'.repeat(9)]],
  ['HTTP/2 without TLS', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
  ['the first letter of a request', ['G']],
])('%s is answered with the address to use', async (_, parts) => {
  const [head = '', body = ''] = (await exchange(...parts)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(body)).toMatchObject({
    success: false,
    code: 'INVALID_REQUEST',
    error: expect.stringContaining('https://'),
  });
});

it('the log names the address with its scheme', () => {
  const lines = app.log.filter((line) => line.includes('Server listening at'));
  expect(lines).toEqual([expect.stringContaining(`Server listening at https://127.0.0.1:${port()}`)]);
});

it('other protocols get no answer in HTTP', async () => {
  expect(await exchange(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]))).not.toContain('HTTP');
});

it('a client that says nothing and leaves disturbs nobody, nor do split handshakes', async () => {
  const silent = connect(port(), '127.0.0.1');
  await once(silent, 'connect');
  silent.end();
  await once(silent.resume(), 'close');
  const answer = await callHttp1(`${app.app.address}/api/v1/health`, 'GET');
  const http2 = await openHttp2(app.app.address);
  expect([answer.status, (await http2.call('GET', '/api/v1/health')).status]).toEqual([200, 200]);
  http2.close();
});
