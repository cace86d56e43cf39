// Computes the metrics for monitoring systems at each scrape, from the same indexes as the overview.
import type { EngineState } from '../../../shared/overview.ts';
import type { CaRequests } from '../acme/request-counts.ts';
import type { MeteredCertificate } from '../core/stores/overview.ts';
import type { Stores } from '../core/stores.ts';
import { type Heartbeat, readHeartbeat } from '../maintenance/scheduler.ts';
import type { OverviewService } from '../overview/overview.ts';
import { deploymentMetrics } from './deployment-metrics.ts';
import { endpointMetrics } from './endpoint-metrics.ts';
import { type Metric, type Sample, toText } from './metrics-text.ts';

export interface MetricsDeps {
  readonly stores: Stores;
  readonly overview: OverviewService;
  caRequests(): readonly CaRequests[];
  version(): string;
}

/**
 * Returns the metrics as text.
 * @param ids Only of these projects, and without those of the installation; null for all.
 */
export async function metricsText(deps: MetricsDeps, ids: readonly string[] | null): Promise<string> {
  const { stores } = deps;
  const certificates = [
    ...certificateMetrics(await stores.overview.metered(ids)),
    ...(await endpointMetrics(stores, ids)),
    ...(await deploymentMetrics(stores, ids)),
  ];
  if (ids !== null) return toText(certificates);
  const [{ counts, attention, engine }, heartbeat, waiting, channels] = await Promise.all([
    deps.overview.get(null),
    readHeartbeat(stores),
    stores.notifications.waiting(),
    stores.notifications.channels(),
  ]);
  const { total, ...states } = counts;
  return toText([
    gauge('certdesk_info', 'Always 1; the version is a label.', [
      { labels: { version: deps.version() }, value: 1 },
    ]),
    gauge(
      'certdesk_projects',
      'Projects by the state of their certificate.',
      Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge('certdesk_projects_all', 'All projects.', [{ value: total }]),
    gauge('certdesk_attention', 'Certificates that need attention.', [{ value: attention.total }]),
    ...engineMetrics(engine, heartbeat),
    gauge(
      'certdesk_notifications_waiting',
      'Undelivered notifications.',
      channels.map(({ id, name }) => ({ labels: { channel: name, id }, value: waiting.get(id) ?? 0 })),
    ),
    caMetric(deps.caRequests()),
    gauge('process_start_time_seconds', 'Start time of the process.', [
      { value: Math.round(Date.now() / 1000 - process.uptime()) },
    ]),
    gauge('process_resident_memory_bytes', 'Resident memory.', [{ value: process.memoryUsage.rss() }]),
    ...certificates,
  ]);
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

const seconds = (at: string): number => Date.parse(at) / 1000;

function certificateMetrics(certificates: readonly MeteredCertificate[]): readonly Metric[] {
  const each = (value: (certificate: MeteredCertificate) => number | null): Sample[] => {
    const samples: Sample[] = [];
    certificates.forEach((certificate, n) => {
      const found = value(certificate);
      const labels = all[n];
      if (found !== null && labels !== undefined) samples.push({ labels, value: found });
    });
    return samples;
  };
  const all = certificates.map(({ projectId, name, domain, ca }) => {
    return { project: projectId, name, domain: domain ?? '', ca: ca ?? 'uploaded' };
  });
  const of = (name: string) => `certdesk_certificate_${name}`;
  return [
    gauge(
      of('not_after_timestamp_seconds'),
      'Expiry of the active certificate.',
      each((c) => seconds(c.expiresAt)),
    ),
    gauge(
      of('renew_at_timestamp_seconds'),
      'Next renewal attempt; absent if none is scheduled.',
      each((c) => (c.attemptAt === null ? null : seconds(c.attemptAt))),
    ),
    gauge(
      of('last_attempt_success'),
      '0 if the last renewal failed, otherwise 1.',
      each((c) => (c.failures > 0 ? 0 : 1)),
    ),
    gauge(
      of('failed_attempts'),
      'Failed renewals since the last success.',
      each((c) => c.failures),
    ),
    gauge(
      of('revoked'),
      '1 if the certificate is revoked.',
      each((c) => (c.revokedAt === null ? 0 : 1)),
    ),
  ];
}

function engineMetrics(engine: EngineState, heartbeat: Heartbeat | null): readonly Metric[] {
  const { running, queued } = engine.queue;
  const of = (name: string) => `certdesk_renewal_check_${name}`;
  const sweep = heartbeat === null ? [] : [heartbeat];
  return [
    gauge('certdesk_jobs', 'Running and queued jobs.', [
      { labels: { state: 'running' }, value: running },
      { labels: { state: 'queued' }, value: queued },
    ]),
    gauge(
      of('last_timestamp_seconds'),
      'Time of the last renewal check.',
      sweep.map(({ at }) => ({ value: seconds(at) })),
    ),
    gauge(
      of('duration_seconds'),
      'Duration of the last renewal check.',
      sweep.map(({ ms }) => ({ value: ms / 1000 })),
    ),
    gauge(
      of('success'),
      '0 if the last renewal check failed in part.',
      sweep.map(({ error }) => ({ value: error === null ? 1 : 0 })),
    ),
    gauge(
      of('renewals_begun'),
      'Renewals that the last renewal check started.',
      sweep.map(({ begun }) => ({ value: begun })),
    ),
    gauge('certdesk_renewals_paused', '1 while renewals are paused.', [
      { value: engine.pausedUntil === null ? 0 : 1 },
    ]),
    gauge('certdesk_secret_store_available', '0 while the secret store is unavailable.', [
      { value: engine.secretStore === 'unavailable' ? 0 : 1 },
    ]),
    gauge('certdesk_clock_ok', '0 if the clock is behind the last renewal check.', [
      { value: engine.clock.ok ? 1 : 0 },
    ]),
  ];
}

function caMetric(requests: readonly CaRequests[]): Metric {
  return {
    name: 'certdesk_ca_requests_total',
    help: 'Requests to CAs since the start, by host and result (none: no response).',
    type: 'counter',
    samples: requests.map(({ ca, result, count }) => ({ labels: { ca, result }, value: count })),
  };
}
