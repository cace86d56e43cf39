// The interface of the store for uses that count towards the rate limits of CAs.
import type { Timestamp } from '../../../../shared/time.ts';
import type { CaUsageRecord } from '../model.ts';

export interface CaUsageStore {
  note(records: readonly CaUsageRecord[]): Promise<void>;
  /** The times of matching records since then, oldest first. */
  times(of: Omit<CaUsageRecord, 'at'> & { readonly since: Timestamp }): Promise<readonly Timestamp[]>;
  /** The subjects of a directory and kind since then, the most used first. */
  most(
    of: Pick<CaUsageRecord, 'directoryUrl' | 'kind'> & { readonly since: Timestamp; readonly limit: number },
  ): Promise<readonly { readonly subject: string; readonly used: number; readonly oldest: Timestamp }[]>;
  deleteBefore(at: Timestamp): Promise<void>;
}
