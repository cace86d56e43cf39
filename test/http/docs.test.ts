// The API reference page: built at the first request, behind the same checks as everything else.
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, callApi, startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const get = (path: string): Promise<Answer> => callApi(`${app.app.address}${path}`, 'GET', { token: null });

it('is a page with its resources', async () => {
  const [page] = await Promise.all([get('/api/docs'), get('/api/docs/')]); // two concurrent first visitors
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('swagger-ui') });
  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page?.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/);
  expect(policy).not.toMatch(/https?:|swagger\.io|upgrade-insecure|\*/);
  expect(page?.headers.get('x-content-type-options')).toBe('nosniff');
  const scripts = [...(page?.text ?? '').matchAll(/src="([^"]+\.js)"/g)].map(([, path]) => path ?? '');
  expect(scripts.length).toBeGreaterThan(1);
  for (const path of scripts) {
    const { pathname } = new URL(path, `${app.app.address}/api/docs/`);
    const { status, headers } = await get(pathname);
    expect({ pathname, status }).toEqual({ pathname, status: 200 });
    expect(headers.get('content-type')).toContain('javascript');
  }
});

it('redirects to an address with a slash, so that its files load behind any proxy', async () => {
  const page = await request(`${app.app.address}/api/docs`);
  await page.body.dump();
  expect([page.statusCode, page.headers.location]).toEqual([302, 'docs/']);
  const { text } = await get('/api/docs/');
  expect([...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)).toEqual(
    expect.arrayContaining(['./static/swagger-ui.css', './static/swagger-ui-bundle.js']),
  );
  expect(text).not.toMatch(/(?:src|href)="\//);
});

it('loads the document of this server', async () => {
  const [own, shown] = await Promise.all([get('/api/v1/openapi.json'), get('/api/docs/json')]);
  expect(own?.body.openapi).toBe('3.1.0');
  expect(shown?.body).toEqual(own?.body);
});

it('sends a cached file only once', async () => {
  const url = `${app.app.address}/api/docs/static/swagger-ui.css`;
  const first = await request(url);
  await first.body.dump();
  // Not with fetch, which requests the whole file if such a header is set manually.
  const again = await request(url, { headers: { 'if-none-match': String(first.headers.etag) } });
  expect({ first: first.statusCode, again: again.statusCode }).toEqual({ first: 200, again: 304 });
  expect(await again.body.text()).toBe('');
});

it('answers a missing file in the usual form', async () => {
  const { status, body } = await get('/api/docs/static/nothing.js');
  expect({ status, code: body.code }).toEqual({ status: 404, code: 'NOT_FOUND' });
});
