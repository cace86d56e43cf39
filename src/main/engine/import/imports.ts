// Import of what other ACME clients keep: look into a folder, take certificates over as projects. The folder is read
// and nothing else: no file of it is written, locked or touched.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type {
  ImportLayout,
  ScannedFolder,
  SuggestedFoldersSchema,
  TakenCertificate,
  TakeOver,
} from '../../../shared/import.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Background } from '../core/background.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { KeyedMutex } from '../core/keyed-mutex.ts';
import type { ScanTasks } from './background-tasks.ts';
import { openFolder } from './folder.ts';
import { type TakeOverDeps, takeOver } from './import-certificate.ts';
import { layoutOf, presentScan, type Scan } from './scan.ts';

export interface Imports {
  /** The usual folders that are there and may be read. */
  suggest(): Promise<z.infer<typeof SuggestedFoldersSchema>['folders']>;
  /** @throws INVALID_REQUEST (details.issues: folder) */
  scan(folder: string, signal?: AbortSignal): Promise<ScannedFolder>;
  /**
   * The folder is read anew. One that fails does not stop the others: each has its own outcome.
   * @throws INVALID_REQUEST (details.issues: folder)
   */
  takeOver(request: TakeOver, signal?: AbortSignal): Promise<readonly TakenCertificate[]>;
}

export interface ImportDeps extends TakeOverDeps {
  readonly locks: KeyedMutex;
  readonly background: Background<ScanTasks>;
  readonly directories: DirectoryOverrides;
  /** Where acme.sh is; null: its scripts are off. */
  readonly acmeShFolder: string | null;
  /** Where the clients keep their things by default; this system's where left out. */
  readonly usualFolders?: readonly string[];
}

/** The client's name in sentences. */
const CLIENTS: Readonly<Record<ImportLayout, string>> = {
  certbot: 'certbot',
  'acme-sh': 'acme.sh',
  lego: 'lego',
  pem: 'PEM files',
};

export function createImports(deps: ImportDeps): Imports {
  const { stores, journal, locks, usualFolders = defaultFolders() } = deps;
  /** One at a time, whoever asks: a folder may be large. */
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
          return folder === null ? [] : [{ folder: folder.path, layout: await layoutOf(folder) }];
        }),
      );
      const known = folders.flat().filter(({ layout }) => layout !== 'pem');
      return [...new Map(known.map((each) => [each.folder, each])).values()];
    },

    async scan(path, signal) {
      const scan = await readFolder(path, signal);
      const shown = await presentScan(stores, scan);
      const message = `Scanned ${shown.folder}: ${shown.certificates.length} certificates found`;
      await journal.emit({ kind: 'import.scanned', message });
      return shown;
    },

    takeOver({ folder, certificates, allowDuplicateDomain = false }, signal = new AbortController().signal) {
      const work = async (): Promise<readonly TakenCertificate[]> => {
        const scan = await readFolder(folder, signal);
        const wanted = scan.certificates.filter(
          ({ leaf, pair }) =>
            (certificates === 'all' && pair !== null) ||
            (leaf !== null && certificates !== 'all' && certificates.includes(leaf.fingerprint)),
        );
        const options = { client: CLIENTS[scan.layout], allowDuplicateDomain };
        const taken: TakenCertificate[] = [];
        for (const judged of wanted) {
          signal.throwIfAborted();
          taken.push(await takeOver(deps, judged, options).catch((error: unknown) => failed(judged, error)));
        }
        const there = new Set(wanted.map(({ leaf }) => leaf?.fingerprint));
        const gone = certificates === 'all' ? [] : [...new Set(certificates)].filter((id) => !there.has(id));
        return [...taken, ...gone.map(notThere)];
      };
      return locks.run('import', work, signal);
    },
  };
}

function failed({ source, leaf }: Parameters<typeof takeOver>[1], error: unknown): TakenCertificate {
  const failure = toCertdeskError(error);
  const names = [...(leaf?.names ?? [])];
  return { ...REFUSED, id: leaf?.fingerprint ?? null, source, names, message: failure.message };
}

const REFUSED = { outcome: 'refused', projectId: null, autoRenew: false, notes: [] as string[] } as const;

const notThere = (id: string): TakenCertificate => ({
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
