// The TLS server's limit of time for requests to arrive, with a short limit.
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toServedCertificate } from '../../src/main/engine/https/served-certificate.ts';
import { createTlsServerFactory } from '../../src/main/http/tls-server.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

let app: FastifyInstance;
let session: ClientHttp2Session;

beforeAll(async () => {
  const openssl = await createOpenSsl();
  const { certificate: cert, privateKey: key } = await openssl.issue({
    subject: '/CN=x',
    san: ['DNS:localhost'],
  });
  await openssl.remove();
  const served = toServedCertificate({ cert, key }, { kind: 'self-signed', versionId: null });
  const https = { current: () => served, onChange: () => () => undefined };
  app = Fastify({ serverFactory: createTlsServerFactory(https, undefined, 300) });
  app.get('/stream', (_, reply) => {
    const { raw } = reply.hijack();
    raw.write('begin');
  });
  app.post('/echo', async ({ body }) => body);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
});
afterAll(async () => {
  session?.destroy();
  await app?.close();
});

it('refuses a body that arrives too slowly by HTTP/2, but not a response that takes longer', async () => {
  const stream = session.request({ ':path': '/stream' });
  stream.resume();
  let isStreamClosed = false;
  stream.once('close', () => {
    isStreamClosed = true;
  });
  await once(stream, 'response');
  const json = { ':method': 'POST', ':path': '/echo', 'content-type': 'application/json' };
  // The second one begins after the stream, so its limit ends later.
  for (let n = 0; n < 2; n += 1) {
    const slow = session.request(json);
    slow.on('error', () => undefined); // reset by the server, after its answer
    let text = '';
    slow.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    slow.write('{');
    const [headers] = await once(slow, 'response');
    expect(headers[':status']).toBe(408);
    await expect.poll(() => text).toContain('REQUEST_TIMEOUT');
  }
  expect(isStreamClosed).toBe(false);
});
