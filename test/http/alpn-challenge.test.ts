// The listener of tls-alpn-01 on a real socket: a CA gets the certificate, everyone else a clean end of the connection.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlpnChallenges } from '../../src/main/engine/challenges/tls-alpn-01.ts';
import {
  type AlpnListener,
  type AlpnServer,
  createAlpnServer,
  openAlpnListener,
} from '../../src/main/http/alpn-challenge.ts';
import { readClientHello } from '../../src/main/http/client-hello.ts';
import type { TestApp } from '../support/server/app.ts';
import { openHttp2, startHttpsApp } from '../support/server/https.ts';

const AT = { host: '127.0.0.1', port: 0, what: 'The TLS-ALPN-01 challenge listener', option: '--alpn-port' };
const challenges = createAlpnChallenges({ clock: { now: () => new Date() }, isListening: () => true });
let alpn: AlpnServer;
let listener: AlpnListener;

beforeAll(async () => {
  challenges.restore([
    { type: 'tls-alpn-01', state: 'presented', identifier: 'shop.example.com', keyAuthorization: 'a.b' },
  ]);
  alpn = createAlpnServer(challenges);
  listener = await openAlpnListener(AT, alpn);
});
afterAll(async () => {
  alpn?.close();
  await listener?.close();
});

const CA: ConnectionOptions = {
  host: '127.0.0.1',
  servername: 'shop.example.com',
  ALPNProtocols: ['acme-tls/1'],
  rejectUnauthorized: false,
};

/** @returns the certificate, or the code of the error */
async function shake(port: number, options: ConnectionOptions): Promise<Buffer | string> {
  const socket = connect({ ...CA, port, ...options });
  try {
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('acme-tls/1');
    const der = socket.getPeerX509Certificate()?.raw ?? 'no certificate';
    // The server ends the connection without sending data.
    expect(await buffer(socket)).toHaveLength(0);
    return der;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
  }
}

/** Sends the bytes. @returns the answer until the server ends the connection */
async function send(port: number, ...parts: readonly Buffer[]): Promise<Buffer> {
  const socket: Socket = connectTcp(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  for (const part of parts) await new Promise((sent) => socket.write(part, sent));
  return buffer(socket);
}

describe('the listener', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'shows the certificate of the challenge in %s',
    async (version) => {
      const der = await shake(listener.port, { minVersion: version, maxVersion: version });
      expect(der).toEqual(challenges.answer('shop.example.com')?.der);
    },
  );

  it.each([
    ['another name', { servername: 'other.example.com' }, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
    ['no name', { servername: '' }, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
    ['another protocol', { ALPNProtocols: ['h2'] }, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }, /VERSION/],
  ] as const)('refuses a client with %s by an alert', async (_, options, code) => {
    expect(await shake(listener.port, { ...options } as ConnectionOptions)).toMatch(code);
  });

  it('refuses a client without ALPN', async () => {
    const socket = connect({ ...CA, port: listener.port, ALPNProtocols: [] });
    const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
  });

  it.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\n\r\n'],
    ['noise', '\0\0\0\0\xff\xff'],
    ['a record that is no ClientHello', '\x16\x03\x01\x00\x04\x02\x00\x00\x00'],
    ['a ClientHello with wrong lengths', `\x16\x03\x01\x00\x28\x01\x00\x00\x24\x03\x03${'\xff'.repeat(34)}`],
  ])('ends a connection with %s', async (_, text) => {
    expect(await send(listener.port, Buffer.from(text, 'latin1'))).toHaveLength(0);
  });

  it('survives clients that leave at any moment', async () => {
    const hello = await captureHello();
    for (const length of [0, 1, 5, 60, hello.length]) {
      const socket = connectTcp(listener.port, '127.0.0.1');
      await once(socket, 'connect');
      if (length > 0) await new Promise((sent) => socket.write(hello.subarray(0, length), sent));
      socket.resetAndDestroy();
    }
    expect(await shake(listener.port, {})).toBeInstanceOf(Buffer);
  });

  it('answers a ClientHello that arrives in pieces and in several records', async () => {
    const hello = await captureHello();
    const message = hello.subarray(5);
    const record = (part: Buffer) =>
      Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part]);
    const records = [record(message.subarray(0, 100)), record(message.subarray(100))];
    expect(readClientHello(Buffer.concat(records))).toEqual(readClientHello(hello));
    const socket = connectTcp(listener.port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    for (const part of records) await new Promise((sent) => socket.write(part, sent));
    const [first] = await once(socket, 'data');
    expect(first[0]).toBe(22); // a handshake record, not an alert
    socket.destroy();
  });
});

/** The ClientHello that a CA sends. */
async function captureHello(): Promise<Buffer> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ ...CA, port: (server.address() as { port: number }).port });
  client.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const [hello] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

describe('on the port of HTTPS', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startHttpsApp();
  });
  afterAll(() => app?.stop());

  it('answers challenges and the API, and logs nothing for refused challenges', async () => {
    const port = Number(new URL(app.app.address).port);
    const probe = app.app.engine.alpnChallenges;
    expect(app.app.alpnPort).toBe(port);
    expect(await shake(port, {})).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
    expect(probe.answer('shop.example.com')).toBeNull();
    const before = app.log.length;
    await Promise.all(Array.from({ length: 20 }, () => shake(port, { servername: 'x.example.com' })));
    expect(app.log.slice(before)).toEqual([]);
    const http2 = await openHttp2(app.app.address);
    expect((await http2.call('GET', '/api/v1/health')).status).toBe(200);
    http2.close();
  });
});
