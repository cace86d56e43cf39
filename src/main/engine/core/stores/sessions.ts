// The store of browser sessions and sign-in links.
import type { Timestamp } from '../../../../shared/time.ts';
import type { SessionRecord } from '../model.ts';

export interface SessionStore {
  createLink(link: { readonly hash: string; readonly expiresAt: Timestamp }): Promise<void>;
  /** Whether it was there and had not expired; it is gone after. */
  useLink(hash: string, now: Timestamp): Promise<boolean>;
  create(session: SessionRecord): Promise<void>;
  /** Expired ones too. */
  byCookieHash(hash: string): Promise<SessionRecord | null>;
  /** Those that have not expired, in the order of their beginning. */
  list(now: Timestamp): Promise<readonly SessionRecord[]>;
  /** Expired ones too. */
  all(): Promise<readonly SessionRecord[]>;
  update(
    id: string,
    patch: Partial<Pick<SessionRecord, 'lastActiveAt' | 'proofAt' | 'expiresAt'>>,
  ): Promise<void>;
  delete(id: string): Promise<void>;
  deleteExpiredLinks(now: Timestamp): Promise<void>;
  /** Links and sessions. */
  deleteAll(): Promise<void>;
}
