// The metrics of endpoints. It reads only columns that each check stores.
import { ENDPOINT_STATES } from '../../../shared/endpoint-names.ts';
import type { MeteredEndpoint } from '../core/stores/endpoints.ts';
import type { Stores } from '../core/stores.ts';
import type { Labels, Metric, Sample } from './metrics-text.ts';

/** @param ids Only endpoints of these projects; null for all. */
export async function endpointMetrics(
  { endpoints }: Pick<Stores, 'endpoints'>,
  ids: readonly string[] | null,
): Promise<readonly Metric[]> {
  const rows = await endpoints.metered(ids);
  const states = ENDPOINT_STATES.map((state) => ({
    labels: { state },
    value: rows.filter((row) => row.state === state).length,
  }));
  const each = (value: (row: MeteredEndpoint) => number | null): readonly Sample[] =>
    rows.flatMap((row) => {
      const found = value(row);
      return found === null ? [] : [{ labels: labelsOf(row), value: found }];
    });
  const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => {
    return { name: `certdesk_endpoint_${name}`, help, type: 'gauge', samples };
  };
  return [
    {
      name: 'certdesk_endpoints',
      help: 'Endpoints by the state of their last check.',
      type: 'gauge',
      samples: rows.length === 0 ? [] : states,
    },
    gauge(
      'ok',
      '1 if the last check found nothing to do, 0 if it found a problem; absent if it could not see the endpoint.',
      each(({ state }) => (state === 'new' || state === 'unknown' ? null : state === 'problem' ? 0 : 1)),
    ),
    gauge(
      'alarm',
      '1 if a second check confirmed the problem.',
      each(({ hasAlarm }) => (hasAlarm ? 1 : 0)),
    ),
    gauge(
      'not_after_timestamp_seconds',
      'Expiry of the first certificate that the endpoint presents.',
      each(({ expiresAt }) => toSeconds(expiresAt)),
    ),
    gauge(
      'last_check_timestamp_seconds',
      'Time of the last check.',
      each(({ checkedAt }) => toSeconds(checkedAt)),
    ),
  ];
}

function labelsOf({ id, host, port, protocol, serverName }: MeteredEndpoint): Labels {
  return { endpoint: id, host, port: String(port), protocol, server_name: serverName ?? '' };
}

const toSeconds = (at: string | null): number | null => (at === null ? null : Date.parse(at) / 1000);
