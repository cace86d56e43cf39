// The metrics of endpoints. It reads only columns that each check stores.
import type { EndpointRecord } from '../core/model-endpoint.ts';
import type { Stores } from '../core/stores.ts';
import type { Metric, Sample } from './metrics-text.ts';

const PAGE = 500;

/** @param ids Only endpoints of these projects; null for all. */
export async function endpointMetrics(
  { endpoints }: Pick<Stores, 'endpoints'>,
  ids: readonly string[] | null,
): Promise<readonly Metric[]> {
  const { states } = await endpoints.count({ ids });
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await endpoints.list({ ids, limit: PAGE, cursor });
    rows.push(...page.items.map(toRow));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const each = (value: (row: Row) => number | null): readonly Sample[] =>
    rows.flatMap((row) => {
      const found = value(row);
      return found === null ? [] : [{ labels: row.labels, value: found }];
    });
  const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => {
    return { name: `certdesk_endpoint_${name}`, help, type: 'gauge', samples };
  };
  return [
    {
      name: 'certdesk_endpoints',
      help: 'Endpoints by the state of their last check.',
      type: 'gauge',
      samples: Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    },
    gauge(
      'ok',
      '1 if the last check found nothing to do, 0 if it found a problem; absent if it could not see the endpoint.',
      each(({ state }) => (state === 'new' || state === 'unknown' ? null : state === 'problem' ? 0 : 1)),
    ),
    gauge(
      'alarm',
      '1 if a second check confirmed the problem.',
      each(({ alarm }) => (alarm ? 1 : 0)),
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

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: EndpointRecord['check']['state'];
  readonly alarm: boolean;
  readonly expiresAt: string | null;
  readonly checkedAt: string | null;
}

function toRow({ id, host, port, protocol, serverName, check }: EndpointRecord): Row {
  const { state, alarms, expiresAt, checkedAt } = check;
  const labels = { endpoint: id, host, port: String(port), protocol, server_name: serverName ?? '' };
  return { labels, state, alarm: alarms.length > 0, expiresAt, checkedAt };
}

const toSeconds = (at: string | null): number | null => (at === null ? null : Date.parse(at) / 1000);
