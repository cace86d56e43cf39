// OverviewStore on SQLite: every question is answered from the view `listed_certificates`, that is from one index
// (migration 0003 says why), and only what is shown is then looked up in its table.
import { type Kysely, sql } from 'kysely';
import type { ListedCertificate } from '../engine/attention.ts';
import type { OverviewStore, UpcomingQuery } from '../engine/stores.ts';
import { toJob } from './jobs.ts';
import type { Schema } from './schema.ts';

type Ids = readonly string[] | null;

export function createOverviewStore(db: Kysely<Schema>): OverviewStore {
  const listed = (ids: Ids) => {
    const query = db.selectFrom('listed_certificates');
    return ids === null ? query : query.where('project_id', 'in', [...ids]);
  };
  return {
    async candidates(ids, { now, soon }) {
      const rows = await listed(ids)
        .selectAll()
        .where((eb) =>
          eb.or([
            eb('revoked_at', 'is not', null),
            eb('failures', '>', 0),
            eb('expires_at', '<=', soon),
            eb('attempt_at', '<=', now),
          ]),
        )
        .execute();
      return rows.map(
        (row): ListedCertificate => ({
          projectId: row.project_id,
          issuedAt: row.issued_at,
          expiresAt: row.expires_at,
          revokedAt: row.revoked_at,
          failures: row.failures,
          attemptAt: row.attempt_at,
          renewable: row.ca !== null,
        }),
      );
    },

    async metered(ids) {
      const rows = await listed(ids)
        .innerJoin('projects', 'projects.id', 'listed_certificates.project_id')
        .select(['project_id', 'expires_at', 'revoked_at', 'failures', 'attempt_at', 'ca', 'name', 'domain'])
        .execute();
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
      const row = await listed(ids)
        .select(({ fn }) => fn.count<number>('attempt_at').as('renewing'))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return row?.renewing ?? 0;
    },

    async upcoming({ limit, ...query }) {
      // Names are looked up for what is shown only.
      const soonest = upcoming(db, query)
        .select([
          'project_id',
          'expires_at',
          'attempt_at',
          sql<string>`ifnull(attempt_at, expires_at)`.as('at'),
        ])
        .orderBy('at')
        .limit(limit);
      const rows = await db
        .selectFrom(soonest.as('soonest'))
        .innerJoin('projects', 'projects.id', 'soonest.project_id')
        .select(['project_id', 'expires_at', 'attempt_at', 'domain', 'name'])
        .orderBy('at')
        .execute();
      return rows.map((row) => ({
        projectId: row.project_id,
        domain: row.domain ?? row.name,
        kind: row.attempt_at === null ? 'expiry' : 'renewal',
        at: row.attempt_at === null ? row.expires_at : later(row.attempt_at, query.from),
        expiresAt: row.expires_at,
      }));
    },

    async upcomingDays(query) {
      return upcoming(db, query)
        .select([
          sql<string>`substr(max(ifnull(attempt_at, expires_at), ${query.from}), 1, 10)`.as('day'),
          sql<number>`count(attempt_at)`.as('renewals'),
          sql<number>`count(*) - count(attempt_at)`.as('expiries'),
        ])
        .groupBy('day')
        .orderBy('day')
        .execute();
    },
  };
}

/** The last failed job of each project. The state stands in the text: SQLite takes the partial index only so. */
function lastFailedSeq(db: Kysely<Schema>, ids: Ids) {
  let last = db
    .selectFrom('jobs')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where(sql<boolean>`state = 'failed'`)
    .groupBy('project_id');
  if (ids !== null) last = last.where('project_id', 'in', [...ids]);
  return db.selectFrom(last.as('last')).innerJoin('jobs', 'jobs.seq', 'last.seq');
}

/** What renews itself by `to`, however long due; of the rest what expires within the window. */
function upcoming(db: Kysely<Schema>, { ids, from, to }: UpcomingQuery) {
  const query = db
    .selectFrom('listed_certificates')
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`ifnull(attempt_at, expires_at) <= ${to}`)
    .where((eb) => eb.or([eb('attempt_at', 'is not', null), eb('expires_at', '>', from)]));
  return ids === null ? query : query.where('project_id', 'in', [...ids]);
}

const later = (a: string, b: string): string => (a > b ? a : b);
