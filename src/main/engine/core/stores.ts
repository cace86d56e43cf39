// The interface between the engine and its database. storage/ implements it with SQLite; every method rejects with
// STORAGE_FAILED if the database cannot be read or written.

import type { AccountStore } from './stores/accounts.ts';
import type { AuditStore } from './stores/audit.ts';
import type { CaUsageStore } from './stores/ca-usage.ts';
import type { CaaLockStore } from './stores/caa-locks.ts';
import type { CertificateStore } from './stores/certificates.ts';
import type { ClientUseStore } from './stores/client-uses.ts';
import type { DeploymentRunStore, DeploymentStore } from './stores/deployments.ts';
import type { DnsCredentialStore } from './stores/dns-credentials.ts';
import type { EndpointStore } from './stores/endpoints.ts';
import type { EventStore } from './stores/events.ts';
import type { HostCredentialStore, HostStore } from './stores/hosts.ts';
import type { IncidentStore } from './stores/incidents.ts';
import type { JobStore } from './stores/jobs.ts';
import type { NotificationStore } from './stores/notifications.ts';
import type { OrderStore } from './stores/orders.ts';
import type { OverviewStore } from './stores/overview.ts';
import type { PersistRecordStore } from './stores/persist-records.ts';
import type { ProjectStore } from './stores/projects.ts';
import type { RevocationRetryStore } from './stores/revocation-retries.ts';
import type { SessionStore } from './stores/sessions.ts';
import type { SettingStore } from './stores/settings.ts';
import type { SimulationStore } from './stores/simulation.ts';
import type { TokenStore } from './stores/tokens.ts';

export interface Stores {
  readonly projects: ProjectStore;
  readonly certificates: CertificateStore;
  readonly jobs: JobStore;
  readonly orders: OrderStore;
  readonly accounts: AccountStore;
  readonly dnsCredentials: DnsCredentialStore;
  readonly hosts: HostStore;
  readonly hostCredentials: HostCredentialStore;
  readonly deployments: DeploymentStore;
  readonly deploymentRuns: DeploymentRunStore;
  readonly endpoints: EndpointStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly events: EventStore;
  readonly settings: SettingStore;
  readonly caUsage: CaUsageStore;
  readonly caaLocks: CaaLockStore;
  readonly clientUses: ClientUseStore;
  readonly revocationRetries: RevocationRetryStore;
  readonly persistRecords: PersistRecordStore;
  readonly overview: OverviewStore;
  readonly simulation: SimulationStore;
  readonly incidents: IncidentStore;
  readonly notifications: NotificationStore;
  /**
   * Runs `work` in a transaction. Inside, use only the stores that `work` receives, and do not nest transactions. `work`
   * may run twice (storage/group-commit.ts), so its effects outside of the database must be idempotent.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}
