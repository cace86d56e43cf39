// The interface of the store for browser sessions and sign-in links.
import type { Timestamp } from '../../../../shared/time.ts';
import type { SessionRecord } from '../model.ts';

export interface SessionStore {
  createLink(link: { readonly hash: string; readonly expiresAt: Timestamp }): Promise<void>;
  /** Deletes the link. @returns whether it existed and had not expired */
  useLink(hash: string, now: Timestamp): Promise<boolean>;
  create(session: SessionRecord): Promise<void>;
  /** Also finds expired sessions. */
  byCookieHash(hash: string): Promise<SessionRecord | null>;
  /** Sessions that have not expired, oldest first. */
  list(now: Timestamp): Promise<readonly SessionRecord[]>;
  /** Includes expired sessions. */
  all(): Promise<readonly SessionRecord[]>;
  update(
    id: string,
    patch: Partial<Pick<SessionRecord, 'lastActiveAt' | 'proofAt' | 'expiresAt'>>,
  ): Promise<void>;
  delete(id: string): Promise<void>;
  deleteExpiredLinks(now: Timestamp): Promise<void>;
  /** Deletes all links and sessions. */
  deleteAll(): Promise<void>;
}
