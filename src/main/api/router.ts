// Lists every operation. The transports (REST, tRPC over HTTP, IPC) use this router and know no operation by name.
import { audit } from './audit.ts';
import { backups } from './backups.ts';
import { caDirectories } from './ca-directories.ts';
import { caaLocks } from './caa-locks.ts';
import { certificates } from './certificates.ts';
import { deployments } from './deployments.ts';
import { dnsCredentials } from './dns-credentials.ts';
import { doctor } from './doctor.ts';
import { endpoints } from './endpoints.ts';
import { hostCredentials } from './host-credentials.ts';
import { hosts } from './hosts.ts';
import { imports } from './imports.ts';
import { incidents } from './incidents.ts';
import { jobs } from './jobs.ts';
import { metrics } from './metrics.ts';
import { notifications } from './notifications.ts';
import { overview } from './overview.ts';
import { persistRecords } from './persist-records.ts';
import { projects } from './projects.ts';
import { renewals } from './renewals.ts';
import { savedFilters } from './saved-filters.ts';
import { sessions } from './sessions.ts';
import { settings } from './settings.ts';
import { simulation } from './simulation.ts';
import { system } from './system.ts';
import { tokens } from './tokens.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  projects,
  certificates,
  dnsCredentials,
  hosts,
  hostCredentials,
  deployments,
  doctor,
  caaLocks,
  persistRecords,
  endpoints,
  imports,
  jobs,
  overview,
  renewals,
  simulation,
  incidents,
  notifications,
  metrics,
  tokens,
  sessions,
  audit,
  backups,
  settings,
  savedFilters,
  system,
  caDirectories,
});

/** The only type that the renderer imports from main. */
export type AppRouter = typeof appRouter;
