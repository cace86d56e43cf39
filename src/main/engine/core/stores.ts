// What the engine asks of its database. storage/ implements it on SQLite; every method rejects with STORAGE_FAILED
// where the database cannot be read or written.
import type { ListAudit } from '../../../shared/audit.ts';
import type { ListProjects, ProjectFacets, ProjectStatus, StateCounts } from '../../../shared/project.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { NotificationStore } from '../notifications/model.ts';
import type {
  AccountRecord,
  AuditRecord,
  CaUsageRecord,
  CertificateFacts,
  CertificateRecord,
  DnsCredentialRecord,
  EventRecord,
  JobRecord,
  Json,
  OrderRecord,
  ProjectRecord,
  RevocationCheck,
  SessionRecord,
  TokenRecord,
} from './model.ts';
import type { OverviewStore } from './overview-store.ts';

export type Patch<T, Fixed extends keyof T> = Partial<Omit<T, Fixed>>;

export interface ProjectFilter {
  /** Part of a name, a domain or a further name, any case. */
  readonly q?: string | undefined;
  readonly status?: ProjectStatus | undefined;
  readonly failing?: boolean | undefined;
  /** `http-01`, or the id of a DNS provider. */
  readonly provider?: string | undefined;
  readonly ca?: string | undefined;
  readonly type?: ListProjects['type'];
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
  /** What `status` is judged by. */
  readonly now: Timestamp;
  /** `expiring_soon`: expires at this time or before. */
  readonly soon: Timestamp;
}

export interface ProjectQuery extends ProjectFilter {
  readonly limit: number;
  /** Opaque: `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** `created` where it is left out. */
  readonly sort?: ListProjects['sort'] | undefined;
  /** `asc` where it is left out. What has no value comes last in both. */
  readonly order?: ListProjects['order'] | undefined;
}

export interface ProjectStore {
  create(project: ProjectRecord): Promise<void>;
  get(id: string): Promise<ProjectRecord | null>;
  /** Projects of this very domain, the oldest first. */
  ofDomain(domain: string): Promise<readonly ProjectRecord[]>;
  update(id: string, patch: Patch<ProjectRecord, 'id' | 'createdAt'>): Promise<void>;
  /** With all that hangs on it: certificate versions, jobs, orders. */
  delete(id: string): Promise<void>;
  /**
   * In the order that is asked for, each with its active certificate. Pages go by the values of the last row, so that
   * none is shifted by what is added or removed meanwhile. @throws INVALID_REQUEST for a cursor of another order.
   */
  list(query: ProjectQuery): Promise<{
    readonly items: readonly {
      readonly project: ProjectRecord;
      readonly certificate: CertificateRecord | null;
    }[];
    readonly nextCursor: string | null;
  }>;
  /** How many the filter lets through; and by state, without the filter's `status` and `failing`. */
  count(filter: ProjectFilter): Promise<{ readonly matching: number; readonly counts: StateCounts }>;
  /** Which values the filters can have, with how many projects of each, the most first. */
  facets(ids: readonly string[] | null): Promise<ProjectFacets>;
}

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
   * The projects whose certificate is to be renewed by now (`attemptAt` of renewal.ts); what expires first comes first.
   * They are read as they are taken.
   */
  due(now: Timestamp): AsyncIterable<string>;
  /** When the first of those that are not due by now will be; null where none will. */
  nextDue(now: Timestamp): Promise<Timestamp | null>;
  /**
   * Active certificates, neither revoked nor expired, whose CA is to be asked by now: about their renewal (`ari`: those
   * with a recipe) or about a revocation. The longest due first.
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

export interface JobStore {
  /**
   * Rejects with OPERATION_IN_PROGRESS (details.jobId) while another job of the project is unfinished, and with
   * IDEMPOTENCY_KEY_REUSED where a job of the same key is there already.
   */
  create(job: JobRecord): Promise<void>;
  get(id: string): Promise<JobRecord | null>;
  update(
    id: string,
    patch: Partial<
      Pick<
        JobRecord,
        'state' | 'step' | 'result' | 'error' | 'startedAt' | 'finishedAt' | 'uncleanEnds' | 'heldUntil'
      >
    >,
  ): Promise<void>;
  /** Newest first. */
  list(query: {
    readonly projectId?: string | undefined;
    readonly projectIds: readonly string[] | null;
    readonly limit: number;
  }): Promise<readonly JobRecord[]>;
  /** Queued or running: what a start goes on with. Oldest first. */
  unfinished(projectId?: string): Promise<readonly JobRecord[]>;
  byIdempotencyKey(key: string): Promise<JobRecord | null>;
}

export interface OrderStore {
  get(jobId: string): Promise<OrderRecord | null>;
  put(order: OrderRecord): Promise<void>;
  delete(jobId: string): Promise<void>;
  /** Every order that is kept. */
  all(): Promise<readonly OrderRecord[]>;
}

export interface AccountStore {
  /** All of them, the oldest first, with how many active certificates came by each. */
  list(): Promise<readonly { readonly account: AccountRecord; readonly certificates: number }[]>;
  find(directoryUrl: string, email: string | null): Promise<AccountRecord | null>;
  get(id: string): Promise<AccountRecord | null>;
  create(account: AccountRecord): Promise<void>;
  /** @param url Null: not registered any more. */
  setUrl(id: string, url: string | null): Promise<void>;
  setKeys(id: string, keys: Required<Pick<AccountRecord, 'keySealed' | 'nextKeySealed'>>): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface DnsCredentialStore {
  create(credential: DnsCredentialRecord): Promise<void>;
  get(id: string): Promise<DnsCredentialRecord | null>;
  list(): Promise<readonly DnsCredentialRecord[]>;
  update(id: string, patch: Patch<DnsCredentialRecord, 'id' | 'provider' | 'createdAt'>): Promise<void>;
  delete(id: string): Promise<void>;
  /**
   * The projects whose active certificate is renewed with it, or whose unfinished job or leftover order (a TXT record
   * is still to be removed) uses it.
   */
  usedBy(id: string): Promise<readonly ProjectRecord[]>;
}

export interface TokenStore {
  create(token: TokenRecord): Promise<void>;
  get(id: string): Promise<TokenRecord | null>;
  byHash(hash: string): Promise<TokenRecord | null>;
  list(): Promise<readonly TokenRecord[]>;
  update(id: string, patch: Partial<Pick<TokenRecord, 'lastUsedAt' | 'revokedAt'>>): Promise<void>;
}

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

export interface AuditStore {
  /** Rejects where there is an entry of its number. */
  append(entry: AuditRecord): Promise<void>;
  /** 0 where there is none. */
  lastSeq(): Promise<number>;
  /** Those of greater numbers, oldest first. */
  after(seq: number, limit: number): Promise<readonly AuditRecord[]>;
  /** Entries of these numbers and smaller ones. */
  deleteUpTo(seq: number): Promise<void>;
  /** The entry that began a job. */
  firstOfJob(jobId: string): Promise<AuditRecord | null>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

export interface AuditQuery extends Omit<ListAudit, 'cursor'> {
  /** Only those of smaller numbers; null for all. */
  readonly before: number | null;
}

export interface EventStore {
  append(event: Omit<EventRecord, 'id'>): Promise<EventRecord>;
  /** With an id greater than `after`, oldest first. */
  list(query: {
    readonly after?: number | undefined;
    readonly jobId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  /** The greatest id; 0 where there is none. */
  lastId(): Promise<number>;
  /** Newest first. */
  latest(query: {
    /** Kinds that are left out. */
    readonly without: readonly string[];
    /** Only of these projects; null for all, and for what is of no project. */
    readonly projectIds: readonly string[] | null;
    readonly limit: number;
  }): Promise<readonly EventRecord[]>;
  deleteBefore(at: Timestamp): Promise<number>;
}

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

export interface SettingStore {
  get(key: string): Promise<Json>;
  set(key: string, value: Json): Promise<void>;
}

export interface Stores {
  readonly projects: ProjectStore;
  readonly certificates: CertificateStore;
  readonly jobs: JobStore;
  readonly orders: OrderStore;
  readonly accounts: AccountStore;
  readonly dnsCredentials: DnsCredentialStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly events: EventStore;
  readonly settings: SettingStore;
  readonly caUsage: CaUsageStore;
  readonly overview: OverviewStore;
  readonly notifications: NotificationStore;
  /**
   * All of it or nothing. Inside, only the stores that are handed in may be used. Never nested. `work` may run twice
   * (storage/group-commit.ts): what it does outside of the database must not add up.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}
