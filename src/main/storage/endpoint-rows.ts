// Converts endpoints between rows and records.
import type { Selectable } from 'kysely';
import type { EndpointCheck, EndpointDefinition, EndpointRecord } from '../engine/core/model-endpoint.ts';
import type { EndpointsTable } from './schema-endpoint.ts';

export type EndpointRow = Selectable<EndpointsTable>;

const toJson = (value: unknown): string => JSON.stringify(value);

/** The columns of a definition; fields that are undefined are left out. */
export function definitionColumns(definition: Partial<EndpointDefinition>) {
  const { host, port, protocol, serverName, addresses, trust, expected, intervalMinutes } = definition;
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(serverName === undefined ? {} : { server_name: serverName }),
    ...(addresses === undefined ? {} : { addresses: addresses && toJson(addresses) }),
    ...(trust === undefined ? {} : { trust }),
    ...(expected === undefined ? {} : { expected }),
    ...(intervalMinutes === undefined ? {} : { interval_minutes: intervalMinutes }),
  };
}

export function checkColumns(check: EndpointCheck) {
  const { state, checkedAt, codes, alarms, alarmedAt, unknowns, sentence, served, expiresAt, ...rest } =
    check;
  return {
    state,
    checked_at: checkedAt,
    codes: toJson(codes),
    alarms: toJson(alarms),
    alarmed_at: alarmedAt,
    unknowns,
    sentence,
    served,
    expires_at: expiresAt,
    result: toJson(rest),
  };
}

export function toEndpoint(row: EndpointRow, projectIds: readonly string[]): EndpointRecord {
  return {
    id: row.id,
    projectIds,
    host: row.host,
    port: row.port,
    protocol: row.protocol as EndpointRecord['protocol'],
    serverName: row.server_name,
    addresses: row.addresses === null ? null : JSON.parse(row.addresses),
    trust: row.trust,
    expected: row.expected as EndpointRecord['expected'],
    intervalMinutes: row.interval_minutes,
    savedBy: JSON.parse(row.saved_by),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    nextCheckAt: row.next_check_at,
    dueCount: row.due_count,
    check: toCheck(row),
  };
}

function toCheck(row: EndpointRow): EndpointCheck {
  return {
    ...JSON.parse(row.result),
    state: row.state as EndpointCheck['state'],
    checkedAt: row.checked_at,
    codes: JSON.parse(row.codes),
    alarms: JSON.parse(row.alarms),
    alarmedAt: row.alarmed_at,
    unknowns: row.unknowns,
    sentence: row.sentence,
    served: row.served as EndpointCheck['served'],
    expiresAt: row.expires_at,
  };
}
