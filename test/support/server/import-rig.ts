// Certdesk with a folder of another ACME client and a signed-in browser, for each test.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { FoundCertificate, ImportedCertificate, ScannedFolder } from '../../../src/shared/import.ts';
import { makeTestFolder, type TestFolder } from '../engine/import-folders.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../tools/openssl.ts';
import { startApp, type TestApp } from './app.ts';
import { type Browser, createBrowser } from './browser.ts';
import { secretOf } from './browser-rig.ts';

export interface ImportRig {
  readonly openssl: OpenSsl;
  readonly ca: CertifiedKey;
  readonly folder: TestFolder;
  readonly app: TestApp;
  readonly browser: Browser;
  issue(name: string, more?: object): Promise<CertifiedKey>;
  /** @param path Default: the test's folder. */
  scan(path?: string): Promise<ScannedFolder>;
  importCertificates(
    certificates: 'all' | readonly string[],
    more?: object,
  ): Promise<readonly ImportedCertificate[]>;
}

/** Call it once at the top of a test file. */
export function useImport(): ImportRig {
  let openssl: OpenSsl;
  let ca: CertifiedKey;
  let folder: TestFolder;
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    openssl = await createOpenSsl();
    ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  });
  afterAll(() => openssl?.remove());
  beforeEach(async () => {
    [folder, app] = await Promise.all([makeTestFolder(), startApp()]);
    browser = createBrowser(app.app.address);
    await browser.signIn(secretOf(new URL(await app.app.signInLink())));
  });
  afterEach(async () => {
    await app?.stop();
    await folder?.remove();
  });
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await browser.post(`/api/v1${path}`, JSON.stringify(body));
    expect(answer.status, answer.text).toBe(200);
    return answer.body as T;
  };
  return {
    get openssl() {
      return openssl;
    },
    get ca() {
      return ca;
    },
    get folder() {
      return folder;
    },
    get app() {
      return app;
    },
    get browser() {
      return browser;
    },
    issue: (name, more = {}) =>
      openssl.issue({ ca, subject: `/CN=${name}`, san: [`DNS:${name}`], days: 80, ...more }),
    scan: (path = folder.path) => post<ScannedFolder>('/imports/scan', { folder: path }),
    async importCertificates(certificates, more = {}) {
      const request = { folder: folder.path, certificates, ...more };
      return (await post<{ certificates: ImportedCertificate[] }>('/imports', request)).certificates;
    },
  };
}

/** @throws Error if no certificate has the name or comes from such a file */
export function named(found: readonly FoundCertificate[], name: string): FoundCertificate {
  const one = found.find(({ names, source }) => names.includes(name) || source.includes(name));
  if (one === undefined) throw new Error(`${name} was not found`);
  return one;
}
