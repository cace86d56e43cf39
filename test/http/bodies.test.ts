// Bodies as clients send them: character sets, compression, nothing at all; and odd addresses.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeBody } from '../../src/main/http/body.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

async function post(body: BodyInit | null, headers: Readonly<Record<string, string>>, path = '/projects') {
  const response = await fetch(`${app.app.address}/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${app.token}`, ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const JSON_TYPE = 'application/json';
const NAME = 'Müller';
const bytes = (text: string, encoding: BufferEncoding) =>
  new Uint8Array(Buffer.from(JSON.stringify({ name: text }), encoding));

it('refuses an undeclared body in Latin-1, as PowerShell 5.1 sends it', async () => {
  const answer = await post(bytes(NAME, 'latin1'), { 'Content-Type': JSON_TYPE });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'INVALID_REQUEST', error: expect.stringMatching(/^The body is not UTF-8\..*PowerShell/) },
  });
});

it.each([
  ['utf-8', bytes(NAME, 'utf8')],
  ['"UTF-8"', bytes(NAME, 'utf8')],
  ['iso-8859-1', bytes(NAME, 'latin1')],
  ['windows-1252', bytes(NAME, 'latin1')],
  ['utf-16', bytes(NAME, 'utf16le')],
])('reads a body in the character set of Content-Type: %s', async (charset, body) => {
  const answer = await post(body, { 'Content-Type': `${JSON_TYPE}; charset=${charset}` });
  expect(answer).toMatchObject({ status: 201, body: { name: NAME } });
});

it('reads UTF-8 with a byte order mark', () => {
  expect(decodeBody(Buffer.from('\ufeff{}'), JSON_TYPE)).toBe('{}');
});

it('refuses an unknown character set, and one that does not match the body', async () => {
  const send = (charset: string) =>
    post(bytes(NAME, 'latin1'), { 'Content-Type': `${JSON_TYPE}; charset=${charset}` });
  expect(await send('klingon')).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
  expect(await send('shift_jis')).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
});

it.each(['gzip', 'GZIP', 'deflate', 'br', 'zstd', 'gzip, identity'])(
  'refuses a body in %s',
  async (encoding) => {
    const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': encoding };
    expect(await post(new Uint8Array(gzipSync('{"name":"a"}')), headers)).toMatchObject({
      status: 415,
      body: { code: 'UNSUPPORTED_MEDIA_TYPE', error: expect.stringContaining('Content-Encoding') },
    });
  },
);

it.each([
  ["{'name':'a'}", /at line 1, column 2: names and strings need double quotes/],
  ['{"name":"a",}', /at line 1, column 13: no comma is allowed before \} or \]/],
  ['{"name":"a" /* x */}', /: JSON has no comments/],
  ['{"name":NaN}', /: "N" is not allowed there/],
  [
    '{\n"name":"-----BEGIN\nMII"}',
    /at line 2, column 19: write a line break or tab in a string as \\n or \\t/,
  ],
  ['{"name":"C:\\certs"}', /write a backslash in a string as/],
  ['{"name":"a"', /: it ends too early|something is missing/],
  ['{"__proto__":{}}', /: it has a member __proto__/],
])(
  'says what is wrong with the JSON %j, and quotes nothing (Lemur #3887, cfssl #978)',
  async (text, expected) => {
    const { status, body } = await post(text, { 'Content-Type': JSON_TYPE });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', error: expect.stringMatching(expected) });
    expect(body.error).not.toMatch(/certs|BEGIN/);
  },
);

it.each([
  'application/merge-patch+json',
  'application/vnd.api+json; charset=utf-8',
  'text/json',
  'APPLICATION/JSON',
])('reads a body of the type %s (Kubernetes #8489)', async (type) => {
  expect((await post('{"name":"plain"}', { 'Content-Type': type })).status).toBe(201);
});

it.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/jsonp',
  'application/json-seq',
  'x/json',
])('refuses a body of the type %s', async (type) => {
  const answer = await post('{"name":"a"}', { 'Content-Type': type });
  expect(answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
});

it('accepts a body with the identity encoding', async () => {
  const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'identity' };
  expect((await post('{"name":"plain"}', headers)).status).toBe(201);
});

it.each(['/projects', '/tokens', '/dns-credentials'])(
  'requires the body that is needed: %s',
  async (path) => {
    const withAndWithout: readonly Record<string, string>[] = [{}, { 'Content-Type': JSON_TYPE }];
    for (const headers of withAndWithout) {
      const answer = await app.asUser('POST', path, { headers });
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST', error: 'A JSON body is required' },
      });
    }
  },
);

it('names each allowed method once', async () => {
  const id = await app.project('allow.example.com');
  for (const path of [
    '/projects/facets',
    '/projects',
    `/projects/${id}`,
    `/projects/${id}/certificate`,
    '/backups/passphrase',
  ]) {
    const answer = await app.call('OPTIONS', path);
    const allowed = answer.headers.get('allow')?.split(', ') ?? [];
    expect([answer.status, allowed], path).toEqual([405, [...new Set(allowed)]]);
    expect(allowed.length).toBeGreaterThan(0);
  }
});

it.each(['//api/v1/projects', '/api//v1/projects', '///', '/.git/config', '/..%2fetc/passwd'])(
  'finds nothing at %s',
  async (path) => {
    const response = await fetch(`${app.app.address}${path}`, { headers: { Accept: 'application/json' } });
    expect([response.status, (await response.json()).code]).toEqual([404, 'NOT_FOUND']);
  },
);
