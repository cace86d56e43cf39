// OverviewStore on SQLite: queries use the indexes of `listing` (migration 0009) and read table rows only for
// the entries to show. upcoming.ts has future renewals and expiries.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { OverviewStore } from '../engine/core/stores/overview.ts';
import { toJob } from './jobs.ts';
import { ofIds } from './project-filter.ts';
import { countRows } from './project-search.ts';
import type { ListedCertificatesView, Schema } from './schema.ts';
import { upcoming, upcomingDays } from './upcoming.ts';

type Ids = readonly string[] | null;

export function createOverviewStore(db: Kysely<Schema>): OverviewStore {
  const listed = (ids: Ids) => {
    const query = db.selectFrom('listing').where('expires_at', 'is not', null);
    return ids === null ? query : query.where(ofIds(ids));
  };
  return {
    async candidates(ids, at) {
      const few = ids === null ? sql`seq IN (${needy(at)})` : sql`${ofIds(ids)} AND ${isNeedy(at)}`;
      const { rows } = await sql<
        ListedCertificatesView & { uncovered: string | null; acknowledged_at: string | null }
      >`SELECT * FROM listing WHERE ${few}
        ORDER BY project_id`.execute(db);
      return rows.map((row) => ({
        projectId: row.project_id,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        revokedAt: row.revoked_at,
        failures: row.failures,
        attemptAt: row.attempt_at,
        renewable: row.ca !== null,
        uncovered: row.uncovered,
        acknowledged: row.acknowledged_at !== null,
      }));
    },

    async metered(ids) {
      const rows = await listed(ids).selectAll().$narrowType<ListedCertificatesView>().execute();
      return rows.map((row) => ({
        projectId: row.project_id,
        expiresAt: row.expires_at,
        revokedAt: row.revoked_at,
        failures: row.failures,
        attemptAt: row.attempt_at,
        ca: row.ca,
        name: row.name,
        domain: row.domain,
      }));
    },

    async failedObtains(ids) {
      const rows = await lastFailedSeq(db, ids)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('listed_certificates')
                .select('listed_certificates.project_id')
                .whereRef('listed_certificates.project_id', '=', 'jobs.project_id'),
            ),
          ),
        )
        .where(sql<boolean>`jobs.input ->> '$.kind' = 'obtain'`)
        .where(sql<boolean>`jobs.input ->> '$.dryRun' = 0`)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('jobs as later')
                .select('later.seq')
                .whereRef('later.project_id', '=', 'jobs.project_id')
                .whereRef('later.seq', '>', 'jobs.seq'),
            ),
          ),
        )
        .select(['jobs.id', 'jobs.project_id'])
        .orderBy('jobs.seq', 'desc')
        .execute();
      return rows.map((row) => ({ projectId: row.project_id, jobId: row.id }));
    },

    async lastFailed(projectIds) {
      return (await lastFailedSeq(db, projectIds).selectAll('jobs').execute()).map(toJob);
    },

    async renewing(ids) {
      const due = sql<boolean>`attempt_at IS NOT NULL`;
      const revoked = sql<boolean>`revoked_at IS NOT NULL`;
      if (ids !== null) return countRows(db, sql`listing WHERE ${ofIds(ids)} AND ${due} AND NOT ${revoked}`);
      // Counts in the index alone, which is faster than checking each row for the few revoked ones.
      const all = await countRows(db, sql`listing INDEXED BY listing_by_attempt WHERE ${due}`);
      return all - (await countRows(db, sql`listing INDEXED BY listing_revoked WHERE ${revoked} AND ${due}`));
    },

    async acknowledged(ids) {
      const is = sql<boolean>`acknowledged_at IS NOT NULL`;
      if (ids !== null) return countRows(db, sql`listing WHERE ${ofIds(ids)} AND ${is}`);
      return countRows(db, sql`listing INDEXED BY listing_acknowledged WHERE ${is}`);
    },

    upcoming: (query) => upcoming(db, query),
    upcomingDays: (query) => upcomingDays(db, query),
  };
}

type At = Parameters<OverviewStore['candidates']>[1];

/** Each kind has its own index. A certificate with a scheduled renewal needs no attention (attention.ts). */
function needy({ now, soon }: At): RawBuilder<unknown> {
  return sql`SELECT seq FROM listing INDEXED BY listing_revoked WHERE revoked_at IS NOT NULL
    UNION SELECT seq FROM listing INDEXED BY listing_failing WHERE failures > 0
    UNION SELECT seq FROM listing INDEXED BY listing_uncovered WHERE uncovered IS NOT NULL
    UNION SELECT seq FROM listing INDEXED BY listing_by_expiry WHERE expires_at <= ${now}
    UNION SELECT seq FROM listing INDEXED BY listing_by_attempt WHERE attempt_at <= ${now}
    UNION SELECT seq FROM listing INDEXED BY listing_ends
      WHERE attempt_at IS NULL AND revoked_at IS NULL AND expires_at IS NOT NULL AND expires_at <= ${soon}
    UNION SELECT seq FROM listing INDEXED BY listing_late
      WHERE attempt_at >= expires_at AND revoked_at IS NULL AND expires_at <= ${soon}`;
}

/** The same for one project. */
function isNeedy({ now, soon }: At): RawBuilder<unknown> {
  return sql`(revoked_at IS NOT NULL OR failures > 0 OR uncovered IS NOT NULL OR expires_at <= ${now} OR attempt_at <= ${now}
    OR ((attempt_at IS NULL OR attempt_at >= expires_at) AND expires_at <= ${soon}))`;
}

/** The last failed job of each project. The state is a literal, because SQLite uses the partial index only then. */
function lastFailedSeq(db: Kysely<Schema>, ids: Ids) {
  let last = db
    .selectFrom('jobs')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where(sql<boolean>`state = 'failed'`)
    .groupBy('project_id');
  if (ids !== null) last = last.where(ofIds(ids));
  return db.selectFrom(last.as('last')).innerJoin('jobs', 'jobs.seq', 'last.seq');
}
