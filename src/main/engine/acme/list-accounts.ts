// Lists the ACME accounts for users, with their CA and number of certificates.
import type { CaAccount } from '../../../shared/ca-account.ts';
import type { Stores } from '../core/stores.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from './directories.ts';

/** Lists all accounts, oldest first, without their keys. */
export async function listAccounts(
  { accounts }: Pick<Stores, 'accounts'>,
  overrides: DirectoryOverrides,
): Promise<readonly CaAccount[]> {
  const listed = await accounts.list();
  return listed.map(({ account: { keySealed: _, nextKeySealed: __, ...account }, certificates }) => ({
    ...account,
    ...caOf(account.directoryUrl, overrides),
    certificates,
  }));
}

/** A directory that replaces Let's Encrypt (--acme-directory) belongs to another CA, whose name is unknown. */
function caOf(directoryUrl: string, overrides: DirectoryOverrides): Pick<CaAccount, 'ca' | 'staging'> {
  for (const { name, directoryUrl: production, stagingUrl } of CERTIFICATE_AUTHORITIES) {
    if (directoryUrl === production) return { ca: name, staging: false };
    if (directoryUrl === stagingUrl) return { ca: name, staging: true };
  }
  if (directoryUrl === overrides.production) return { ca: null, staging: false };
  return { ca: null, staging: directoryUrl === overrides.staging ? true : null };
}
