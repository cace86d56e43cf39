// certdesk login-link, beside a running server and without one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { printLoginLink } from '../../src/main/headless/login-link.ts';
import { databasePath, lockDataFolder } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { startApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';

let dataDir: string;
let printed: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'certdesk-link-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('certdesk login-link', () => {
  it('prints a link that signs a browser in to the running server, and nothing else', async () => {
    const app = await startApp({ dataFolder: dataDir });
    try {
      await app.app.engine.sweep(); // two connections of one process would wait for each other
      await printLoginLink({ dataDir });
      expect(printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#cdl_[\w-]{43}\n$/);
      const url = new URL(printed.trim());
      expect(url.origin).toBe(app.app.address);
      const browser = createBrowser(app.app.address);
      expect((await browser.signIn(url.hash.slice(1))).status).toBe(200);
      expect((await browser.get('/api/v1/projects')).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it.each([
    ['https://certs.example.com/', 'https://certs.example.com/login'],
    ['https://example.com/certdesk', 'https://example.com/certdesk/login'],
    ['https://example.com/tools/certdesk/?from=mail', 'https://example.com/tools/certdesk/login'],
  ])('keeps host and path of the public address: %s', async (url, link) => {
    const app = await startApp({ dataFolder: dataDir });
    try {
      await app.app.engine.sweep(); // two connections of one process would wait for each other
      await printLoginLink({ dataDir, url });
      expect(printed.split('#cdl_')[0]).toBe(link);
    } finally {
      await app.close();
    }
  });

  it('prints an address that a browser can open if the server listens on all addresses', async () => {
    const app = await startApp({ dataFolder: dataDir, platform: { api: { host: '0.0.0.0', port: 0 } } });
    try {
      await app.app.engine.sweep(); // two connections of one process would wait for each other
      await printLoginLink({ dataDir });
      expect(printed).toMatch(/^http:\/\/localhost:\d+\/login#/);
    } finally {
      await app.close();
    }
  });

  it('says that no server runs, before the first one and after one', async () => {
    const refusal = {
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/^No Certdesk server is running/),
    };
    await expect(printLoginLink({ dataDir })).rejects.toMatchObject(refusal);
    await (await startApp({ dataFolder: dataDir })).close();
    await expect(printLoginLink({ dataDir })).rejects.toMatchObject(refusal);
    expect(printed).toBe('');
  });

  it('waits for the address of a server that is starting', async () => {
    const release = lockDataFolder(dataDir);
    await openDatabase(databasePath(dataDir)).close();
    await expect(printLoginLink({ dataDir })).rejects.toThrow(/still starting/);
    release();
  });
});
