// The interface of the store for certificate versions.
import type { Timestamp } from '../../../../shared/time.ts';
import type { CertificateFacts, CertificateRecord, RevocationCheck } from '../model.ts';

export interface RenewedCertificate {
  readonly domain: string;
  readonly names: readonly string[];
  /** An id of directories.ts, or a directory URL; the configured CA if a fallback CA issued it. */
  readonly ca: string;
  readonly staging: boolean;
}

export interface CertificateStore {
  /** The version that is neither superseded nor removed. */
  active(projectId: string): Promise<CertificateRecord | null>;
  /** The active version without its chain and key. */
  facts(projectId: string): Promise<CertificateFacts | null>;
  get(id: string): Promise<CertificateRecord | null>;
  /** The newest versions first, including removed ones, and the total number. */
  versions(
    projectId: string,
    limit: number,
  ): Promise<{ readonly items: readonly CertificateRecord[]; readonly total: number }>;
  /** Removed versions, the most recently removed first. */
  removed(projectId: string): Promise<readonly CertificateRecord[]>;
  /**
   * Versions that have this fingerprint (SHA-256, upper-case hex) and are not removed, and active versions whose domain
   * is one of `names`. Active versions come first.
   */
  like(fingerprint: string, names: readonly string[]): Promise<readonly CertificateRecord[]>;
  /** Inserts the version as the active one and supersedes the previous one, atomically. */
  activate(certificate: CertificateRecord): Promise<void>;
  update(
    id: string,
    patch: Partial<
      Pick<
        CertificateRecord,
        | 'autoRenew'
        | 'renewal'
        | 'removedAt'
        | 'supersededAt'
        | 'revokedAt'
        | 'revocationReason'
        | 'acknowledgement'
      > & { readonly revocationCheck: RevocationCheck }
    >,
  ): Promise<void>;
  /**
   * Ids of the projects whose certificate is due for renewal (`attemptAt` of certificates/renewal-plan.ts), the first
   * to expire first. Rows are read as the caller iterates.
   */
  due(now: Timestamp): AsyncIterable<string>;
  /** The active certificates that are renewed automatically: only what concerns the CA. */
  renewed(): Promise<readonly RenewedCertificate[]>;
  /** When the next certificate that is not due yet becomes due; null if there is none. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
  /**
   * Active certificates, neither revoked nor expired, whose next ARI request (`ari`: only those with a spec) or
   * revocation check is due. The longest overdue first.
   */
  toAsk(
    what: 'ari' | 'revocation',
    query: { readonly now: Timestamp; readonly limit: number },
  ): Promise<readonly CertificateRecord[]>;
  /** Lets renewals that wait for a change by the user (`waitsFor`) run again. @returns how many */
  release(of: {
    readonly projectId?: string | undefined;
    readonly dnsCredentialId?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<number>;
  /** Deletes superseded versions, keys included, that expired before the given time. */
  purgeSuperseded(expiredBefore: Timestamp): Promise<number>;
  /** Whether purgeRemoved or purgeSuperseded would delete any version. */
  anyToPurge(before: { readonly removed: Timestamp; readonly expired: Timestamp }): Promise<boolean>;
  /** Deletes removed versions, keys included, that were removed before the given time. */
  purgeRemoved(before: Timestamp): Promise<number>;
}
