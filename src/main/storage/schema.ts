// Kysely's types of the tables, which migrations/ creates.
import type { Generated, GeneratedAlways } from 'kysely';
import type { CaaLockState } from '../../shared/caa-lock.ts';
import type { RevocationReason } from '../../shared/certificate.ts';
import type { NotificationKind } from '../../shared/notification.ts';
import type { PersistState } from '../../shared/persist-record.ts';
import type { DeploySchema } from './schema-deploy.ts';
import type { EndpointSchema } from './schema-endpoint.ts';

export interface Schema extends DeploySchema, EndpointSchema {
  projects: ProjectsTable;
  project_tags: ProjectTagsTable;
  accounts: AccountsTable;
  certificates: CertificatesTable;
  listing: ListingTable;
  listed_certificates: ListedCertificatesView;
  jobs: JobsTable;
  orders: OrdersTable;
  dns_credentials: DnsCredentialsTable;
  tokens: TokensTable;
  login_links: LoginLinksTable;
  audit: AuditTable;
  sessions: SessionsTable;
  events: EventsTable;
  settings: SettingsTable;
  ca_usage: CaUsageTable;
  incidents: IncidentsTable;
  moved_windows: MovedWindowsTable;
  caa_locks: CaaLocksTable;
  client_use_acknowledgements: ClientUseAcknowledgementsTable;
  revocation_retries: RevocationRetriesTable;
  persist_records: PersistRecordsTable;
  notification_channels: NotificationChannelsTable;
  notification_deliveries: NotificationDeliveriesTable;
  notification_states: NotificationStatesTable;
}

interface ProjectsTable {
  seq: Generated<number>;
  id: string;
  name: string;
  domain: string | null;
  alt_names: string;
  created_at: string;
  tags: string;
}

interface ProjectTagsTable {
  tag: string;
  seq: number;
}

interface AccountsTable {
  id: string;
  directory_url: string;
  email: string | null;
  url: string | null;
  key_sealed: Uint8Array;
  next_key_sealed: Uint8Array | null;
  created_at: string;
}

export interface CertificatesTable {
  seq: Generated<number>;
  id: string;
  project_id: string;
  type: 'letsencrypt' | 'acme' | 'custom';
  domain: string;
  names: string;
  chain: string;
  key_sealed: Uint8Array;
  issued_at: string;
  expires_at: string;
  issuer_name: string;
  issuer_organization: string;
  serial: string;
  fingerprint: string;
  staging: number;
  auto_renew: number;
  spec: string | null;
  account_id: string | null;
  renewed_from: string | null;
  last_attempt: string | null;
  last_error: string | null;
  failures: number;
  next_attempt_at: string | null;
  stored_at: string;
  superseded_at: string | null;
  removed_at: string | null;
  revoked_at: string | null;
  revocation_reason: string | null;
  last_error_code: string | null;
  waits_for: string | null;
  put_off: string | null;
  ari: string | null;
  earlier: number;
  revocation_check: string | null;
  acknowledgement: string | null;
  attempt_at: GeneratedAlways<string | null>;
  ari_check_at: GeneratedAlways<string | null>;
  revocation_check_at: GeneratedAlways<string | null>;
  ca: GeneratedAlways<string | null>;
  provider: GeneratedAlways<string | null>;
  challenge_type: GeneratedAlways<string | null>;
  lifetime_hours: GeneratedAlways<number>;
  name_count: GeneratedAlways<number>;
  has_ari: GeneratedAlways<number | null>;
  attempt_day: GeneratedAlways<string | null>;
}

/**
 * A project with the columns of its active certificate that lists need; null without one. Triggers maintain the table.
 */
interface ListingTable extends Nullable<Omit<ListedCertificatesView, 'project_id'>> {
  /** The first of the project's names that the active certificate does not cover. */
  uncovered: string | null;
  /** When a user acknowledged the revocation. */
  acknowledged_at: string | null;
  seq: number;
  project_id: string;
  name: string;
  domain: string | null;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** Active certificates in `listing`. */
export interface ListedCertificatesView {
  project_id: string;
  expires_at: string;
  issued_at: string;
  revoked_at: string | null;
  failures: number;
  attempt_at: string | null;
  type: 'letsencrypt' | 'acme' | 'custom';
  ca: string | null;
  provider: string | null;
}

export interface JobsTable {
  seq: Generated<number>;
  id: string;
  project_id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  step: string | null;
  input: string;
  result: string | null;
  error: string | null;
  requested_by: string | null;
  idempotency_key: string | null;
  request_hash: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  unclean_ends: Generated<number>;
  held_until: string | null;
}

interface OrdersTable {
  job_id: string;
  account_id: string;
  directory_url: string;
  key_sealed: Uint8Array | null;
  csr: string | null;
  url: string | null;
  challenges: string;
  updated_at: string;
  finalized_at: string | null;
  as_created: string | null;
  spec: string | null;
}

interface DnsCredentialsTable {
  id: string;
  name: string;
  provider: string;
  saved_by: string;
  /** JSON lists; null: no limit. */
  project_ids: string | null;
  zones: string | null;
  created_at: string;
  updated_at: string;
}

interface TokensTable {
  seq: Generated<number>;
  id: string;
  name: string;
  hash: string;
  scopes: string;
  project_ids: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  tags: string;
}

export interface AuditTable {
  seq: number;
  at: string;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string;
  address: string | null;
  operation: string;
  project_id: string | null;
  job_id: string | null;
  result: string;
  message: string;
  previous: string;
  hash: string;
}

interface LoginLinksTable {
  hash: string;
  expires_at: string;
}

interface SessionsTable {
  seq: Generated<number>;
  id: string;
  cookie_hash: string;
  page_hash: string;
  name: string;
  address: string | null;
  created_at: string;
  expires_at: string;
  last_active_at: string;
  proof_at: string;
}

export interface EventsTable {
  id: Generated<number>;
  at: string;
  kind: string;
  project_id: string | null;
  job_id: string | null;
  message: string;
  data: string;
}

interface CaUsageTable {
  id: Generated<number>;
  at: string;
  directory_url: string;
  kind: string;
  subject: string;
}

export interface IncidentsTable {
  id: string;
  directory_url: string;
  explanation_url: string | null;
  started_at: string;
  ended_at: string | null;
}

interface MovedWindowsTable {
  certificate_id: string;
  project_id: string;
  domain: string;
  directory_url: string;
  moved_at: string;
  renew_before: string;
  renew_at: string;
  incident_id: string | null;
  outcome: string | null;
}

interface SettingsTable {
  key: string;
  value: string;
}

interface NotificationChannelsTable {
  id: string;
  name: string;
  type: 'email' | 'webhook';
  enabled: number;
  kinds: string;
  email: string | null;
  webhook: string | null;
  saved_by: string;
  created_at: string;
  updated_at: string;
  last_sent_at: string | null;
  last_error: string | null;
  tags: string;
}

interface NotificationDeliveriesTable {
  seq: Generated<number>;
  id: string;
  channel_id: string;
  kind: NotificationKind;
  message: string;
  state: 'waiting' | 'sent' | 'given-up';
  attempts: number;
  created_at: string;
  next_attempt_at: string | null;
  finished_at: string | null;
  last_error: string | null;
}

interface NotificationStatesTable {
  key: string;
  kind: NotificationKind;
  severity: 'critical' | 'warning';
  project_id: string | null;
  reported_at: string;
}

export interface RevocationRetriesTable {
  certificate_id: string;
  project_id: string;
  reason: RevocationReason;
  expires_at: string;
  failures: number;
  next_attempt_at: string;
  last_attempt_at: string;
  last_error: string;
  last_error_code: string;
}

export interface CaaLocksTable {
  project_id: string;
  state: CaaLockState;
  message: string;
  checked_at: string;
  next_check_at: string;
}

export interface ClientUseAcknowledgementsTable {
  project_id: string;
  /** JSON array. */
  uses: string;
  at: string;
  by: string;
  note: string;
}

export interface PersistRecordsTable {
  project_id: string;
  certificate_id: string;
  state: PersistState;
  message: string;
  checked_at: string;
  next_check_at: string;
}
