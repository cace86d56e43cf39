// X-Forwarded-Prefix: the addresses that answers name behind a reverse proxy that publishes Certdesk below a path.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readForwardedPrefix } from '../../src/main/http/forwarded-prefix.ts';
import { serverAddress } from '../../src/renderer/api.ts';
import { type Answer, callApi, startApp, type TestApp } from '../support/server/app.ts';

describe('a server that a reverse proxy publishes below a path', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app?.stop());

  const read = (path: string, prefix?: string): Promise<Answer> =>
    callApi(`${app.app.address}${path}`, 'GET', {
      headers: prefix === undefined ? {} : { 'x-forwarded-prefix': prefix },
    });
  const serversOf = ({ body }: Answer): unknown => body.servers;

  it.each(['/api/v1/openapi.json', '/api/docs/json'])('names that path as the server in %s', async (path) => {
    expect(serversOf(await read(path, '/certdesk'))).toEqual([{ url: '/certdesk/api/v1' }]);
    expect(serversOf(await read(path))).toEqual([{ url: '/api/v1' }]);
  });

  it('names that path in the Location of a job', async () => {
    const id = await app.project('app.example.com');
    const headers = { 'x-forwarded-prefix': '/certdesk', prefer: 'respond-async' };
    const body = { ca: 'https://127.0.0.1:1/dir', challengeType: 'http-01', autoRenew: false };
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { headers, body });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toMatch(/^\/certdesk\/api\/v1\/jobs\/[\w-]+$/);
  });
});

it.each([
  ['/certdesk', '/certdesk'],
  ['/tools/certdesk/', '/tools/certdesk'],
  ['/', ''],
  ['certdesk', ''],
  ['//evil.example', ''],
  ['/../x', ''],
  ['/a b', ''],
  ['https://evil.example', ''],
  [`/${'a'.repeat(300)}`, ''],
  [undefined, ''],
])('reads the prefix %j as %j', (given, prefix) => {
  const headers = given === undefined ? {} : { 'x-forwarded-prefix': given };
  expect(readForwardedPrefix({ headers })).toBe(prefix);
});

it.each([
  ['http://127.0.0.1:7878/#/projects', 'http://127.0.0.1:7878'],
  ['https://example.com/certdesk/?a=b#/', 'https://example.com/certdesk'],
])('the page at %s finds its server', (page, server) => {
  expect(serverAddress(page)).toBe(server);
});
