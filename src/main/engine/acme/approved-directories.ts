// Lists the ACME directories that signed-in users have approved, and withdraws approvals.
import type { CaDirectory } from '../../../shared/ca-directory.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Stores } from '../core/stores.ts';
import { forgetDirectory, knownDirectories } from './directory-origin.ts';

export interface CaDirectories {
  list(): Promise<readonly CaDirectory[]>;
  /** @throws NOT_FOUND */
  withdraw(directoryUrl: string): Promise<void>;
}

/** Creates the service for approved ACME directories. Withdrawals are audited. */
export function createCaDirectories(stores: Stores, journal: Journal): CaDirectories {
  return {
    list: () => listDirectories(stores),
    withdraw: (directoryUrl) =>
      journal.write(async (tx, emit) => {
        await withdrawDirectory(tx, directoryUrl);
        const message = `The approval of the ACME directory ${directoryUrl} was withdrawn`;
        await emit({ kind: 'ca-directory.withdrawn', message });
      }),
  };
}

/** Lists approved directories with the number of active certificates from each. */
export async function listDirectories({
  settings,
  accounts,
}: Pick<Stores, 'settings' | 'accounts'>): Promise<readonly CaDirectory[]> {
  const listed = await accounts.list();
  const known = await knownDirectories(settings);
  return known.map(({ directoryUrl, savedBy: { kind, name } }) => ({
    directoryUrl,
    savedBy: { kind, name },
    certificates: listed
      .filter(({ account }) => account.directoryUrl === directoryUrl)
      .reduce((sum, { certificates }) => sum + certificates, 0),
  }));
}

/** @throws NOT_FOUND */
export async function withdrawDirectory(
  { settings }: Pick<Stores, 'settings'>,
  directoryUrl: string,
): Promise<void> {
  if (await forgetDirectory(settings, directoryUrl)) return;
  throw new CertdeskError('NOT_FOUND', `Approved directory ${directoryUrl} not found`);
}
