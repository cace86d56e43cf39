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
  /** Active certificates of the account that dns-persist-01 records or watched CAA records bind to it. */
  bound(id: string): Promise<readonly BoundCertificate[]>;
}

/** A certificate whose names have DNS records with the URL of its account. */
export interface BoundCertificate {
  readonly projectId: string;
  readonly domain: string;
  readonly names: readonly string[];
  readonly hasPersistRecords: boolean;
  readonly hasCaaLock: boolean;
}
