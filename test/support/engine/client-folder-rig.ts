// A folder of another ACME client for each test, and what a scan finds in it.
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Evaluated } from '../../../src/main/engine/import/evaluate.ts';
import { scanFolder } from '../../../src/main/engine/import/scan.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../tools/openssl.ts';
import { makeTestFolder, type TestFolder } from './import-folders.ts';

export const LE = 'https://acme-v02.api.letsencrypt.org/directory';
export const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';

export interface ClientFolderRig {
  readonly openssl: OpenSsl;
  /** A certificate of app.example.com. */
  readonly site: CertifiedKey;
  readonly folder: TestFolder;
  /** Replaces the test's folder by an empty one. */
  emptyFolder(): Promise<void>;
  issue(name: string, more?: object): Promise<CertifiedKey>;
  scan(acmeShFolder?: string | null): Promise<readonly Evaluated[]>;
  /** @throws Error unless the scan finds exactly one certificate */
  scanOne(acmeShFolder?: string | null): Promise<Evaluated>;
}

/** Call it once at the top of a test file. */
export function useClientFolder(): ClientFolderRig {
  let openssl: OpenSsl;
  let ca: CertifiedKey;
  let site: CertifiedKey;
  let folder: TestFolder;
  const issue: ClientFolderRig['issue'] = (name, more = {}) =>
    openssl.issue({ ca, subject: `/CN=${name}`, san: [`DNS:${name}`], days: 80, ...more });
  beforeAll(async () => {
    openssl = await createOpenSsl();
    ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
    site = await issue('app.example.com');
  });
  afterAll(() => openssl?.remove());
  beforeEach(async () => {
    folder = await makeTestFolder();
  });
  afterEach(() => folder?.remove());
  const scan: ClientFolderRig['scan'] = async (acmeShFolder = null) => {
    const options = { now: new Date(), directories: {}, acmeShFolder };
    return (await scanFolder(options, folder.path)).certificates;
  };
  return {
    get openssl() {
      return openssl;
    },
    get site() {
      return site;
    },
    get folder() {
      return folder;
    },
    async emptyFolder() {
      await folder.remove();
      folder = await makeTestFolder();
    },
    issue,
    scan,
    async scanOne(acmeShFolder = null) {
      const [found, ...rest] = await scan(acmeShFolder);
      if (found === undefined || rest.length > 0)
        throw new Error(`${rest.length} certificates too many, or none`);
      return found;
    },
  };
}

export const credentialsOf = (found: Evaluated) => found.plan?.renewal.proof.credentials;
export const notesOf = (found: Evaluated) => found.notes.join(' ');
