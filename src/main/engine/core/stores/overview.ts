// The interface of the queries for the overview, the timeline and the metrics.
import type { TimelineMark } from '../../../../shared/overview.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { JobRecord } from '../model.ts';
import type { ProjectFilter } from './projects.ts';

/** The columns of the list's index for an active certificate. */
export interface ListedCertificate {
  readonly projectId: string;
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
  readonly revokedAt: Timestamp | null;
  /** Failed renewals since the last success. */
  readonly failures: number;
  /** As `attemptAt` of certificates/renewal-plan.ts. */
  readonly attemptAt: Timestamp | null;
  /** Whether Certdesk knows how to request a new version. */
  readonly renewable: boolean;
  /** The first project name that it does not cover; null if it covers all. */
  readonly uncovered: string | null;
  /** Whether a user has acknowledged its revocation. */
  readonly acknowledged: boolean;
}

/** Every query reads indexes only, so its cost does not depend on the size of the certificates. */
export interface OverviewStore {
  /**
   * Active certificates that may need attention: revoked, failed, due by now, expiring by `soon`, or not covering all
   * names of their project. attention.ts decides which of them do.
   */
  candidates(
    ids: readonly string[] | null,
    at: Pick<ProjectFilter, 'now' | 'soon'>,
  ): Promise<readonly ListedCertificate[]>;
  /** Every active certificate, for the metrics. */
  metered(ids: readonly string[] | null): Promise<readonly MeteredCertificate[]>;
  /** Projects without a certificate whose last `obtain` job (except dry runs) failed, the latest failure first. */
  failedObtains(
    ids: readonly string[] | null,
  ): Promise<readonly { readonly projectId: string; readonly jobId: string }[]>;
  /** The last failed job of each of these projects that has one. */
  lastFailed(projectIds: readonly string[]): Promise<readonly JobRecord[]>;
  /** The number of active certificates that Certdesk renews automatically. */
  renewing(ids: readonly string[] | null): Promise<number>;
  /** The number of active certificates whose revocation a user has acknowledged. */
  acknowledged(ids: readonly string[] | null): Promise<number>;
  /** At most `limit` automatic renewals until `to` and expiries between `from` and `to`, soonest first. */
  upcoming(
    query: UpcomingQuery & {
      readonly limit: number;
      /** Only renewals after this time; null or undefined: overdue ones too. */
      readonly since?: Timestamp | null;
    },
  ): Promise<readonly TimelineMark[]>;
  /** Their numbers per day of the time zone (IANA name). */
  upcomingDays(
    query: UpcomingQuery & { readonly timeZone: string },
  ): Promise<readonly { readonly day: string; readonly renewals: number; readonly expiries: number }[]>;
}

export interface MeteredCertificate
  extends Pick<ListedCertificate, 'projectId' | 'expiresAt' | 'revokedAt' | 'failures' | 'attemptAt'> {
  readonly name: string;
  readonly domain: string | null;
  /** Null for an uploaded certificate. */
  readonly ca: string | null;
}

export interface UpcomingQuery {
  readonly ids: readonly string[] | null;
  /** Overdue renewals count at this time. */
  readonly from: Timestamp;
  readonly to: Timestamp;
}
