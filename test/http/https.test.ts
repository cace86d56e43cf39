// HTTPS with the self-signed certificate: protocols, names, cookies, event streams and limits.
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { frame, openFrames } from '../support/server/http2-frames.ts';
import {
  callHttp1,
  type Http2Client,
  openHttp2,
  shakeHands,
  startHttpsApp,
} from '../support/server/https.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { sendRaw } from '../support/tools/raw-http.ts';

let app: TestApp;
let openssl: OpenSsl;
let client: Http2Client;
const HEALTH = '/api/v1/health';
const auth = () => ({ authorization: `Bearer ${app.token}` });

beforeAll(async () => {
  app = await startHttpsApp();
  openssl = await createOpenSsl();
  client = await openHttp2(app.app.address);
});
afterAll(async () => {
  client?.close();
  await app?.stop();
  await openssl?.remove();
});

describe('TLS', () => {
  const connectWith = async (...args: string[]) => {
    const target = new URL(app.app.address).host;
    return openssl
      .run(['s_client', '-connect', target, ...args], 'Q\n')
      .catch((error) => String(error.stderr));
  };

  it.each([
    [['h2', 'http/1.1'], 'h2'],
    [['h2'], 'h2'],
    [['http/1.1'], 'http/1.1'],
  ])('with ALPN %j speaks %s', async (alpn, expected) => {
    expect((await shakeHands(app.app.address, { alpn })).alpn).toBe(expected);
  });

  it.each([
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ])('accepts openssl s_client %s', async (option, protocol) => {
    expect(await connectWith(option)).toMatch(new RegExp(`(New, |Protocol *: )${protocol}`));
  });

  it.each(['-tls1_1', '-tls1'])('refuses openssl s_client %s', async (option) => {
    // Security level 0, because OpenSSL itself refuses these versions at higher levels.
    const output = await connectWith(option, '-cipher', 'ALL:@SECLEVEL=0');
    expect(output).toContain('alert protocol version');
    expect(output).not.toMatch(/BEGIN CERTIFICATE/);
  });
});

describe('the self-signed certificate', () => {
  it('has the fingerprint that Certdesk shows, and covers the names of this machine', async () => {
    const state = app.app.engine.https.state();
    const { fingerprint } = await shakeHands(app.app.address);
    expect(state).toMatchObject({
      certificate: 'self-signed',
      problem: 'no-project',
      trusted: false,
      fingerprint,
    });
    expect(state?.names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']));
    expect((await client.call('GET', '/api/v1/https', { headers: auth() })).body).toEqual({ https: state });
    const health = { certificate: 'self-signed', problem: 'no-project' };
    expect((await client.call('GET', HEALTH)).body.https).toEqual(health);
    const { listeners } = (await client.call('GET', '/api/v1/diagnostics', { headers: auth() })).body;
    expect(listeners?.https).toEqual(health);
  });

  it('stays the same after a restart, and its key is in no file in clear', async () => {
    const first = await startHttpsApp();
    const before = await shakeHands(first.app.address);
    const key = first.app.engine.https.current()?.key ?? '';
    const parts = ['PRIVATE KEY', key.split('\n')[3] ?? ''];
    expect(parts[1]).toHaveLength(64);
    for (const file of await readdir(first.dataFolder)) {
      const content = await readFile(join(first.dataFolder, file), 'latin1');
      for (const part of parts) expect(content.includes(part), file).toBe(false);
    }
    expect(first.log.join('')).not.toContain(parts[1]);
    await first.close();
    const second = await startHttpsApp({ dataFolder: first.dataFolder });
    expect((await shakeHands(second.app.address)).fingerprint).toBe(before.fingerprint);
    await second.close();
    const renamed = await startHttpsApp({
      dataFolder: first.dataFolder,
      platform: { allowedHosts: ['certs.example.com'] },
    });
    expect((await shakeHands(renamed.app.address)).fingerprint).not.toBe(before.fingerprint);
    expect(await renamed.app.signInLink()).toMatch(/^https:\/\/certs\.example\.com:\d+\/login#/);
    await renamed.stop();
  });

  it('causes no Strict-Transport-Security, because browsers could then not pass its warning', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const answer = await callHttp1(`${app.app.address}${HEALTH}`, 'GET', { headers: { host } });
      expect([answer.status, answer.headers['strict-transport-security']]).toEqual([200, undefined]);
    }
  });
});

describe('requests', () => {
  it('of another host are refused by HTTP/1.1 and HTTP/2', async () => {
    const refused = { status: 421, body: { code: 'HOST_NOT_ALLOWED' } };
    const headers = { host: 'evil.example' };
    expect(await callHttp1(`${app.app.address}${HEALTH}`, 'GET', { headers })).toMatchObject(refused);
    expect(await client.call('GET', HEALTH, { headers: { ':authority': 'evil.example' } })).toMatchObject(
      refused,
    );
  });

  it('whose Host differs from :authority are malformed (RFC 9113 section 8.3.1)', async () => {
    const headers = { ':authority': 'localhost', host: 'evil.example' };
    await expect(client.call('GET', HEALTH, { headers })).rejects.toThrow('NGHTTP2_PROTOCOL_ERROR');
  });

  it('need authentication and accept bodies by HTTP/2 like by HTTP/1.1', async () => {
    expect((await client.call('GET', '/api/v1/projects')).status).toBe(401);
    const headers = { ...auth(), 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'by h2', domain: 'h2.example.com' });
    expect((await client.call('POST', '/api/v1/projects', { headers, body })).status).toBe(201);
    const tooLarge = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });
    expect(await client.call('POST', '/api/v1/projects', { headers, body: tooLarge })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('sign a browser in with a __Host- cookie', async () => {
    const { origin, hash } = new URL(await app.app.signInLink());
    expect(origin).toMatch(/^https:/);
    const headers = { origin, 'content-type': 'application/json' };
    const body = JSON.stringify({ secret: hash.slice(1) });
    const answer = await client.call('POST', '/login', { headers, body });
    expect(answer.status).toBe(200);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      /^__Host-certdesk-\d+=[\w-]{40,}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
    );
    const session = {
      cookie: cookie.split(';')[0] ?? '',
      'certdesk-page-secret': String(answer.body.pageSecret),
    };
    expect((await client.call('GET', '/api/v1/projects', { headers: session })).status).toBe(200);
    const other = { ...headers, ...session, origin: origin.replace('https:', 'http:') };
    expect(
      await client.call('POST', '/api/v1/projects', { headers: other, body: '{"name":"x"}' }),
    ).toMatchObject({
      status: 403,
      body: { code: 'ORIGIN_NOT_ALLOWED' },
    });
  });
});

describe('event streams by HTTP/2', () => {
  const openStream = async (token: string) => {
    const stream = client.session.request({ ':path': '/api/v1/events', authorization: `Bearer ${token}` });
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    await once(stream, 'response');
    return { stream, text: () => text };
  };

  it('deliver events beside other requests on one connection, and end without it when the token is revoked', async () => {
    const created = await app.app.engine.tokens.create({
      name: 'stream',
      scopes: ['projects:read'],
      projectIds: null,
      expiresAt: null,
    });
    const [first, second] = [await openStream(created.secret), await openStream(app.token)];
    await app.app.engine.journal.emit({ kind: 'test', message: 'Over HTTP/2' });
    await expect.poll(first.text).toContain('Over HTTP/2');
    const ended = once(first.stream, 'end');
    await app.app.engine.tokens.revoke(created.token.id);
    await ended;
    expect((await client.call('GET', HEALTH)).status).toBe(200);
    await app.app.engine.journal.emit({ kind: 'test', message: 'Still there' });
    await expect.poll(second.text).toContain('Still there');
    second.stream.close();
  });

  it('let the server stop, with idle connections and unfinished handshakes too', async () => {
    const stopping = await startHttpsApp();
    const { port } = new URL(stopping.app.address);
    const raw = connect(Number(port), '127.0.0.1');
    const quiet = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
    for (const socket of [raw, quiet]) socket.on('error', () => undefined);
    await Promise.all([once(raw, 'connect'), once(quiet, 'secureConnect')]);
    const idle = await openHttp2(stopping.app.address);
    const busy = await openHttp2(stopping.app.address);
    const closed = [raw, quiet, idle.session, busy.session].map((each) => once(each, 'close'));
    await idle.call('GET', HEALTH);
    const headers = { ':path': '/api/v1/events', authorization: `Bearer ${stopping.token}` };
    const stream = busy.session.request(headers);
    stream.resume();
    await once(stream, 'response');
    const ended = once(stream, 'end');
    await stopping.stop();
    await Promise.all([ended, ...closed]);
  });
});

describe('limits', () => {
  it('refuse large headers', async () => {
    const headers = { 'x-large': 'x'.repeat(17 * 1024) };
    expect(await callHttp1(`${app.app.address}${HEALTH}`, 'GET', { headers })).toMatchObject({
      status: 431,
      body: { code: 'HEADERS_TOO_LARGE' },
    });
    const other = await openHttp2(app.app.address);
    expect(await other.call('GET', HEALTH, { headers })).toMatchObject({
      status: 431,
      body: { code: 'HEADERS_TOO_LARGE' },
    });
    other.close();
  });

  it('allow 100 streams at a time on one connection', async () => {
    const other = await openHttp2(app.app.address);
    await once(other.session, 'remoteSettings');
    expect(other.session.remoteSettings).toMatchObject({
      maxConcurrentStreams: 100,
      maxHeaderListSize: 16_384,
    });
    other.close();
  });

  it('close a connection that resets streams rapidly (CVE-2023-44487), and serve the others', async () => {
    const attacker = await openFrames(app.app.address);
    let streams = 0;
    while (!attacker.socket.destroyed && streams < 900) {
      const ids = Array.from({ length: 50 }, (_, n) => 2 * (streams + n) + 1);
      attacker.send(
        ids.flatMap((id) => [attacker.get(id, HEALTH), frame('RST_STREAM', 0, id, Buffer.of(0, 0, 0, 8))]),
      );
      streams += ids.length;
      await client.call('GET', HEALTH); // by then the server has read the frames
    }
    expect(streams).toBeLessThan(900); // Node's default is 1,000;
    expect(attacker.goAways()).toBeGreaterThan(0);
    expect((await client.call('GET', HEALTH)).status).toBe(200);
  });

  it('refuse a stream beyond the limit of a connection', async () => {
    const greedy = await openFrames(app.app.address);
    const path = '/api/v1/events';
    const ids = Array.from({ length: 120 }, (_, n) => 2 * n + 1);
    greedy.send(ids.map((id) => greedy.get(id, path, app.token)));
    await expect.poll(greedy.refusedStreams).toBe(20);
    greedy.socket.destroy();
    expect((await client.call('GET', HEALTH)).status).toBe(200);
  });

  it('answer bytes that are not HTTP', async () => {
    const { port } = new URL(app.app.address);
    const socket = connectTls({
      port: Number(port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    socket.end('nonsense\r\n\r\n');
    const text = Buffer.concat(await socket.toArray()).toString();
    expect(text).toMatch(/^HTTP\/1\.1 400 .*INVALID_REQUEST/s);
  });
});

describe('plain HTTP on the challenge port', () => {
  const get = (from: TestApp, path: string, host: string, method = 'GET') =>
    sendRaw(`http://127.0.0.1:${from.app.challengePort}`, [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Content-Length: 0',
      'Connection: close',
    ]);

  it('is redirected to HTTPS on request, except ACME challenges, foreign names and other methods', async () => {
    const https = { enabled: true, project: null, redirect: true };
    const from = await startHttpsApp({ platform: { https, allowedHosts: ['certs.example.com'] } });
    const { port } = new URL(from.app.address);
    for (const host of ['certs.example.com', 'Certs.example.com:80', '127.0.0.1']) {
      const { status, head } = await get(from, '/projects?x=1', host);
      const name = host.toLowerCase().replace(':80', '');
      expect([status, head]).toEqual([
        307,
        expect.stringContaining(`location: https://${name}:${port}/projects?x=1\r\n`),
      ]);
    }
    for (const [path, host, method] of [
      ['/', 'evil.example', 'GET'],
      ['/', 'certs.example.com', 'POST'],
      ['//evil.example/', 'evil.example', 'GET'],
      ['/.well-known/acme-challenge/unknown', 'certs.example.com', 'GET'],
    ] as const) {
      const { status, head } = await get(from, path, host, method);
      expect([status, head.includes('location:')], `${method} ${path} ${host}`).toEqual([404, false]);
    }
    await from.app.engine.settings.update({ https: { redirectHttp: false } }); // the option wins
    expect((await get(from, '/', '127.0.0.1')).status).toBe(307);
    await from.stop();
  });

  it('follows the setting without a restart, and is not redirected if HTTPS is off', async () => {
    expect((await get(app, '/', '127.0.0.1')).status).toBe(404);
    await app.app.engine.settings.update({ https: { redirectHttp: true } });
    await expect.poll(async () => (await get(app, '/', '127.0.0.1')).status).toBe(307);
    const plain = await startApp();
    await plain.app.engine.settings.update({ https: { redirectHttp: true } });
    expect((await get(plain, '/', '127.0.0.1')).status).toBe(404);
    await plain.stop();
  });
});

describe('a redirect without its port', () => {
  it('is reported at startup and in the state, and is no reason not to start', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const challenge = { host: '127.0.0.1', port, required: false };
    const https = { enabled: true, project: null, redirect: true };
    const without = await startHttpsApp({ platform: { https, challenge } });
    const said = without.app.notices.filter((notice) => notice.includes('not redirected to HTTPS'));
    expect([said.length, without.app.engine.https.state()?.redirect]).toEqual([1, 'no-port']);
    await without.stop();
    const other = await startHttpsApp({ platform: { challenge } });
    expect(other.app.notices.some((notice) => notice.includes('not redirected'))).toBe(false);
    expect(other.app.engine.https.state()?.redirect).toBe('off');
    await other.stop();
    holder.close();
  });
});

describe('the settings', () => {
  it('turn HTTPS on at the next start, and the command line overrides them', async () => {
    const first = await startApp();
    const { dataFolder } = first;
    expect(first.app.address).toMatch(/^http:/);
    await first.app.engine.settings.update({ https: { enabled: true } });
    expect((await first.call('GET', '/health')).body.https).toBeNull();
    await first.close();
    const second = await startApp({ dataFolder });
    expect(second.app.address).toMatch(/^https:/);
    await second.close();
    const https = { enabled: false, project: null, redirect: null };
    const third = await startApp({ dataFolder, platform: { https } });
    expect(third.app.address).toMatch(/^http:/);
    await third.stop();
  });

  it('allow an address that other machines reach only with HTTPS', async () => {
    const api = { host: '127.0.0.1', port: 0, plainHttpRefusal: 'Add --https' };
    await expect(startApp({ platform: { api } })).rejects.toThrow('Add --https');
    const secure = await startHttpsApp({ platform: { api } });
    expect(secure.app.address).toMatch(/^https:/);
    await secure.stop();
  });
});
