// The store of saved DNS credentials, without their values.
import type { DnsCredentialRecord, ProjectRecord } from '../model.ts';

export interface DnsCredentialStore {
  create(credential: DnsCredentialRecord): Promise<void>;
  get(id: string): Promise<DnsCredentialRecord | null>;
  list(): Promise<readonly DnsCredentialRecord[]>;
  update(
    id: string,
    patch: Partial<Omit<DnsCredentialRecord, 'id' | 'provider' | 'createdAt'>>,
  ): Promise<void>;
  delete(id: string): Promise<void>;
  /**
   * The projects whose active certificate is renewed with it, or whose unfinished job or leftover order (a TXT record
   * is still to be removed) uses it.
   */
  usedBy(id: string): Promise<readonly ProjectRecord[]>;
}
