// certdesk login-link: a new one-time link to sign in to the GUI of the server that runs on this data folder.

import { SERVER_ADDRESS, signInAddress } from '../engine/access/sessions.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { DataOptions } from '../platform/options.ts';
import { isDataFolderInUse } from '../storage/data-folder.ts';
import { withEngineParts } from './with-database.ts';

export interface LoginLinkOptions extends DataOptions {
  /** The server's address as the browser knows it, where that is another one: behind a reverse proxy. */
  readonly url?: string;
}

/** Prints the link and nothing else. @throws INVALID_REQUEST where no server runs. */
export async function printLoginLink({ dataDir, url }: LoginLinkOptions): Promise<void> {
  if (!isDataFolderInUse(dataDir)) {
    throw new CertdeskError(
      'INVALID_REQUEST',
      `No Certdesk runs on the data folder ${dataDir}. Start it with \`certdesk serve\`, which prints a link itself, or name another folder with --data-dir`,
    );
  }
  await withEngineParts(dataDir, async ({ stores, sessions, record }) => {
    const address = url ?? (await stores.settings.get(SERVER_ADDRESS));
    if (typeof address !== 'string') {
      throw new CertdeskError('INVALID_REQUEST', 'The server is still starting: try again in a moment');
    }
    const { secret } = await record('sessions.createLink', 'Sign-in link made', () => sessions.createLink());
    process.stdout.write(`${signInAddress(address, secret)}\n`);
  });
}
