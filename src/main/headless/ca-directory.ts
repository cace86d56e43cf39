// certdesk ca-directory list|withdraw: on the database itself, so it may run beside a server, or without one.
import { listDirectories, withdrawDirectory } from '../engine/acme/approved-directories.ts';
import type { DataOptions } from '../platform/options.ts';
import { withEngineParts } from './with-database.ts';

/** One approved directory a line: URL, who named it, certificates. */
export async function listCaDirectories({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores }) => {
    for (const { directoryUrl, savedBy, certificates } of await listDirectories(stores))
      process.stdout.write(`${[directoryUrl, savedBy.name, certificates].join('\t')}\n`);
  });
}

/** @throws NOT_FOUND */
export async function withdrawCaDirectory(directoryUrl: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores, record }) => {
    await record('caDirectories.withdraw', `Withdraw the approval of ${directoryUrl}`, () =>
      stores.transaction((tx) => withdrawDirectory(tx, directoryUrl)),
    );
    process.stdout.write('The approval was withdrawn\n');
  });
}
