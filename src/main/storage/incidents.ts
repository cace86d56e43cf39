// IncidentStore on SQLite. The state of a certificate is derived from its row until the incident ends.
import { type Kysely, type Selectable, sql } from 'kysely';
import { INCIDENT_STATES, type IncidentState } from '../../shared/incident.ts';
import type { IncidentRecord, IncidentStore } from '../engine/core/stores/incidents.ts';
import type { IncidentsTable, Schema } from './schema.ts';

/** The state of `moved` with its certificate `c`, which may be gone. */
const STATE = sql<IncidentState>`coalesce(moved.outcome, CASE
  WHEN c.id IS NULL OR c.removed_at IS NOT NULL THEN 'removed'
  WHEN c.superseded_at IS NOT NULL THEN 'renewed'
  WHEN c.attempt_at IS NULL THEN 'by_hand'
  WHEN c.failures > 0 THEN 'failing'
  ELSE 'waiting' END)`;

export function createIncidentStore(db: Kysely<Schema>): IncidentStore {
  const select = () => db.selectFrom('incidents').selectAll();
  const from = (id: string, ids: readonly string[] | null) => {
    const visible =
      ids === null
        ? sql``
        : sql`AND moved.project_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
    return sql`moved_windows AS moved LEFT JOIN certificates AS c ON c.id = moved.certificate_id
      WHERE moved.incident_id = ${id} ${visible}`;
  };
  return {
    async recordMove(move, incidentId) {
      await db
        .insertInto('moved_windows')
        .values({
          certificate_id: move.certificateId,
          project_id: move.projectId,
          domain: move.domain,
          directory_url: move.directoryUrl,
          moved_at: move.movedAt,
          renew_before: move.renewBefore,
          renew_at: move.renewAt,
          incident_id: incidentId,
          outcome: null,
        })
        .onConflict((conflict) =>
          conflict.column('certificate_id').doUpdateSet(({ fn, ref }) => ({
            renew_at: move.renewAt,
            moved_at: move.movedAt,
            incident_id: fn.coalesce(ref('moved_windows.incident_id'), ref('excluded.incident_id')),
          })),
        )
        .execute();
    },
    async open(directoryUrl) {
      const row = await select()
        .where('directory_url', '=', directoryUrl)
        .where('ended_at', 'is', null)
        .executeTakeFirst();
      return row === undefined ? null : toIncident(row);
    },
    async countSingle(directoryUrl, since) {
      const { count } = await db
        .selectFrom('moved_windows')
        .where('directory_url', '=', directoryUrl)
        .where('moved_at', '>=', since)
        .where('incident_id', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
    async create({ id, directoryUrl, explanationUrl, startedAt, endedAt }, since) {
      await db
        .insertInto('incidents')
        .values({
          id,
          directory_url: directoryUrl,
          explanation_url: explanationUrl,
          started_at: startedAt,
          ended_at: endedAt,
        })
        .execute();
      await db
        .updateTable('moved_windows')
        .set({ incident_id: id })
        .where('directory_url', '=', directoryUrl)
        .where('moved_at', '>=', since)
        .where('incident_id', 'is', null)
        .execute();
    },
    async setExplanation(id, explanationUrl) {
      await db
        .updateTable('incidents')
        .set({ explanation_url: explanationUrl })
        .where('id', '=', id)
        .execute();
    },
    async list(limit) {
      const rows = await select().orderBy('started_at', 'desc').orderBy('id').limit(limit).execute();
      return rows.map(toIncident);
    },
    async listOpen() {
      return (await select().where('ended_at', 'is', null).execute()).map(toIncident);
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toIncident(row);
    },
    async counts(id, ids) {
      const { rows } = await sql<{ state: IncidentState; count: number }>`
        SELECT ${STATE} AS state, count(*) AS count FROM ${from(id, ids)} GROUP BY 1`.execute(db);
      const counted = new Map(rows.map(({ state, count }) => [state, count]));
      const counts = INCIDENT_STATES.map((state) => [state, counted.get(state) ?? 0] as const);
      return Object.fromEntries(counts) as Readonly<Record<IncidentState, number>>;
    },
    async certificates(id, ids, limit) {
      const { rows } = await sql<MovedRow>`SELECT moved.certificate_id AS certificateId,
          moved.project_id AS projectId, moved.domain, moved.directory_url AS directoryUrl,
          moved.moved_at AS movedAt, moved.renew_before AS renewBefore, moved.renew_at AS renewAt, ${STATE} AS state
        FROM ${from(id, ids)}
        ORDER BY state IN ('renewed', 'removed'), state, moved.domain LIMIT ${limit}`.execute(db);
      return rows;
    },
    async end(id, at) {
      await sql`UPDATE moved_windows SET outcome = (SELECT ${STATE} FROM moved_windows AS moved
          LEFT JOIN certificates AS c ON c.id = moved.certificate_id
          WHERE moved.certificate_id = moved_windows.certificate_id)
        WHERE incident_id = ${id}`.execute(db);
      await db.updateTable('incidents').set({ ended_at: at }).where('id', '=', id).execute();
    },
    async projectsSince(at) {
      const { rows } = await sql<{ projectId: string }>`SELECT project_id AS projectId FROM moved_windows
        WHERE incident_id IN (SELECT id FROM incidents WHERE ended_at IS NULL OR ended_at > ${at})`.execute(
        db,
      );
      return new Set(rows.map(({ projectId }) => projectId));
    },
    async deleteBefore({ single, ended }) {
      await db
        .deleteFrom('moved_windows')
        .where('incident_id', 'is', null)
        .where('moved_at', '<', single)
        .execute();
      await db.deleteFrom('incidents').where('ended_at', '<', ended).execute();
    },
  };
}

interface MovedRow {
  readonly certificateId: string;
  readonly projectId: string;
  readonly domain: string;
  readonly directoryUrl: string;
  readonly movedAt: string;
  readonly renewBefore: string;
  readonly renewAt: string;
  readonly state: IncidentState;
}

function toIncident(row: Selectable<IncidentsTable>): IncidentRecord {
  return {
    id: row.id,
    directoryUrl: row.directory_url,
    explanationUrl: row.explanation_url,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
