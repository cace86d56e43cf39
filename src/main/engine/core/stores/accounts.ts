// The store of accounts at CAs.
import type { AccountRecord } from '../model.ts';

export interface AccountStore {
  /** All of them, the oldest first, with how many active certificates came by each. */
  list(): Promise<readonly { readonly account: AccountRecord; readonly certificates: number }[]>;
  find(directoryUrl: string, email: string | null): Promise<AccountRecord | null>;
  get(id: string): Promise<AccountRecord | null>;
  create(account: AccountRecord): Promise<void>;
  /** @param url Null: not registered any more. */
  setUrl(id: string, url: string | null): Promise<void>;
  setKeys(id: string, keys: Required<Pick<AccountRecord, 'keySealed' | 'nextKeySealed'>>): Promise<void>;
  delete(id: string): Promise<void>;
}
