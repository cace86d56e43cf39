// Invalid requests of every kind: each gets the status of docs/rest-api.md, in the usual error form, with no internals
// of the program.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { expectError } from '../support/server/expect-error.ts';
import { sendRaw } from '../support/tools/raw-http.ts';

let app: TestApp;
let id: string;

beforeAll(async () => {
  app = await startApp();
  id = await app.project('shop.example.com');
});
afterAll(() => app?.stop());

const certificate = (rest = ''): string => `/projects/${id}/certificate${rest}`;
const withBody = restOperations()
  .filter(({ rest }) => rest.method !== 'GET')
  .map(({ rest, path }) => ({ name: path, method: rest.method, path: rest.path }));
const filled = (path: string): string => path.replace('{id}', id).replace(/\{\w+\}/g, 'nothing');

describe.each(withBody)('$name', ({ method, path }) => {
  it.each(['null', '[]', '"text"', '1', 'true'])('refuses a body that is not an object: %s', async (body) => {
    expectError(await app.asUser(method, filled(path), { body }), 'INVALID_REQUEST');
  });

  it.each(['{', '{"a":1,}', ' ', 'name=x', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}'])(
    'refuses invalid or unsafe JSON: %s',
    async (body) => {
      expectError(await app.asUser(method, filled(path), { body }), 'INVALID_REQUEST');
    },
  );

  it('refuses an unknown field', async () => {
    const answer = await app.asUser(method, filled(path), { body: { unheardOf: 1 } });
    expectError(answer, 'INVALID_REQUEST');
    expect(answer.body.error).toMatch(/unheardOf|must be one of/);
  });

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'text/plain',
    'application/jsonx',
  ])('refuses a body of type %s', async (type) => {
    const headers = { 'content-type': type };
    expectError(await app.asUser(method, filled(path), { body: '{}', headers }), 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('refuses a body over 1 MiB, and accepts smaller ones', async () => {
    const of = (bytes: number) => ({ body: `{"x":"${'a'.repeat(bytes - 8)}"}` });
    expectError(await app.asUser(method, filled(path), of(1024 * 1024 + 1)), 'PAYLOAD_TOO_LARGE');
    expectError(await app.asUser(method, filled(path), of(1024 * 1024)), 'INVALID_REQUEST');
  });
});

describe('a missing body', () => {
  it.each([
    ['POST', '/renew'],
    ['POST', '/revoke'],
    ['DELETE', ''],
  ])('is accepted for %s %s even with a JSON content type', async (method, rest) => {
    const ways: readonly Record<string, string>[] = [{}, { 'content-type': 'application/json' }];
    for (const headers of ways) {
      const answer = await app.call(method, certificate(rest), { headers });
      expectError(answer, 'CERTIFICATE_NOT_FOUND');
    }
    expectError(await app.call(method, certificate(rest), { body: {} }), 'CERTIFICATE_NOT_FOUND');
  });

  it.each(['/obtain', '/upload', '/validate'])('is refused for %s', async (rest) => {
    const headers = { 'content-type': 'application/json' };
    expectError(await app.call('POST', certificate(rest), { headers }), 'INVALID_REQUEST');
    expectError(await app.call('POST', certificate(rest)), 'INVALID_REQUEST');
  });
});

describe('an invalid obtain request', () => {
  const good = { challengeType: 'http-01' };
  it.each([
    ['challengeType', {}],
    ['challengeType', { challengeType: null }],
    ['challengeType', { challengeType: 'tls-sni-01' }],
    ['email', { ...good, email: null }],
    ['email', { ...good, email: 'nobody' }],
    ['email', { ...good, email: `${'a'.repeat(320)}@example.com` }],
    ['autoRenew', { ...good, autoRenew: 'true' }],
    ['autoRenew', { ...good, autoRenew: null }],
    ['staging', { ...good, staging: 1 }],
    ['dryRun', { ...good, dryRun: 'no' }],
    ['keyType', { ...good, keyType: 'dsa' }],
    ['keySize', { ...good, keySize: 1024 }],
    ['keySize', { ...good, keySize: '2048' }],
    ['keySize', { ...good, keySize: 1e308 }],
    ['keySize', { ...good, keySize: 256 }],
    ['altNames', { ...good, altNames: Array(100).fill('a.example.com') }],
    ['altNames.0', { ...good, altNames: ['192.0.2.0/24'] }],
    ['altNames.1', { ...good, altNames: ['a.example.com', '-a'] }],
    ['challengeType', { ...good, altNames: ['*.shop.example.com'] }],
    ['profile', { ...good, profile: '' }],
    ['eab.kid', { ...good, eab: { kid: '', hmacKey: 'x' } }],
    ['dnsCredentials', { ...good, dnsCredentials: 'token' }],
    ['keysize', { ...good, keysize: 4096 }],
    ['eab.hmackey', { ...good, eab: { kid: 'a', hmacKey: 'x', hmackey: 'x' } }],
  ])('is refused and names the field %s: %j', async (field, body) => {
    const answer = await app.call('POST', certificate('/obtain'), { body });
    expectError(answer, 'INVALID_REQUEST');
    const fields = Object.values(answer.body.details?.issues ?? {}).map((issue) => issue.field);
    expect(fields).toContain(field);
    expect(answer.body.error).toContain(field.replace(/\.\d+$/, ''));
  });

  it.each(['nobody', 'http://ca.example/directory', 'ftp://ca.example', 'https://user:word@ca.example/'])(
    'is refused for ca %s, which is neither known nor an https address',
    async (ca) => {
      expectError(await app.call('POST', certificate('/obtain'), { body: { ...good, ca } }), 'UNKNOWN_CA');
    },
  );

  it('does not get the password in a CA address repeated', async () => {
    const body = { ...good, ca: 'https://user:hunter2@ca.example/' };
    expect((await app.call('POST', certificate('/obtain'), { body })).text).not.toContain('hunter2');
  });

  it('is refused for very deeply nested dnsCredentials, as an object and as text', async () => {
    const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const body = (credentials: string) =>
      `{"challengeType":"dns-01","dnsProvider":"google","dnsCredentials":{"projectId":"p","credentials":${credentials}}}`;
    for (const depth of [3, 3_000, 150_000]) {
      const asObject = await app.call('POST', certificate('/obtain'), { body: body(deep(depth)) });
      expectError(asObject, 'INVALID_REQUEST');
      expect(asObject.body.error).toContain('dnsCredentials');
      const asText = await app.call('POST', certificate('/obtain'), {
        body: body(JSON.stringify(deep(depth))),
      });
      expectError(asText, asText.status === 413 ? 'PAYLOAD_TOO_LARGE' : 'INVALID_REQUEST');
      if (asText.status === 400) expect(asText.body.error).toContain('without objects in it');
    }
  });

  it.each(['', 'x'.repeat(256)])(
    'is refused for an Idempotency-Key of 0 or over 255 characters',
    async (key) => {
      const headers = { 'Idempotency-Key': key };
      expectError(await app.call('POST', certificate('/obtain'), { body: good, headers }), 'INVALID_REQUEST');
    },
  );

  it('starts nothing', async () => {
    expect((await app.call('GET', `/jobs?project=${id}`)).body).toEqual({ jobs: [] });
  });
});

describe('an address', () => {
  it.each(['/nothing', '/projects/x/y', '//projects', '/Projects'])(
    '%s that does not exist answers 404',
    async (path) => {
      expectError(await app.call('GET', path), 'NOT_FOUND');
    },
  );

  it('may end with a slash', async () => {
    expect((await app.call('GET', '/projects/')).status).toBe(200);
    expect((await app.call('GET', `${certificate()}/`)).text).toBe('null');
  });

  it.each(['PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'does not accept %s, and says what it accepts',
    async (method) => {
      const lines = [`${method} /api/v1/projects HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close'];
      const answer = await sendRaw(app.app.address, lines);
      expect(answer.status).toBe(405);
      expect(answer.head).toMatch(/^allow: .*get.*post|^allow: .*post.*get/m);
      expect(JSON.parse(answer.body)).toMatchObject({ success: false, code: 'METHOD_NOT_ALLOWED' });
    },
  );

  it('answers HEAD like GET without the body', async () => {
    const lines = [
      'HEAD /api/v1/projects HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: Bearer ${app.token}`,
      'Connection: close',
    ];
    const answer = await sendRaw(app.app.address, lines);
    expect(answer).toMatchObject({ status: 200, body: '' });
  });

  it('accepts only GET, POST, PATCH and DELETE for an operation', async () => {
    for (const { rest } of restOperations()) {
      const answer = await app.call('PUT', filled(rest.path), { body: {} });
      expectError(answer, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')?.split(', ')).toContain(rest.method);
    }
  });
});

describe('requests that reach no handler get the usual error form', () => {
  const raw = async (...lines: string[]) => {
    const { status, head, body } = await sendRaw(app.app.address, lines);
    return { status, head, body: JSON.parse(body) };
  };
  const rest = ['Host: 127.0.0.1', 'Connection: close'];

  it('for an address with a broken %', async () => {
    const answer = await raw('GET /api/v1/projects/%zz HTTP/1.1', ...rest);
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'INVALID_REQUEST' } });
    expect(answer.head).toContain('x-content-type-options: nosniff');
  });

  it('for a parameter of 601 characters', async () => {
    const answer = await raw(`GET /api/v1/projects/${'a'.repeat(601)} HTTP/1.1`, ...rest);
    expect(answer).toMatchObject({ status: 404, body: { success: false, code: 'NOT_FOUND' } });
  });

  it('for headers over 16 KiB', async () => {
    const answer = await raw('GET /api/v1/projects HTTP/1.1', ...rest, `X: ${'a'.repeat(17_000)}`);
    expect(answer).toMatchObject({ status: 431, body: { success: false, code: 'HEADERS_TOO_LARGE' } });
  });

  it('for bytes that are not HTTP', async () => {
    expect(await raw('hello')).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });
});

it('a stream of events has no HEAD', async () => {
  expectError(await app.call('PUT', '/events', { body: {} }), 'METHOD_NOT_ALLOWED');
  const lines = ['HEAD /api/v1/events HTTP/1.1', 'Host: 127.0.0.1', `Authorization: Bearer ${app.token}`];
  expect(await sendRaw(app.app.address, [...lines, 'Connection: close'])).toMatchObject({ status: 405 });
});

it('quotes no secret of a body that is not JSON', async () => {
  const bodies = [
    '{"challengeType":"dns-01","dnsCredentials":{"apiToken":hunter2-hunter2}}',
    '{"certificate":"x","privateKey":"hunter2-hunter2"',
    '{"eab":{"hmacKey":"x"hunter2-hunter2}}',
  ];
  for (const body of bodies) {
    const answer = await app.call('POST', certificate('/obtain'), { body });
    expectError(answer, 'INVALID_REQUEST');
    expect(answer.text).not.toContain('hunter2');
  }
  expect(app.log.join('')).not.toContain('hunter2');
});

it('is never an internal error', () => {
  const mistakes = app.log.filter(
    (line) => line.includes('"code":"INTERNAL"') || line.includes('"level":60'),
  );
  expect(mistakes).toEqual([]);
});
