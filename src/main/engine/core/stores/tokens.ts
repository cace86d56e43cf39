// The interface of the store for API tokens.
import type { TokenRecord } from '../model.ts';

export interface TokenStore {
  create(token: TokenRecord): Promise<void>;
  get(id: string): Promise<TokenRecord | null>;
  byHash(hash: string): Promise<TokenRecord | null>;
  list(): Promise<readonly TokenRecord[]>;
  update(id: string, patch: Partial<Pick<TokenRecord, 'lastUsedAt' | 'revokedAt'>>): Promise<void>;
}
