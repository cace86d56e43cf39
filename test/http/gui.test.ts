// The GUI's files over HTTP: what a browser caches, what it may run, and addresses that only the page knows.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { type Browser, createBrowser } from '../support/server/browser.ts';

const SCRIPT = 'export {};';
const PAGE = '<!doctype html><title>Certdesk</title>';

let folder: string;
let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-gui-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const script = join(folder, 'assets', 'index-abc123.js');
  writeFileSync(script, SCRIPT);
  writeFileSync(`${script}.br`, brotliCompressSync(SCRIPT));
  writeFileSync(`${script}.gz`, gzipSync(SCRIPT));
  app = await startApp({ platform: { guiFolder: folder } });
  browser = createBrowser(app.app.address);
});
afterAll(async () => {
  await app?.stop();
  rmSync(folder, { recursive: true });
});

/** Like a browser that opens an address. */
const visit = (path: string) => browser.get(path, { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
const load = (path: string) => browser.get(path, { Accept: '*/*' });

/** The bytes on the wire. */
async function raw(url: string, encodings: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { headers: { 'Accept-Encoding': encodings }, agent: false }, resolve).once('error', reject),
  );
  return { headers: response.headers, body: Buffer.concat(await response.toArray()) };
}

describe('the page', () => {
  it.each(['/', '/login', '/projects/9f6c', '/projects/shop.example.com?tab=history', '/trpcs'])(
    'is returned at %s',
    async (path) => {
      const { status, text, headers } = await visit(path);
      expect({ status, text }).toEqual({ status: 200, text: PAGE });
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toMatch(/^no-(cache|store)$/);
    },
  );

  it('may load and run only files of this server, and no inline script', async () => {
    for (const path of ['/', '/projects/9f6c']) {
      const policy = String((await visit(path)).headers['content-security-policy']);
      const rules = new Map(
        policy.split('; ').map((rule): [string, string] => [rule.split(' ')[0] ?? '', rule]),
      );
      expect(rules.get('default-src')).toBe("default-src 'none'");
      expect(rules.get('script-src')).toBe("script-src 'self'");
      expect(rules.get('connect-src')).toBe("connect-src 'self'");
      expect(rules.get('frame-ancestors')).toBe("frame-ancestors 'none'");
      expect(rules.get('base-uri')).toBe("base-uri 'none'");
      expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    }
  });

  it('is not returned at an address of the API, nor for a script or image', async () => {
    for (const path of ['/api/v1/nothing', '/api', '/trpc', '/assets/gone.js', '/.well-known/x'])
      expect((await visit(path)).status).toBe(404);
    expect((await load('/projects/9f6c')).status).toBe(404);
    expect((await browser.post('/projects/9f6c', '{}', { Accept: 'text/html' })).status).toBe(404);
    expect(await visit('/api/v1/nothing')).toMatchObject({ body: { code: 'NOT_FOUND' } });
  });

  it.each(['//api/v1/projects', '/api//v1/projects', '//', '//example.com/', '/.git/config', '/a/../..//x'])(
    'is not returned to a program at %s, which gets 404',
    async (path) => {
      const { status, body } = await load(path);
      expect({ status, body }).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      if (path.includes('api')) expect((await visit(path)).status).toBe(404);
    },
  );

  it('has no header that lets other sites read it', async () => {
    const { headers } = await browser.get('/', { Origin: 'http://evil.example', Accept: 'text/html' });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
  });
});

it('the page is isolated from pages that open it if the browser trusts the connection', async () => {
  const policy = async (more: Readonly<Record<string, string>>) =>
    (await browser.get('/', { Accept: 'text/html', ...more })).headers['cross-origin-opener-policy'];
  expect(await policy({ 'Sec-Fetch-Dest': 'document' })).toBe('same-origin');
  expect(await policy({})).toBeUndefined();
});

describe('other files', () => {
  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', null, (content: Buffer) => content],
  ] as const)('come to who takes %s as they were compressed by the build', async (taken, used, read) => {
    const response = await raw(`${app.app.address}/assets/index-abc123.js`, taken);
    expect(response.headers['content-encoding'] ?? null).toBe(used);
    expect(response.headers).toMatchObject({
      'content-type': expect.stringMatching(/^(?:text|application)\/javascript/),
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    if (used !== null) expect(response.headers.vary).toMatch(/accept-encoding/i);
    expect(String(read(response.body))).toBe(SCRIPT);
  });

  it('are cached forever if their name has a hash of their content, else revalidated', async () => {
    const asset = await load('/assets/index-abc123.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toMatch(/^(text|application)\/javascript/);
    expect((await load('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it('are not transferred twice', async () => {
    const { headers } = await load('/icon.svg');
    expect(await browser.get('/icon.svg', { 'If-None-Match': String(headers.etag) })).toMatchObject({
      status: 304,
      text: '',
    });
  });

  it('outside the folder are unreachable', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json'])
      expect((await load(path)).status).toBeGreaterThanOrEqual(400);
  });
});
