// The store of certificate versions.
import type { Timestamp } from '../../../../shared/time.ts';
import type { CertificateFacts, CertificateRecord, RevocationCheck } from '../model.ts';

export interface CertificateStore {
  /** The one version that is neither superseded nor removed. */
  active(projectId: string): Promise<CertificateRecord | null>;
  /** The same without its chain and its key. */
  facts(projectId: string): Promise<CertificateFacts | null>;
  get(id: string): Promise<CertificateRecord | null>;
  /** The newest versions first, removed ones too; and how many there are. */
  versions(
    projectId: string,
    limit: number,
  ): Promise<{ readonly items: readonly CertificateRecord[]; readonly total: number }>;
  /** Removed versions, the one removed last first. */
  removed(projectId: string): Promise<readonly CertificateRecord[]>;
  /**
   * Versions that are not removed of this very certificate (SHA-256, upper-case hex), and active ones whose domain is
   * one of these names. The active ones first.
   */
  like(fingerprint: string, names: readonly string[]): Promise<readonly CertificateRecord[]>;
  /** Inserts it as the active version; the one before is superseded in the same step. */
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
   * The projects whose certificate is to be renewed by now (`attemptAt` of certificates/renewal-plan.ts); what expires first comes first.
   * They are read as they are taken.
   */
  due(now: Timestamp): AsyncIterable<string>;
  /** When the first of those that are not due by now will be; null where none will. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
  /**
   * Active certificates, neither revoked nor expired, whose CA is to be asked by now: about their renewal (`ari`: those
   * with a spec) or about a revocation. The longest due first.
   */
  toAsk(
    what: 'ari' | 'revocation',
    query: { readonly now: Timestamp; readonly limit: number },
  ): Promise<readonly CertificateRecord[]>;
  /** What waited for a person or a change waits no more. @returns how many that were. */
  release(of: {
    readonly projectId?: string | undefined;
    readonly dnsCredentialId?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<number>;
  /** Deletes superseded versions, keys included, that expired before the given time. */
  purgeSuperseded(expiredBefore: Timestamp): Promise<number>;
  /** Whether either of the two below would delete any. */
  anyToPurge(before: { readonly removed: Timestamp; readonly expired: Timestamp }): Promise<boolean>;
  /** Deletes removed versions, keys included, that were removed before the given time. */
  purgeRemoved(before: Timestamp): Promise<number>;
}
