// The accounts at CAs as a person sees them: whose, at which CA, for how many certificates.
import type { CaAccount } from '../../../shared/ca-account.ts';
import type { Stores } from '../stores.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from './directories.ts';

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

function caOf(directoryUrl: string, overrides: DirectoryOverrides): Pick<CaAccount, 'ca' | 'staging'> {
  for (const { id, name, directoryUrl: production, stagingUrl } of CERTIFICATE_AUTHORITIES) {
    const own = id === 'letsencrypt' ? overrides : {};
    if (directoryUrl === (own.production ?? production)) return { ca: name, staging: false };
    if (directoryUrl === (own.staging ?? stagingUrl)) return { ca: name, staging: true };
  }
  return { ca: null, staging: null };
}
