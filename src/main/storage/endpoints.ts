// EndpointStore on SQLite. endpoint-list.ts has pages and counts.
import { type Kysely, sql } from 'kysely';
import type { EndpointStore, MeteredEndpoint, ServedEndpoint } from '../engine/core/stores/endpoints.ts';
import { countEndpoints, ofProjects, pageOfEndpoints } from './endpoint-list.ts';
import { checkColumns, definitionColumns, type EndpointRow, toEndpoint } from './endpoint-rows.ts';
import type { Schema } from './schema.ts';

export function createEndpointStore(db: Kysely<Schema>): EndpointStore {
  /** Reads the projects of all rows in one query. */
  async function toEndpoints(rows: readonly EndpointRow[]) {
    if (rows.length === 0) return [];
    const seqs = JSON.stringify(rows.map(({ seq }) => seq));
    const { rows: links } = await sql<{ endpoint_seq: number; project_id: string }>`
      SELECT endpoint_seq, project_id FROM endpoint_projects
      WHERE endpoint_seq IN (SELECT value FROM json_each(${seqs})) ORDER BY project_id`.execute(db);
    const projects = Map.groupBy(links, ({ endpoint_seq }) => endpoint_seq);
    return rows.map((row) =>
      toEndpoint(
        row,
        (projects.get(row.seq) ?? []).map((link) => link.project_id),
      ),
    );
  }

  async function link(id: string, projectIds: readonly string[]): Promise<void> {
    await sql`INSERT INTO endpoint_projects (endpoint_seq, project_id)
      SELECT seq, each.value FROM endpoints, json_each(${JSON.stringify([...new Set(projectIds)])}) AS each
      WHERE endpoints.id = ${id}`.execute(db);
  }

  return {
    async create({
      id,
      projectIds,
      savedBy,
      createdAt,
      updatedAt,
      nextCheckAt,
      dueCount,
      check,
      ...definition
    }) {
      const { host, port, protocol, serverName, addresses, trust, expected, intervalMinutes } = definition;
      await db
        .insertInto('endpoints')
        .values({
          id,
          host,
          port,
          protocol,
          server_name: serverName,
          addresses: addresses && JSON.stringify(addresses),
          trust,
          expected,
          interval_minutes: intervalMinutes,
          saved_by: JSON.stringify(savedBy),
          created_at: createdAt,
          updated_at: updatedAt,
          next_check_at: nextCheckAt,
          due_count: dueCount,
          ...checkColumns(check),
        })
        .execute();
      await link(id, projectIds);
    },
    async get(id) {
      const rows = await db.selectFrom('endpoints').selectAll().where('id', '=', id).execute();
      return (await toEndpoints(rows))[0] ?? null;
    },
    async find({ host, port, protocol, serverName }) {
      const { rows } = await sql<EndpointRow>`SELECT * FROM endpoints WHERE host = ${host} AND port = ${port}
        AND protocol = ${protocol} AND ifnull(server_name, '') = ${serverName ?? ''}`.execute(db);
      return (await toEndpoints(rows))[0] ?? null;
    },
    async update(id, { projectIds, savedBy, updatedAt, nextCheckAt, check, ...definition }) {
      const columns = {
        ...definitionColumns(definition),
        ...(savedBy === undefined ? {} : { saved_by: JSON.stringify(savedBy) }),
        ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
        ...(nextCheckAt === undefined ? {} : { next_check_at: nextCheckAt }),
        ...(check === undefined ? {} : checkColumns(check)),
      };
      if (Object.keys(columns).length > 0)
        await db.updateTable('endpoints').set(columns).where('id', '=', id).execute();
      if (projectIds === undefined) return;
      await sql`DELETE FROM endpoint_projects
        WHERE endpoint_seq = (SELECT seq FROM endpoints WHERE id = ${id})`.execute(db);
      await link(id, projectIds);
    },
    async delete(id) {
      await db.deleteFrom('endpoints').where('id', '=', id).execute();
    },
    async list(query) {
      const { rows, nextCursor } = await pageOfEndpoints(db, query);
      return { items: await toEndpoints(rows), nextCursor };
    },
    count: (filter) => countEndpoints(db, filter),
    async due(now, limit) {
      const rows = await db
        .selectFrom('endpoints')
        .selectAll()
        .where('next_check_at', '<=', now)
        .orderBy('next_check_at')
        .orderBy('seq')
        .limit(limit)
        .execute();
      return toEndpoints(rows);
    },
    async alarmed(ids) {
      const { rows } =
        await sql<AlarmedRow>`SELECT id, host, port, alarms, codes, sentence, expires_at, alarmed_at, next_check_at,
          (SELECT json_group_array(project_id) FROM endpoint_projects WHERE endpoint_seq = seq) AS project_ids
        FROM endpoints WHERE alarms <> '[]' AND ${sql.join([...ofProjects(ids), sql`true`], sql` AND `)}
        ORDER BY seq`.execute(db);
      return rows.map((row) => ({
        id: row.id,
        host: row.host,
        port: row.port,
        projectIds: JSON.parse(row.project_ids),
        alarms: JSON.parse(row.alarms),
        codes: JSON.parse(row.codes),
        sentence: row.sentence,
        expiresAt: row.expires_at,
        alarmedAt: row.alarmed_at,
        nextCheckAt: row.next_check_at,
      }));
    },
    async metered(ids) {
      const { rows } = await sql<
        Omit<MeteredEndpoint, 'hasAlarm'> & { hasAlarm: number }
      >`SELECT id, host, port, protocol,
          server_name AS serverName, state, expires_at AS expiresAt, checked_at AS checkedAt,
          alarms <> '[]' AS hasAlarm
        FROM endpoints WHERE ${sql.join([...ofProjects(ids), sql`true`], sql` AND `)} ORDER BY host, port, seq`.execute(
        db,
      );
      return rows.map((row) => ({ ...row, hasAlarm: row.hasAlarm === 1 }));
    },
    async countAll(ids) {
      const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM endpoints
        WHERE ${sql.join([...ofProjects(ids), sql`true`], sql` AND `)}`.execute(db);
      return rows[0]?.n ?? 0;
    },
    async countUnknown(ids) {
      const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM endpoints WHERE unknowns > 1
        AND ${sql.join([...ofProjects(ids), sql`true`], sql` AND `)}`.execute(db);
      return rows[0]?.n ?? 0;
    },
    async expected(projectIds) {
      if (projectIds.length === 0) return [];
      const active = sql<boolean>`superseded_at IS NULL AND removed_at IS NULL`;
      const { rows } =
        await sql<ExpectedRow>`SELECT project_id, fingerprint, iif(${active}, chain, NULL) AS chain,
          stored_at, revoked_at, ${active} AS is_active
        FROM certificates WHERE project_id IN (SELECT value FROM json_each(${JSON.stringify(projectIds)}))
        ORDER BY seq DESC LIMIT 500`.execute(db);
      return rows.map((row) => ({
        projectId: row.project_id,
        fingerprint: row.fingerprint,
        chain: row.chain,
        storedAt: row.stored_at,
        revokedAt: row.revoked_at,
        isActive: row.is_active === 1,
      }));
    },
    async isManaged(fingerprint) {
      const row = await db
        .selectFrom('certificates')
        .select('seq')
        .where('fingerprint', '=', fingerprint)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async served(projectIds) {
      if (projectIds.length === 0) return [];
      const { rows } = await sql<ServedEndpoint>`SELECT endpoint_projects.project_id AS projectId, served,
          checked_at AS checkedAt, stored_at AS activeSince
        FROM endpoint_projects
        JOIN endpoints ON endpoints.seq = endpoint_seq
        JOIN certificates ON certificates.project_id = endpoint_projects.project_id
          AND superseded_at IS NULL AND removed_at IS NULL
        WHERE endpoint_projects.project_id IN (SELECT value FROM json_each(${JSON.stringify(projectIds)}))
          AND expected = 'projects'`.execute(db);
      return rows;
    },
    async projectsWithout(ids, limit) {
      const visible =
        ids === null ? sql`true` : sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
      const { rows } = await sql<{ id: string; name: string; domain: string | null; alt_names: string }>`
        SELECT id, name, domain, alt_names FROM projects
        WHERE ${visible} AND NOT EXISTS (SELECT 1 FROM endpoint_projects WHERE project_id = projects.id)
          AND EXISTS (SELECT 1 FROM certificates WHERE project_id = projects.id
            AND superseded_at IS NULL AND removed_at IS NULL)
        ORDER BY seq LIMIT ${limit}`.execute(db);
      return rows.map(({ id, name, domain, alt_names }) => ({
        projectId: id,
        name: domain ?? name,
        names: [...(domain === null ? [] : [domain]), ...(JSON.parse(alt_names) as readonly string[])],
      }));
    },
  };
}

interface ExpectedRow {
  readonly project_id: string;
  readonly fingerprint: string;
  readonly chain: string | null;
  readonly stored_at: string;
  readonly revoked_at: string | null;
  readonly is_active: number;
}

interface AlarmedRow {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly project_ids: string;
  readonly alarms: string;
  readonly codes: string;
  readonly sentence: string | null;
  readonly expires_at: string | null;
  readonly alarmed_at: string | null;
  readonly next_check_at: string;
}
