// Wires what watches the installation: the overview, notifications, diagnostics and metrics.
import type { Backups } from '../backups/backups.ts';
import { createDiagnostics } from '../diagnostics/diagnostics.ts';
import { metricsText } from '../diagnostics/metrics.ts';
import { CONTENT_TYPE } from '../diagnostics/metrics-text.ts';
import type { Engine } from '../engine.ts';
import type { Scheduler } from '../maintenance/scheduler.ts';
import { createNotifications } from '../notifications/notifications.ts';
import { listExpiring } from '../overview/expiring.ts';
import { createOverview } from '../overview/overview.ts';
import type { Common } from './common.ts';

export type MonitoringServices = Pick<
  Engine,
  'overview' | 'notifications' | 'diagnostics' | 'metrics' | 'signInCommand' | 'expiring'
>;

export interface Watched {
  readonly scheduler: Scheduler;
  readonly backups: Backups;
  /** The jobs that run and wait. */
  counts: Engine['counts'];
  readonly https: Engine['https'];
}

export function wireMonitoring(
  common: Common,
  { scheduler, backups, counts, https }: Watched,
): MonitoringServices {
  const { stores, secrets, journal, clock, log, resolver, random, version } = common;
  const { addressPolicy, surroundings, caRequests } = common;
  const overview = createOverview({
    stores,
    clock,
    secrets,
    scheduler,
    https,
    backup: backups.state,
    queue: counts,
  });
  const notifications = createNotifications({
    stores,
    journal,
    secrets,
    clock,
    log,
    random,
    addressPolicy,
    overview,
    https,
    version,
  });
  return {
    overview,
    notifications,
    diagnostics: createDiagnostics({ stores, clock, resolver, overview, https, surroundings }),
    metrics: async (ids) => ({
      contentType: CONTENT_TYPE,
      body: await metricsText({ stores, overview, caRequests, version }, ids),
    }),
    signInCommand: () => surroundings().signInCommand,
    expiring: () => listExpiring(stores, clock),
  };
}
