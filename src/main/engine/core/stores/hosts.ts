// The interfaces of the stores for hosts and their credentials. The secret store holds the values of credentials.
import type { HostCredentialRecord, HostRecord } from '../model-deploy.ts';

export interface HostStore {
  create(host: HostRecord): Promise<void>;
  get(id: string): Promise<HostRecord | null>;
  /** By name. */
  list(): Promise<readonly HostRecord[]>;
  withTag(tag: string): Promise<readonly HostRecord[]>;
  update(id: string, patch: Partial<Omit<HostRecord, 'id' | 'transport' | 'createdAt'>>): Promise<void>;
  delete(id: string): Promise<void>;
  /** Hosts that are reached through this one. */
  behind(id: string): Promise<readonly HostRecord[]>;
}

export interface HostCredentialStore {
  create(credential: HostCredentialRecord): Promise<void>;
  get(id: string): Promise<HostCredentialRecord | null>;
  /** By name. */
  list(): Promise<readonly HostCredentialRecord[]>;
  update(
    id: string,
    patch: Partial<Pick<HostCredentialRecord, 'name' | 'publicKey' | 'updatedAt'>>,
  ): Promise<void>;
  delete(id: string): Promise<void>;
  /** Hosts that sign in with the credential. */
  usedBy(id: string): Promise<readonly HostRecord[]>;
}
