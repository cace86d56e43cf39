// What the engine asks of its database. storage/ implements it on SQLite; every method rejects with STORAGE_FAILED
// where the database cannot be read or written.
import type { ProjectStatus } from '../../shared/project.ts';
import type { Timestamp } from '../../shared/time.ts';
import type {
  AccountRecord,
  CertificateRecord,
  EventRecord,
  JobRecord,
  Json,
  OrderRecord,
  ProjectRecord,
  TokenRecord,
} from './model.ts';

export type Patch<T, Fixed extends keyof T> = Partial<Omit<T, Fixed>>;

export interface ProjectQuery {
  readonly limit: number;
  /** Opaque: `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Part of a name or domain, any case. */
  readonly q?: string | undefined;
  readonly status?: ProjectStatus | undefined;
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
  /** What `status` is judged by. */
  readonly now: Timestamp;
  /** `expiring_soon`: expires at this time or before. */
  readonly soon: Timestamp;
}

export interface ProjectStore {
  create(project: ProjectRecord): Promise<void>;
  get(id: string): Promise<ProjectRecord | null>;
  update(id: string, patch: Patch<ProjectRecord, 'id' | 'createdAt'>): Promise<void>;
  /** With all that hangs on it: certificate versions, jobs, orders. */
  delete(id: string): Promise<void>;
  /** In the order of creation, each with its active certificate. */
  list(query: ProjectQuery): Promise<{
    readonly items: readonly {
      readonly project: ProjectRecord;
      readonly certificate: CertificateRecord | null;
    }[];
    readonly nextCursor: string | null;
  }>;
}

export interface CertificateStore {
  /** The one version that is neither superseded nor removed. */
  active(projectId: string): Promise<CertificateRecord | null>;
  get(id: string): Promise<CertificateRecord | null>;
  /** Every version, newest first, removed ones too. */
  versions(projectId: string): Promise<readonly CertificateRecord[]>;
  /** Inserts it as the active version; the one before is superseded in the same step. */
  activate(certificate: CertificateRecord): Promise<void>;
  update(
    id: string,
    patch: Partial<
      Pick<
        CertificateRecord,
        'autoRenew' | 'renewal' | 'removedAt' | 'supersededAt' | 'revokedAt' | 'revocationReason'
      >
    >,
  ): Promise<void>;
  /** Active, renewable, not revoked, autoRenew: what the scheduler looks at. */
  renewable(): Promise<readonly CertificateRecord[]>;
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
    patch: Partial<Pick<JobRecord, 'state' | 'step' | 'result' | 'error' | 'startedAt' | 'finishedAt'>>,
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
  find(directoryUrl: string, email: string | null): Promise<AccountRecord | null>;
  get(id: string): Promise<AccountRecord | null>;
  create(account: AccountRecord): Promise<void>;
  setUrl(id: string, url: string): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface TokenStore {
  create(token: TokenRecord): Promise<void>;
  get(id: string): Promise<TokenRecord | null>;
  byHash(hash: string): Promise<TokenRecord | null>;
  list(): Promise<readonly TokenRecord[]>;
  update(id: string, patch: Partial<Pick<TokenRecord, 'lastUsedAt' | 'revokedAt'>>): Promise<void>;
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
  deleteBefore(at: Timestamp): Promise<number>;
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
  readonly tokens: TokenStore;
  readonly events: EventStore;
  readonly settings: SettingStore;
  /** All of it or nothing. Inside, only the stores that are handed in may be used. Never nested. */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}
