// The store of what the overview, the timeline and the metrics show.
import type { TimelineMark } from '../../../../shared/overview.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { JobRecord } from '../model.ts';
import type { ProjectFilter } from './projects.ts';

/** What the list's index holds of an active certificate. */
export interface ListedCertificate {
  readonly projectId: string;
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
  readonly revokedAt: Timestamp | null;
  /** Failed renewals since the last success. */
  readonly failures: number;
  /** As `attemptAt` of certificates/renewal-plan.ts. */
  readonly attemptAt: Timestamp | null;
  /** Whether Certdesk knows how to get it anew. */
  readonly renewable: boolean;
  /** First of the project's names that it does not cover; null where it covers them all. */
  readonly uncovered: string | null;
  /** Whether a person has acknowledged its revocation. */
  readonly acknowledged: boolean;
}

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
