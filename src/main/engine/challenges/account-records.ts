// Lists the DNS records that name an ACME account, which a new account makes invalid.
import type { AccountRecords } from '../../../shared/ca-account.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Stores } from '../core/stores.ts';
import { persistName } from './persist-record.ts';

/** @throws CA_ACCOUNT_NOT_FOUND */
export async function listAccountRecords(
  { accounts }: Pick<Stores, 'accounts'>,
  id: string,
): Promise<AccountRecords> {
  const account = await accounts.get(id);
  if (account === null) throw new CertdeskError('CA_ACCOUNT_NOT_FOUND');
  const bound = await accounts.bound(id);
  return {
    url: account.url,
    projects: bound.map(({ projectId, domain, names, hasPersistRecords, hasCaaLock }) => ({
      projectId,
      domain,
      records: hasPersistRecords ? [...new Set(names.map(persistName))] : [],
      caaLock: hasCaaLock,
    })),
  };
}
