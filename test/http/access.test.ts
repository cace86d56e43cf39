// Access to the REST API: every operation is tried without a token, with too narrow ones, other projects' ones, and
// ones that are no longer valid; the Host header; and throttling of guesses.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RestOperation, restOperations } from '../../src/main/http/rest.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { sendRaw } from '../support/tools/raw-http.ts';

let app: TestApp;
let mine: string;
let other: string;
let now = new Date();

beforeAll(async () => {
  app = await startApp({ platform: { clock: { now: () => now } } });
  mine = await app.project('mine.example.com');
  other = await app.project('other.example.com');
});
afterAll(() => app?.stop());
afterEach(() => {
  now = new Date();
});

/** Every operation, with the address of a project. */
const operations = restOperations().map((operation) => ({ ...operation, name: operation.path }));
const closed = operations.filter(({ meta }) => meta.scope !== null);
const ofProjects = closed.filter(({ rest }) => rest.path.startsWith('/projects/{id}'));
const address = ({ rest }: Pick<RestOperation, 'rest'>, id: string): string =>
  rest.path.replace('{id}', id).replace(/\{\w+\}/g, 'nothing');
const bodyFor = ({ rest }: Pick<RestOperation, 'rest'>): { body?: object } =>
  rest.method === 'GET' ? {} : { body: {} };

describe('without a token', () => {
  it.each(closed)('$name is refused with 401', async (operation) => {
    const answer = await app.call(operation.rest.method, address(operation, mine), {
      token: null,
      ...bodyFor(operation),
    });
    expect(answer).toMatchObject({ status: 401, body: { success: false, code: 'UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('only health, the sign-in command, the OpenAPI document and its page are answered', async () => {
    const open = operations.filter(({ meta }) => meta.scope === null).map(({ rest }) => rest.path);
    expect(open).toEqual(['/sign-in-command', '/health']);
    for (const path of ['/health', '/sign-in-command', '/openapi.json', '/../docs'])
      expect((await app.call('GET', path, { token: null })).status).toBe(200);
  });
});

describe('an Authorization header', () => {
  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer "quoted"',
    'Bearer a,b',
    'Basic eDp5',
    'Token abc',
  ])('%j is not a token: 401', async (header) => {
    const answer = await app.call('GET', '/projects', { token: null, headers: { authorization: header } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('accepts its scheme in any case (RFC 9110 section 11.1), and is the only place for a token', async () => {
    const headers = { authorization: `bEaReR ${app.token}` };
    expect((await app.call('GET', '/projects', { token: null, headers })).status).toBe(200);
    for (const query of [`access_token=${app.token}`, `token=${app.token}`])
      expect((await app.call('GET', `/projects?${query}`, { token: null })).status).toBe(401);
  });
});

describe('a token', () => {
  it.each(closed.filter(({ meta }) => meta.scope === 'projects:write'))(
    'with projects:read may not $name',
    async (operation) => {
      const token = await app.makeToken(['projects:read']);
      const answer = await app.call(operation.rest.method, address(operation, mine), {
        token,
        ...bodyFor(operation),
      });
      expect(answer).toMatchObject({ status: 403, body: { success: false, code: 'FORBIDDEN' } });
    },
  );

  it('with projects:read may not export a private key', async () => {
    const token = await app.makeToken(['projects:read']);
    for (const format of ['key', 'pfx']) {
      const path = `/projects/${mine}/certificate/download?format=${format}`;
      expect(await app.call('GET', path, { token })).toMatchObject({ status: 403 });
    }
  });

  it.each(ofProjects)(
    'of one project may not $name of another, nor learn whether it exists',
    async (operation) => {
      const token = await app.makeToken(['projects:write'], [mine]);
      for (const id of [other, 'no-such-project', mine.toUpperCase()]) {
        const answer = await app.call(operation.rest.method, address(operation, id), {
          token,
          ...bodyFor(operation),
        });
        expect(answer, id).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      }
    },
  );

  it('of one project sees only that project, whatever the query says', async () => {
    const token = await app.makeToken(['projects:write'], [mine]);
    for (const query of ['', `?ids=${other}`, `?id=${other}`, '?q=other', '?limit=500']) {
      const { status, body } = await app.call('GET', `/projects${query}`, { token });
      expect(status).toBe(200);
      const ids = Object.values(body.projects ?? {}).map(({ id }) => id);
      expect(ids).toEqual(query === '?q=other' ? [] : [mine]);
    }
    expect((await app.call('GET', `/projects/${mine}?id=${other}`, { token })).body.id).toBe(mine);
    expect((await app.call('GET', `/jobs?project=${other}`, { token })).body).toEqual({ jobs: [] });
  });

  it('creates no token, whatever its scopes', async () => {
    for (const scopes of [['projects:read'], ['projects:write'], ['admin']] as const) {
      const token = await app.makeToken(scopes);
      const body = { name: 'x', scopes: ['projects:read'], expiresAt: '2099-01-01T00:00:00Z' };
      expect(await app.call('POST', '/tokens', { body, token })).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    }
  });

  it.each([
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ projectIds: ['nope'] }, 'projectIds'],
  ])('that could never be used is refused, and not created: %j', async (wrong, field) => {
    const before = (await app.call('GET', '/tokens')).body;
    const body = { name: 'x', scopes: ['projects:read'], ...wrong };
    expect(await app.asUser('POST', '/tokens', { body })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: { issues: [{ field }] } },
    });
    expect((await app.call('GET', '/tokens')).body).toEqual(before);
  });

  it('is refused from the second on at which it would expire', async () => {
    const make = (expiresAt: string) =>
      app.asUser('POST', '/tokens', { body: { name: 'x', scopes: ['projects:read'], expiresAt } });
    now = new Date('2031-01-01T00:00:00Z');
    expect((await make('2031-01-01T00:00:00Z')).status).toBe(400);
    expect((await make('2031-01-01T00:00:01Z')).status).toBe(201);
  });

  it('for an existing and a missing project is refused', async () => {
    const body = { name: 'x', scopes: ['projects:read'], projectIds: [mine, 'nope'] };
    expect(await app.asUser('POST', '/tokens', { body })).toMatchObject({ status: 400 });
    expect(await app.asUser('POST', '/tokens', { body: { ...body, projectIds: [mine] } })).toMatchObject({
      status: 201,
    });
  });

  it('of one project creates no projects and no tokens, and reads no tokens', async () => {
    const token = await app.makeToken(['projects:write'], [mine]);
    const tries: readonly (readonly [string, string, object?])[] = [
      ['POST', '/projects', { name: 'x' }],
      ['POST', '/tokens', { name: 'x', scopes: ['projects:write'] }],
      ['GET', '/tokens'],
      ['DELETE', '/tokens/any'],
      ['POST', '/dns-credentials', { name: 'x', provider: 'manual' }],
    ];
    for (const [method, path, body] of tries) {
      const answer = await app.call(method, path, { token, ...(body === undefined ? {} : { body }) });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
  });

  it('expires to the second', async () => {
    const { body } = await app.asUser('POST', '/tokens', {
      body: { name: 'short', scopes: ['projects:read'], expiresAt: '2031-01-01T00:00:00Z' },
    });
    const token = String(body.token);
    now = new Date('2030-12-31T23:59:59.999Z');
    expect((await app.call('GET', '/projects', { token })).status).toBe(200);
    now = new Date('2031-01-01T00:00:00Z');
    expect(await app.call('GET', '/projects', { token })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
  });

  it('is refused after its revocation; revoking it again changes nothing', async () => {
    const made = await app.asUser('POST', '/tokens', { body: { name: 'gone', scopes: ['projects:read'] } });
    const token = String(made.body.token);
    const first = await app.call('DELETE', `/tokens/${made.body.id}`);
    expect(first).toMatchObject({ status: 200, body: { revokedAt: expect.stringMatching(/Z$/) } });
    expect((await app.call('GET', '/projects', { token })).status).toBe(401);
    expect((await app.call('DELETE', `/tokens/${made.body.id}`)).body).toEqual(first.body);
    expect(await app.call('DELETE', '/tokens/nothing')).toMatchObject({
      status: 404,
      body: { code: 'TOKEN_NOT_FOUND' },
    });
  });

  it('is shown once, and appears in no list, log or file', async () => {
    const made = await app.asUser('POST', '/tokens', { body: { name: 'once', scopes: ['projects:read'] } });
    const token = String(made.body.token);
    expect(token).toMatch(/^cdk_[\w-]{43}$/);
    expect((await app.call('GET', '/tokens')).text).not.toContain(token.slice(4));
    expect(app.log.join('')).not.toContain(token.slice(4));
    for (const file of await readdir(app.dataFolder))
      expect(await readFile(join(app.dataFolder, file), 'latin1'), file).not.toContain(token.slice(4));
  });
});

describe('a token with certificates:download', () => {
  it.each(closed.filter(({ meta }) => meta.scope !== 'certificates:download'))(
    'may not $name',
    async (operation) => {
      const token = await app.makeToken(['certificates:download'], [mine]);
      const call = { token, ...bodyFor(operation) };
      const answer = await app.call(operation.rest.method, address(operation, mine), call);
      expect(answer).toMatchObject({ status: 403, body: { success: false, code: 'FORBIDDEN' } });
    },
  );

  it.each([
    [{ projectIds: null }, 'projectIds'],
    [{ scopes: ['certificates:download', 'projects:read'] }, 'scopes'],
    [{ scopes: ['certificates:download', 'admin'], projectIds: null }, 'projectIds'],
  ])('is not created without projects or with other scopes: %j', async (wrong, field) => {
    const body = { name: 'x', scopes: ['certificates:download'], projectIds: [mine], ...wrong };
    const answer = await app.asUser('POST', '/tokens', { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(Object.values(answer.body.details?.issues ?? {}).map((issue) => issue.field)).toContain(field);
  });
});

describe('the Host header', () => {
  const get = (host: readonly string[], path = '/api/v1/health') =>
    sendRaw(app.app.address, [
      `GET ${path} HTTP/1.1`,
      ...host.map((name) => `Host: ${name}`),
      'Connection: close',
    ]);

  it.each(['127.0.0.1', '127.0.0.1:1', 'localhost', 'LOCALHOST:7878', '[::1]', '[::1]:80', '192.0.2.1'])(
    '%s is accepted, because no DNS name points elsewhere',
    async (host) => {
      expect((await get([host])).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example:7878',
    'evil@127.0.0.1',
    '127.0.0.1 evil.example',
    '[::1].evil.example',
    '0x7f000001',
    'localhost.',
  ])('%s is refused, at every address', async (host) => {
    for (const path of ['/api/v1/health', '/api/docs', '/', '/nothing', '/api/v1/openapi.json']) {
      const answer = await get([host], path);
      expect(answer.status, path).toBe(421);
      expect(JSON.parse(answer.body)).toMatchObject({ success: false, code: 'HOST_NOT_ALLOWED' });
    }
  });

  it('is accepted for an allowed name', async () => {
    const proxied = await startApp({ platform: { allowedHosts: ['Certs.Example.com'] } });
    try {
      const lines = ['GET /api/v1/health HTTP/1.1', 'Host: certs.example.com:8443', 'Connection: close'];
      expect((await sendRaw(proxied.app.address, lines)).status).toBe(200);
    } finally {
      await proxied.stop();
    }
  });

  it('is not checked for a CA that requests a challenge, and nothing else is returned that way', async () => {
    const prefix = '/.well-known/acme-challenge/';
    expect((await get(['evil.example'], `${prefix}unknown`)).status).toBe(404);
    for (const path of [
      `${prefix}../../api/v1/health`,
      `${prefix}..%2f..%2fapi%2fv1%2fhealth`,
      `/${prefix}x`,
    ])
      expect([404, 421], path).toContain((await get(['evil.example'], path)).status);
  });
});

it('no answer has a CORS header', async () => {
  const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
  const answers = [
    await app.call('GET', '/projects', { headers }),
    await app.call('OPTIONS', '/projects', { token: null, headers }),
    await app.call('GET', '/health', { token: null, headers }),
  ];
  for (const answer of answers) {
    const names = [...answer.headers.keys()];
    expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});

it('answers the 11th failed token of a minute with 429 and Retry-After; good ones still work', async () => {
  const guessed = await startApp();
  try {
    for (let n = 1; n <= 10; n += 1)
      expect((await guessed.call('GET', '/projects', { token: `guess-${n}` })).status, `guess ${n}`).toBe(
        401,
      );
    const answer = await guessed.call('GET', '/projects', { token: 'guess-11' });
    expect(answer).toMatchObject({ status: 429, body: { success: false, code: 'TOO_MANY_REQUESTS' } });
    const wait = Number(answer.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(answer.body.details?.retryAfter).toBe(wait);
    expect((await guessed.call('GET', '/projects')).status).toBe(200);
    expect((await guessed.call('GET', '/projects', { token: null })).status).toBe(401);
  } finally {
    await guessed.stop();
  }
});
