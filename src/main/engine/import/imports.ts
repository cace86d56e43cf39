// Imports certificates of other ACME clients: scans a folder and adopts its certificates as projects. The folder is
// only read; no file in it is written or locked.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type {
  ImportCertificates,
  ImportedCertificate,
  ImportLayout,
  ScannedFolder,
  SuggestedFoldersSchema,
} from '../../../shared/import.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Background } from '../core/background.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { KeyedMutex } from '../core/keyed-mutex.ts';
import type { ScanTasks } from './background-tasks.ts';
import { openFolder } from './folder.ts';
import { type ImportCertificateDeps, importCertificate } from './import-certificate.ts';
import { presentScan, recognizeLayout, type Scan } from './scan.ts';

export interface Imports {
  /** Lists the clients' default folders that exist and can be read. */
  suggest(): Promise<z.infer<typeof SuggestedFoldersSchema>['folders']>;
  /** @throws INVALID_REQUEST (details.issues: folder) */
  scan(folder: string, signal?: AbortSignal): Promise<ScannedFolder>;
  /**
   * Scans the folder again and imports the requested certificates. A failure does not stop the others; each has its
   * own outcome.
   * @throws INVALID_REQUEST (details.issues: folder)
   */
  importCertificates(
    request: ImportCertificates,
    signal?: AbortSignal,
  ): Promise<readonly ImportedCertificate[]>;
}

export interface ImportDeps extends ImportCertificateDeps {
  readonly locks: KeyedMutex;
  readonly background: Background<ScanTasks>;
  readonly directories: DirectoryOverrides;
  /** acme.sh's folder; null if its scripts are disabled. */
  readonly acmeShFolder: string | null;
  /** The clients' default folders. Default: those of this system. */
  readonly usualFolders?: readonly string[];
}

/** Names of the clients in sentences. */
const CLIENTS: Readonly<Record<ImportLayout, string>> = {
  certbot: 'certbot',
  'acme-sh': 'acme.sh',
  lego: 'lego',
  pem: 'PEM files',
};

export function createImports(deps: ImportDeps): Imports {
  const { journal, locks, usualFolders = defaultFolders() } = deps;
  /** One at a time for all callers, because a folder may be large. */
  const readFolder = (folder: string, signal: AbortSignal | undefined): Promise<Scan> =>
    deps.background.run(
      'scanFolder',
      { folder, now: deps.clock.now(), directories: deps.directories, acmeShFolder: deps.acmeShFolder },
      { owner: 'import', signal },
    );
  return {
    async suggest() {
      const folders = await Promise.all(
        usualFolders.map(async (path) => {
          const folder = await openFolder(path).catch(() => null);
          return folder === null ? [] : [{ folder: folder.path, layout: await recognizeLayout(folder) }];
        }),
      );
      const known = folders.flat().filter(({ layout }) => layout !== 'pem');
      return [...new Map(known.map((each) => [each.folder, each])).values()];
    },

    async scan(path, signal) {
      const scan = await readFolder(path, signal);
      const shown = await presentScan(deps, scan);
      const message = `Scanned ${shown.folder}: ${shown.certificates.length} certificates found`;
      await journal.emit({ kind: 'import.scanned', message });
      return shown;
    },

    importCertificates(
      { folder, certificates, deployments, allowDuplicateDomain = false },
      signal = new AbortController().signal,
    ) {
      const work = async (): Promise<readonly ImportedCertificate[]> => {
        const scan = await readFolder(folder, signal);
        const wanted = scan.certificates.filter(
          ({ leaf, pair }) =>
            (certificates === 'all' && pair !== null) ||
            (leaf !== null && certificates !== 'all' && certificates.includes(leaf.fingerprint)),
        );
        const options = { client: CLIENTS[scan.layout], allowDuplicateDomain, deployments };
        const imported: ImportedCertificate[] = [];
        for (const evaluated of wanted) {
          signal.throwIfAborted();
          imported.push(
            await importCertificate(deps, evaluated, options).catch((error: unknown) =>
              failed(evaluated, error),
            ),
          );
        }
        const foundIds = new Set(wanted.map(({ leaf }) => leaf?.fingerprint));
        const missingIds =
          certificates === 'all' ? [] : [...new Set(certificates)].filter((id) => !foundIds.has(id));
        return [...imported, ...missingIds.map(missing)];
      };
      return locks.run('import', work, signal);
    },
  };
}

function failed(
  { source, leaf }: Parameters<typeof importCertificate>[1],
  error: unknown,
): ImportedCertificate {
  const failure = toCertdeskError(error);
  const names = [...(leaf?.names ?? [])];
  return { ...REFUSED, id: leaf?.fingerprint ?? null, source, names, message: failure.message };
}

const REFUSED = { outcome: 'refused', projectId: null, autoRenew: false, notes: [] as string[] } as const;

const missing = (id: string): ImportedCertificate => ({
  ...REFUSED,
  id,
  source: '',
  names: [],
  message: 'It is no longer in the folder. Scan the folder again.',
});

function defaultFolders(): readonly string[] {
  const home = homedir();
  return [
    '/etc/letsencrypt',
    join(home, '.acme.sh'),
    '/root/.acme.sh',
    join(home, '.lego'),
    '/root/.lego',
    '/etc/lego',
    '/var/lib/lego',
    '/usr/local/etc/letsencrypt',
  ];
}
