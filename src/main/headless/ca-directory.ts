// certdesk ca-directory list|withdraw: works on the database directly, with or without a running server.
import { listDirectories, withdrawDirectory } from '../engine/acme/approved-directories.ts';
import type { DataOptions } from '../platform/options.ts';
import { withEngineParts } from './with-database.ts';

/** Prints one approved directory per line, separated by tabs: URL, who approved it, number of certificates. */
export async function listCaDirectories({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores }) => {
    for (const { directoryUrl, savedBy, certificates } of await listDirectories(stores))
      process.stdout.write(`${[directoryUrl, savedBy.name, certificates].join('\t')}\n`);
  });
}

/** Withdraws the approval of an ACME directory. @throws NOT_FOUND */
export async function withdrawCaDirectory(directoryUrl: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores, record }) => {
    await record('caDirectories.withdraw', `Approval of ${directoryUrl} withdrawn`, () =>
      stores.transaction((tx) => withdrawDirectory(tx, directoryUrl)),
    );
    process.stdout.write('Approval withdrawn\n');
  });
}
