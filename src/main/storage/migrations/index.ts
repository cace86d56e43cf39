// Lists all migrations in order. To change the schema, add a file and a line here; test/storage/database.test.ts runs
// them.
import { initial } from './0001-initial.ts';
import { sessions } from './0002-sessions.ts';
import { listing } from './0003-listing.ts';
import { audit } from './0004-audit.ts';
import { renewal } from './0005-renewal.ts';
import { renewalSpread } from './0006-renewal-spread.ts';
import { notifications } from './0007-notifications.ts';
import { accountRollover } from './0008-account-rollover.ts';
import { listingTable } from './0009-listing-table.ts';
import { listingLate } from './0010-listing-late.ts';
import { adminScope } from './0011-admin-scope.ts';
import { sessionPageSecret } from './0012-session-page-secret.ts';
import { savedBy } from './0013-saved-by.ts';
import { credentialLimits } from './0014-credential-limits.ts';
import { followedOrders } from './0015-followed-orders.ts';
import { heldJobs } from './0016-held-jobs.ts';
import { uncoveredNames } from './0017-uncovered-names.ts';
import { acknowledgedRevocations } from './0018-acknowledged-revocations.ts';
import { jobResults } from './0019-job-results.ts';
import { issuanceSpec } from './0020-issuance-spec.ts';
import { glossaryNames } from './0021-glossary-names.ts';
import { deployments } from './0022-deployments.ts';
import { endpoints } from './0023-endpoints.ts';
import { endpointsAfterRollout } from './0024-endpoints-after-rollout.ts';
import { deploymentMessages } from './0025-deployment-messages.ts';
import { tags } from './0026-tags.ts';
import { endpointDueCount } from './0027-endpoint-due-count.ts';
import { simulation } from './0028-simulation.ts';
import { windows } from './0029-windows.ts';
import { incidents } from './0030-incidents.ts';
import { endpointServedUnknown } from './0031-endpoint-served-unknown.ts';
import { caaLocks } from './0032-caa-locks.ts';
import { hostlessDeployments } from './0033-hostless-deployments.ts';
import { revocationRetries } from './0034-revocation-retries.ts';
import { rolloutMessages } from './0035-rollout-messages.ts';
import { persistRecords } from './0036-persist-records.ts';
import { clientUseAcknowledgements } from './0037-client-use-acknowledgements.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  initial,
  sessions,
  listing,
  audit,
  renewal,
  renewalSpread,
  notifications,
  accountRollover,
  listingTable,
  listingLate,
  adminScope,
  sessionPageSecret,
  savedBy,
  credentialLimits,
  followedOrders,
  heldJobs,
  uncoveredNames,
  acknowledgedRevocations,
  jobResults,
  issuanceSpec,
  glossaryNames,
  deployments,
  endpoints,
  endpointsAfterRollout,
  deploymentMessages,
  tags,
  endpointDueCount,
  simulation,
  windows,
  incidents,
  endpointServedUnknown,
  caaLocks,
  hostlessDeployments,
  revocationRetries,
  rolloutMessages,
  persistRecords,
  clientUseAcknowledgements,
];
