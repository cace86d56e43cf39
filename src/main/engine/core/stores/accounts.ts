// The interface of the store for ACME accounts.
import type { AccountRecord } from '../model.ts';

export interface AccountStore {
  /** Oldest first, with the number of active certificates issued through each account. */
  list(): Promise<readonly { readonly account: AccountRecord; readonly certificates: number }[]>;
  find(directoryUrl: string, email: string | null): Promise<AccountRecord | null>;
  get(id: string): Promise<AccountRecord | null>;
  create(account: AccountRecord): Promise<void>;
  /** @param url Null if the account is no longer registered. */
  setUrl(id: string, url: string | null): Promise<void>;
  setKeys(id: string, keys: Required<Pick<AccountRecord, 'keySealed' | 'nextKeySealed'>>): Promise<void>;
  delete(id: string): Promise<void>;
}
