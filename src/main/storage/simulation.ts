// SimulationStore on SQLite: groups certificates in the order of the index `certificates_simulated`.
import { type Kysely, sql } from 'kysely';
import type { CertificateGroup, SimulationStore } from '../engine/core/stores/simulation.ts';
import type { Schema } from './schema.ts';

interface GroupRow {
  readonly type: CertificateGroup['type'];
  readonly ca: string | null;
  readonly provider: string | null;
  readonly challenge_type: string | null;
  readonly staging: number;
  readonly auto_renew: number;
  readonly has_ari: number | null;
  readonly lifetime_hours: number;
  readonly name_count: number;
  readonly attempt_day: string | null;
  readonly count: number;
}

const ACTIVE = sql`certificates INDEXED BY certificates_simulated
  WHERE superseded_at IS NULL AND removed_at IS NULL AND revoked_at IS NULL`;
const KEY = sql`type, ca, provider, challenge_type, staging, auto_renew, has_ari, lifetime_hours, name_count,
  attempt_day`;

export function createSimulationStore(db: Kysely<Schema>): SimulationStore {
  return {
    async groups() {
      const { rows } = await sql<GroupRow>`SELECT ${KEY}, count(*) AS count FROM ${ACTIVE}
        GROUP BY ${KEY}`.execute(db);
      return rows.map((row) => ({
        type: row.type,
        ca: row.ca,
        provider: row.provider,
        challengeType: row.challenge_type,
        staging: row.staging === 1,
        autoRenew: row.auto_renew === 1,
        hasAri: row.has_ari === null ? null : row.has_ari === 1,
        lifetimeHours: row.lifetime_hours,
        names: row.name_count,
        attemptDay: row.attempt_day,
        count: row.count,
      }));
    },

    async domains(ca) {
      // One row, because creating an object for each certificate takes longer than reading the index.
      const { rows } = await sql<{
        all: string | null;
      }>`SELECT group_concat(domain, ' ') AS "all" FROM ${ACTIVE}
        AND type <> 'custom' AND ca = ${ca} AND staging = 0`.execute(db);
      const all = rows[0]?.all ?? '';
      return all === '' ? [] : all.split(' ');
    },

    async windows() {
      const rows = await db
        .selectFrom('deployments')
        .leftJoin('certificates', (join) =>
          join
            .onRef('certificates.project_id', '=', 'deployments.project_id')
            .on('certificates.superseded_at', 'is', null)
            .on('certificates.removed_at', 'is', null),
        )
        .select(['deployments.id', 'deployments.name', 'deployments.window'])
        .select(sql<number | null>`certificates.lifetime_hours`.as('lifetimeHours'))
        .where('deployments.window', 'is not', null)
        .where('deployments.enabled', '=', 1)
        .execute();
      return rows.map(({ id, name, window, lifetimeHours }) => ({
        deploymentId: id,
        name,
        lifetimeHours,
        window: JSON.parse(window ?? ''),
      }));
    },

    async examples({ type, provider, challengeType, hasAri, autoRenew }, limit) {
      const conditions = [
        ...(type === undefined ? [] : [sql`type = ${type}`]),
        ...(type === undefined ? [sql`type <> 'custom'`] : []),
        ...(provider === undefined ? [] : [sql`provider = ${provider}`]),
        ...(challengeType === undefined ? [] : [sql`challenge_type = ${challengeType}`]),
        ...(hasAri === undefined ? [] : [sql`has_ari = ${hasAri ? 1 : 0}`]),
        ...(autoRenew === undefined ? [] : [sql`auto_renew = ${autoRenew ? 1 : 0}`]),
      ];
      const { rows } = await sql<{ projectId: string; domain: string }>`
        SELECT project_id AS projectId, domain FROM ${ACTIVE} AND ${sql.join(conditions, sql` AND `)}
        LIMIT ${limit}`.execute(db);
      return rows;
    },
  };
}
