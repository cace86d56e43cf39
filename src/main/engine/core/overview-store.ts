// What the overview, the timeline and the metrics ask of the database (stores.ts has the rest).
import type { TimelineMark } from '../../../shared/overview.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { ListedCertificate } from '../overview/attention.ts';
import type { JobRecord } from './model.ts';
import type { ProjectFilter } from './stores.ts';

/** What the overview asks; each answered from indexes alone, whatever certificates weigh. */
export interface OverviewStore {
  /**
   * Active certificates that may need attention: revoked, failed, due by now, expiring by `soon`, or without one of
   * their project's names. Wider than what
   * does need somebody; attention.ts judges.
   */
  candidates(
    ids: readonly string[] | null,
    at: Pick<ProjectFilter, 'now' | 'soon'>,
  ): Promise<readonly ListedCertificate[]>;
  /** Every active certificate, for the metrics. */
  metered(ids: readonly string[] | null): Promise<readonly MeteredCertificate[]>;
  /** Projects without a certificate whose last job was an obtain that failed (dry runs aside), the last one first. */
  failedObtains(
    ids: readonly string[] | null,
  ): Promise<readonly { readonly projectId: string; readonly jobId: string }[]>;
  /** The last failed job of each of these projects, where there is one. */
  lastFailed(projectIds: readonly string[]): Promise<readonly JobRecord[]>;
  /** How many active certificates renew themselves. */
  renewing(ids: readonly string[] | null): Promise<number>;
  /** How many active certificates are revoked, and a person has acknowledged it. */
  acknowledged(ids: readonly string[] | null): Promise<number>;
  /** At most `limit` certificates that renew themselves up to `to`, or expire between the two; soonest first. */
  upcoming(query: UpcomingQuery & { readonly limit: number }): Promise<readonly TimelineMark[]>;
  /** How many of them a UTC day. */
  upcomingDays(
    query: UpcomingQuery,
  ): Promise<readonly { readonly day: string; readonly renewals: number; readonly expiries: number }[]>;
}

export interface MeteredCertificate
  extends Pick<ListedCertificate, 'projectId' | 'expiresAt' | 'revokedAt' | 'failures' | 'attemptAt'> {
  readonly name: string;
  readonly domain: string | null;
  /** Null: uploaded. */
  readonly ca: string | null;
}

export interface UpcomingQuery {
  readonly ids: readonly string[] | null;
  /** What is due before it counts as due at it. */
  readonly from: Timestamp;
  readonly to: Timestamp;
}
