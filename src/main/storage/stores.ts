// Combines the stores of the engine on one database.
import type { Kysely } from 'kysely';
import type { Stores } from '../engine/core/stores.ts';
import { createAccountStore } from './accounts.ts';
import { createAuditStore } from './audit.ts';
import { createCaUsageStore } from './ca-usage.ts';
import { createCaaLockStore } from './caa-locks.ts';
import { createCertificateStore } from './certificates.ts';
import { createClientUseStore } from './client-uses.ts';
import { createDeploymentRunStore } from './deployment-runs.ts';
import { createDeploymentStore } from './deployments.ts';
import { createDnsCredentialStore } from './dns-credentials.ts';
import { createEndpointStore } from './endpoints.ts';
import { createEventStore } from './events.ts';
import { createGroupCommit } from './group-commit.ts';
import { createHostCredentialStore, createHostStore } from './hosts.ts';
import { createIncidentStore } from './incidents.ts';
import { createJobStore } from './jobs.ts';
import { createNotificationStore } from './notifications.ts';
import { createOrderStore } from './orders.ts';
import { createOverviewStore } from './overview.ts';
import { createPersistRecordStore } from './persist-records.ts';
import { createProjectStore } from './projects.ts';
import type { Reads } from './reads.ts';
import { createRevocationRetryStore } from './revocation-retries.ts';
import type { Schema } from './schema.ts';
import { createSessionStore } from './sessions.ts';
import { createSettingStore } from './settings.ts';
import { createSimulationStore } from './simulation.ts';
import { createTokenStore } from './tokens.ts';

/**
 * @param db The database or a transaction.
 * @param reads For reads outside of transactions; default: all reads use `db`.
 */
export function createStores(db: Kysely<Schema>, reads: Reads | null = null): Stores {
  const stores = storesOn(db);
  if (reads === null) return stores;
  return {
    ...stores,
    projects: {
      ...stores.projects,
      get: async (id) => reads.project(id),
      idsWithTags: async (tags) => reads.idsWithTags(JSON.stringify(tags)),
    },
    certificates: {
      ...stores.certificates,
      active: async (projectId) => reads.certificate(projectId),
      facts: async (projectId) => reads.certificateFacts(projectId),
    },
    endpoints: {
      ...stores.endpoints,
      served: async (ids) => {
        const [id, ...others] = ids;
        return id !== undefined && others.length === 0 ? reads.served(id) : stores.endpoints.served(ids);
      },
    },
    tokens: { ...stores.tokens, byHash: async (hash) => reads.token(hash) },
  };
}

function storesOn(db: Kysely<Schema>): Stores {
  const transact = createGroupCommit(db);
  return {
    projects: createProjectStore(db),
    certificates: createCertificateStore(db),
    jobs: createJobStore(db),
    orders: createOrderStore(db),
    accounts: createAccountStore(db),
    dnsCredentials: createDnsCredentialStore(db),
    hosts: createHostStore(db),
    hostCredentials: createHostCredentialStore(db),
    deployments: createDeploymentStore(db),
    deploymentRuns: createDeploymentRunStore(db),
    endpoints: createEndpointStore(db),
    tokens: createTokenStore(db),
    sessions: createSessionStore(db),
    audit: createAuditStore(db),
    events: createEventStore(db),
    settings: createSettingStore(db),
    caUsage: createCaUsageStore(db),
    caaLocks: createCaaLockStore(db),
    clientUses: createClientUseStore(db),
    revocationRetries: createRevocationRetryStore(db),
    persistRecords: createPersistRecordStore(db),
    overview: createOverviewStore(db),
    simulation: createSimulationStore(db),
    incidents: createIncidentStore(db),
    notifications: createNotificationStore(db),
    transaction: (work) => transact((trx) => work(createStores(trx))),
  };
}
