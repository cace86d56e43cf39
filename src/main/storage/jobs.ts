// JobStore on SQLite. A unique index ensures that a project has at most one unfinished job.
import { type Kysely, type Selectable, sql } from 'kysely';
import { CertdeskError } from '../engine/core/errors.ts';
import type { JobRecord } from '../engine/core/model.ts';
import type { JobStore } from '../engine/core/stores/jobs.ts';
import { isUniqueViolation } from './constraints.ts';
import { ofIds } from './project-filter.ts';
import type { JobsTable, Schema } from './schema.ts';

/**
 * The literal condition of the partial index `jobs_unfinished`. With parameters, SQLite would scan the table instead.
 */
const UNFINISHED = sql<boolean>`state IN ('queued', 'running')`;

export function createJobStore(db: Kysely<Schema>): JobStore {
  const select = () => db.selectFrom('jobs').selectAll();
  const unfinished: JobStore['unfinished'] = async (projectId) => {
    let query = select().where(UNFINISHED).orderBy('seq');
    if (projectId !== undefined) query = query.where('project_id', '=', projectId);
    return (await query.execute()).map(toJob);
  };
  return {
    unfinished,
    async create(job) {
      try {
        await db.insertInto('jobs').values(toRow(job)).execute();
      } catch (error) {
        if (isUniqueViolation(error, 'jobs.idempotency_key'))
          throw new CertdeskError('IDEMPOTENCY_KEY_REUSED');
        if (!isUniqueViolation(error, 'jobs.project_id')) throw error;
        const [other] = await unfinished(job.projectId);
        throw new CertdeskError(
          'OPERATION_IN_PROGRESS',
          `Another job for this project is running (${other?.input.kind ?? 'just finished'}). Wait until it finishes`,
          { jobId: other?.id ?? null },
        );
      }
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toJob(row);
    },
    async update(id, { state, step, result, error, startedAt, finishedAt, uncleanEnds, heldUntil }) {
      await db
        .updateTable('jobs')
        .set({
          ...(state === undefined ? {} : { state }),
          ...(step === undefined ? {} : { step }),
          ...(result === undefined ? {} : { result: JSON.stringify(result) }),
          ...(error === undefined ? {} : { error: JSON.stringify(error) }),
          ...(startedAt === undefined ? {} : { started_at: startedAt }),
          ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
          ...(uncleanEnds === undefined ? {} : { unclean_ends: uncleanEnds }),
          ...(heldUntil === undefined ? {} : { held_until: heldUntil }),
        })
        .where('id', '=', id)
        .execute();
    },
    async list({ projectId, projectIds, limit }) {
      let query = select().orderBy('seq', 'desc').limit(limit);
      if (projectId !== undefined) query = query.where('project_id', '=', projectId);
      if (projectIds !== null) query = query.where(ofIds(projectIds));
      return (await query.execute()).map(toJob);
    },
    async byIdempotencyKey(key) {
      const row = await select().where('idempotency_key', '=', key).executeTakeFirst();
      return row === undefined ? null : toJob(row);
    },
  };
}

function toRow(job: JobRecord) {
  return {
    id: job.id,
    project_id: job.projectId,
    state: job.state,
    step: job.step,
    input: JSON.stringify(job.input),
    result: JSON.stringify(job.result),
    error: job.error === null ? null : JSON.stringify(job.error),
    requested_by: job.requestedBy,
    idempotency_key: job.idempotencyKey,
    request_hash: job.requestHash,
    created_at: job.createdAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    unclean_ends: job.uncleanEnds,
    held_until: job.heldUntil,
  };
}

export function toJob(row: Selectable<JobsTable>): JobRecord {
  return {
    id: row.id,
    projectId: row.project_id,
    state: row.state,
    step: row.step,
    input: JSON.parse(row.input),
    result: row.result === null ? null : JSON.parse(row.result),
    error: row.error === null ? null : JSON.parse(row.error),
    requestedBy: row.requested_by,
    idempotencyKey: row.idempotency_key,
    requestHash: row.request_hash,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    uncleanEnds: row.unclean_ends,
    heldUntil: row.held_until,
  };
}
