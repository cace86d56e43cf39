// Pages and counts of the endpoint list, by host and port.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { FindingCode } from '../../shared/endpoint.ts';
import type { EndpointState } from '../../shared/endpoint-record.ts';
import { invalid } from '../engine/core/invalid.ts';
import type { EndpointCounts, EndpointFilter, EndpointQuery } from '../engine/core/stores/endpoints.ts';
import type { EndpointRow } from './endpoint-rows.ts';
import type { Schema } from './schema.ts';

type Where = RawBuilder<boolean>;

/** Host, port and seq of the last row. */
type Place = readonly [host: string, port: number, seq: number];

export async function pageOfEndpoints(
  db: Kysely<Schema>,
  query: EndpointQuery,
): Promise<{ readonly rows: readonly EndpointRow[]; readonly nextCursor: string | null }> {
  const { limit, cursor } = query;
  const after = cursor === undefined ? null : readCursor(cursor);
  const where = [...conditions(query), ...(after === null ? [] : [beyond(after)])];
  const { rows } = await sql<EndpointRow>`SELECT * FROM endpoints WHERE ${all(where)}
    ORDER BY host, port, seq LIMIT ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: more ? toCursor([last.host, last.port, last.seq]) : null };
}

export async function countEndpoints(db: Kysely<Schema>, filter: EndpointFilter): Promise<EndpointCounts> {
  const { finding: _, state: __, ...wide } = filter;
  const within = all(conditions(wide));
  const [matching, states, findings] = await Promise.all([
    sql<{ n: number }>`SELECT count(*) AS n FROM endpoints WHERE ${all(conditions(filter))}`.execute(db),
    sql<{ state: EndpointState; n: number }>`SELECT state, count(*) AS n FROM endpoints WHERE ${within}
      GROUP BY state`.execute(db),
    sql<{ code: FindingCode; n: number }>`SELECT each.value AS code, count(*) AS n
      FROM endpoints, json_each(endpoints.codes) AS each WHERE ${within}
      GROUP BY each.value ORDER BY n DESC, code`.execute(db),
  ]);
  const counts = { new: 0, ok: 0, warning: 0, problem: 0, unknown: 0 };
  for (const { state, n } of states.rows) counts[state] = n;
  return {
    matching: matching.rows[0]?.n ?? 0,
    states: counts,
    findings: findings.rows.map(({ code, n }) => ({ code, count: n })),
  };
}

/** Endpoints of these projects; all for null. */
export function ofProjects(ids: readonly string[] | null): readonly Where[] {
  if (ids === null) return [];
  return [
    sql<boolean>`seq IN (SELECT endpoint_seq FROM endpoint_projects
      WHERE project_id IN (SELECT value FROM json_each(${JSON.stringify(ids)})))`,
  ];
}

function conditions({ ids, q, project, finding, state }: EndpointFilter): readonly Where[] {
  const like = q === undefined || q === '' ? null : `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return [
    ...ofProjects(ids),
    ...(project === undefined ? [] : ofProjects([project])),
    ...(state === undefined ? [] : [sql<boolean>`state = ${state}`]),
    ...(finding === undefined
      ? []
      : [sql<boolean>`EXISTS (SELECT 1 FROM json_each(codes) WHERE value = ${finding})`]),
    ...(like === null
      ? []
      : [
          sql<boolean>`(host || ':' || port LIKE ${like} ESCAPE '\\' OR ifnull(server_name, '') LIKE ${like} ESCAPE '\\')`,
        ]),
  ];
}

const all = (where: readonly Where[]): RawBuilder<unknown> =>
  where.length === 0 ? sql`true` : sql.join([...where], sql` AND `);

const beyond = ([host, port, seq]: Place): Where =>
  sql<boolean>`(host, port, seq) > (${host}, ${port}, ${seq})`;

const toCursor = (at: Place): string => Buffer.from(JSON.stringify(at)).toString('base64url');

/** @throws INVALID_REQUEST */
function readCursor(cursor: string): Place {
  const [host, port, seq] = parse(Buffer.from(cursor, 'base64url').toString());
  if (typeof host === 'string' && Number.isInteger(port) && Number.isInteger(seq))
    return [host, Number(port), Number(seq)];
  throw invalid('cursor', 'is not the nextCursor of an endpoint list');
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
