// The attacks on internal addresses of a review, against a running Certdesk, and the legitimate uses that look like
// them.
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import { type CallAsUser, signIn } from '../support/server/signed-in-user.ts';
import { portOf, unusedPort } from '../support/tools/ports.ts';

let app: TestApp;
let admin: string;
let project: string;
let person: CallAsUser;
let web: HttpServer;
let webUrl: string;
let tcp: Server;
let reached: string[] = [];

beforeAll(async () => {
  app = await startApp({ platform: { allowPrivate: [] }, limits: { issueWithinMs: 500 } });
  admin = await app.makeToken(['admin']);
  project = await app.project('shop.example.com');
  person = await signIn(await app.app.signInLink());
  web = createHttpServer((request, reply) => {
    reached.push(`${request.method} ${request.url}`);
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { txt = null } = body === '' ? {} : JSON.parse(body);
      reply.setHeader('connection', 'close').end(JSON.stringify({ txt, internal: 'an internal secret' }));
    });
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  webUrl = `http://127.0.0.1:${portOf(web)}`;
  tcp = createServer((socket) => {
    reached.push('tcp');
    socket.on('error', () => undefined).destroy();
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
});
afterEach(() => {
  reached = [];
});
afterAll(async () => {
  await app?.stop();
  web?.close();
  tcp?.close();
});

const asAdmin = (method: string, path: string, body: object): Promise<Answer> =>
  app.call(method, path, { body, token: admin });

const acmedns = (baseUrl: string) => ({
  provider: 'acmedns',
  credentials: { baseUrl, apiUser: 'user', apiKey: 'key-of-acme-dns', subdomain: 'sub' },
});
const rfc2136 = (nameserver: string) => ({
  provider: 'rfc2136',
  credentials: { nameserver, tsigKeyName: 'key', tsigSecret: 'c2VjcmV0LW9mLXRoZS10ZXN0cw==' },
});
const failing = { body: { code: 'ACME_UNAVAILABLE' } };
const refused = { status: 400, body: { code: 'ADDRESS_NOT_ALLOWED' } };

describe('acme-dns', () => {
  it.each(['/admin/delete?x=1#', '/admin#', '/admin?x=', '/admin#/x'])(
    'refuses a path hidden behind %s in its baseUrl to every caller',
    async (path) => {
      const body = acmedns(`${webUrl}${path}`);
      for (const answer of [
        await asAdmin('POST', '/dns-credentials/test', { ...body, zone: 'example.com' }),
        await person('POST', '/dns-credentials/test', { body: { ...body, zone: 'example.com' } }),
      ])
        expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
      expect(reached).toEqual([]);
    },
  );

  it('does not reach an internal server for a token, and the error shows nothing of its answer', async () => {
    const answer = await asAdmin('POST', '/dns-credentials/test', {
      ...acmedns(webUrl),
      zone: 'example.com',
    });
    expect(answer).toMatchObject(refused);
    expect(answer.text).not.toContain('internal');
    expect(reached).toEqual([]);
  });

  it('reaches an internal server that a user saved, and then also for a token that uses it', async () => {
    const saved = await person('POST', '/dns-credentials', { body: { name: 'inside', ...acmedns(webUrl) } });
    expect(saved).toMatchObject({ status: 201, body: { savedBy: { kind: 'window' } } });
    const test = `/dns-credentials/${saved.body.id}/test`;
    expect(await asAdmin('POST', test, {})).toMatchObject({ status: 200 });
    expect(reached).toEqual(['POST /update']);
    // A new key at the same address changes nothing; another address counts as named by the token.
    const rotate = (baseUrl: string) =>
      asAdmin('PATCH', `/dns-credentials/${saved.body.id}`, { credentials: acmedns(baseUrl).credentials });
    expect(await rotate(webUrl)).toMatchObject({ body: { savedBy: { kind: 'window' } } });
    expect(await rotate(`${webUrl}/other`)).toMatchObject({ body: { savedBy: { kind: 'token' } } });
    expect(await asAdmin('POST', test, {})).toMatchObject(refused);
  });
});

describe('rfc2136', () => {
  it('tells a token nothing about internal ports', async () => {
    const ports = [portOf(tcp), await unusedPort()];
    const answers = await Promise.all(
      ports.map((port) =>
        asAdmin('POST', '/dns-credentials/test', { ...rfc2136(`127.0.0.1:${port}`), zone: 'example.com' }),
      ),
    );
    for (const answer of answers) expect(answer).toMatchObject(refused);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(reached).toEqual([]);
  });

  it('asks an internal server that a user tests', async () => {
    const body = { ...rfc2136(`127.0.0.1:${portOf(tcp)}`), zone: 'example.com' };
    const answer = await person('POST', '/dns-credentials/test', { body });
    expect(answer).toMatchObject({ body: { code: 'DNS_PROVIDER_UNAVAILABLE' } });
    expect(reached).toContain('tcp');
  });
});

describe('an ACME directory', () => {
  const obtain = (path: string) => ({
    ca: `https://127.0.0.1:${portOf(tcp)}${path}`,
    challengeType: 'http-01',
  });

  const path = () => `/projects/${project}/certificate/obtain`;

  it('in the internal network is not reached for a token', async () => {
    const answer = await app.call('POST', path(), { body: obtain('/token') });
    expect(answer).toMatchObject(refused);
    expect(reached).toEqual([]);
  });

  it('in the internal network is reached if a user names it, and then for renewals and tokens', async () => {
    expect(await person('POST', path(), { body: obtain('/person') })).toMatchObject(failing);
    expect(reached).toContain('tcp');
    reached = [];
    expect(await app.call('POST', path(), { body: obtain('/person') })).toMatchObject(failing);
    expect(reached).toContain('tcp');
  });
});

describe('an approved ACME directory', () => {
  it('is listed with who approved it; once withdrawn, tokens no longer reach it', async () => {
    const directoryUrl = `https://127.0.0.1:${portOf(tcp)}/approved`;
    const obtain = `/projects/${project}/certificate/obtain`;
    const body = { ca: directoryUrl, challengeType: 'http-01' };
    await person('POST', obtain, { body });
    const list = await app.call('GET', '/ca-directories', { token: admin });
    const entry = { directoryUrl, savedBy: { kind: 'window', name: expect.any(String) }, certificates: 0 };
    expect(list.body.directories).toContainEqual(entry);
    const withdraw = (token: string) =>
      app.call('POST', '/ca-directories/withdraw', { token, body: { directoryUrl } });
    const reader = await app.makeToken(['projects:write']);
    expect(await app.call('GET', '/ca-directories', { token: reader })).toMatchObject({ status: 403 });
    expect(await withdraw(reader)).toMatchObject({ status: 403 });
    expect(await withdraw(admin)).toMatchObject({ status: 200 });
    expect((await app.call('GET', '/ca-directories', { token: admin })).text).not.toContain(directoryUrl);
    expect(await withdraw(admin)).toMatchObject({ status: 404 });
    reached = [];
    expect(await app.call('POST', obtain, { body })).toMatchObject(refused);
    expect(reached).toEqual([]);
    const { entries } = await app.app.engine.audit.list({ limit: 100 });
    expect(entries).toContainEqual(
      expect.objectContaining({ operation: 'caDirectories.withdraw', result: 'ok' }),
    );
  });
});

describe('Certdesk itself', () => {
  it('is reached by nobody through Certdesk, not even by a user', async () => {
    const { port } = new URL(app.app.address);
    const body = { ...acmedns(`http://127.0.0.1:${port}`), zone: 'example.com' };
    const answer = await person('POST', '/dns-credentials/test', { body });
    expect(answer).toMatchObject({
      ...refused,
      body: { ...refused.body, error: expect.stringContaining('itself listens') },
    });
  });
});

describe('a public resolver in the settings', () => {
  const body = { dns: { publicResolvers: ['192.168.1.1'] } };
  it('may be internal if a user names it, but not if a token does', async () => {
    expect(await asAdmin('PATCH', '/settings', body)).toMatchObject({ body: { code: 'INVALID_REQUEST' } });
    expect(await person('PATCH', '/settings', { body })).toMatchObject({ status: 200 });
    const metadata = { dns: { publicResolvers: ['169.254.169.254'] } };
    expect(await person('PATCH', '/settings', { body: metadata })).toMatchObject({ status: 400 });
  });
});
