// certdesk login-link: prints a one-time sign-in link for the GUI of the server that runs on this data folder.

import { SERVER_ADDRESS, signInAddress } from '../engine/access/sessions.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { DataOptions } from '../platform/options.ts';
import { isDataFolderInUse } from '../storage/data-folder.ts';
import { withEngineParts } from './with-database.ts';

export interface LoginLinkOptions extends DataOptions {
  /** The server's address in the browser, if it differs from the server's own: behind a reverse proxy. */
  readonly url?: string;
}

/** Prints the link and nothing else. @throws INVALID_REQUEST if no server is running. */
export async function printLoginLink({ dataDir, url }: LoginLinkOptions): Promise<void> {
  if (!isDataFolderInUse(dataDir)) {
    throw new CertdeskError(
      'INVALID_REQUEST',
      `No Certdesk server is running on the data folder ${dataDir}. Start one with \`certdesk serve\`, which prints a sign-in link, or name another folder with --data-dir`,
    );
  }
  await withEngineParts(dataDir, async ({ stores, sessions, record }) => {
    const address = url ?? (await stores.settings.get(SERVER_ADDRESS));
    if (typeof address !== 'string') {
      throw new CertdeskError('INVALID_REQUEST', 'The server is still starting. Try again in a moment');
    }
    const { secret } = await record('sessions.createLink', 'Sign-in link created', () =>
      sessions.createLink(),
    );
    process.stdout.write(`${signInAddress(address, secret)}\n`);
  });
}
