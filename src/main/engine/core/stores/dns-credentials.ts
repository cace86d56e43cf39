// The interface of the store for saved DNS credentials. The secret store holds their values.
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
   * The projects that use the credential: to renew their active certificate, in an unfinished job, or to remove the TXT
   * records of an earlier order.
   */
  usedBy(id: string): Promise<readonly ProjectRecord[]>;
}
