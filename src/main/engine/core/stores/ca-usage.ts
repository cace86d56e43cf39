// The store of what counts for the rate limits of CAs.
import type { Timestamp } from '../../../../shared/time.ts';
import type { CaUsageRecord } from '../model.ts';

export interface CaUsageStore {
  note(records: readonly CaUsageRecord[]): Promise<void>;
  /** When each was noted since then, the oldest first. */
  times(of: Omit<CaUsageRecord, 'at'> & { readonly since: Timestamp }): Promise<readonly Timestamp[]>;
  /** Those of a directory and kind since then, the most used first. */
  most(
    of: Pick<CaUsageRecord, 'directoryUrl' | 'kind'> & { readonly since: Timestamp; readonly limit: number },
  ): Promise<readonly { readonly subject: string; readonly used: number; readonly oldest: Timestamp }[]>;
  deleteBefore(at: Timestamp): Promise<void>;
}
