// DeploymentRunStore on SQLite. A run waits as long as it has a time for its next attempt.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DeploymentRunRecord } from '../engine/core/model-deploy.ts';
import type { DeploymentRunStore } from '../engine/core/stores/deployments.ts';
import { ofIds } from './project-filter.ts';
import type { Schema } from './schema.ts';
import type { DeploymentRunsTable } from './schema-deploy.ts';

/** The literal conditions of the partial indexes. */
const WAITING = sql<boolean>`next_attempt_at IS NOT NULL`;
const RUNNING = sql<boolean>`state = 'running'`;

export function createDeploymentRunStore(db: Kysely<Schema>): DeploymentRunStore {
  const select = () => db.selectFrom('deployment_runs').selectAll();
  return {
    async create(run) {
      await db.insertInto('deployment_runs').values(toRow(run)).execute();
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toRun(row);
    },
    async byIds(ids) {
      const rows = await select()
        .where(sql<boolean>`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
        .execute();
      return rows.map(toRun);
    },
    async list({ deploymentId, hostId, limit }) {
      let query = select().where('deployment_id', '=', deploymentId).orderBy('seq', 'desc').limit(limit);
      if (hostId !== undefined) query = query.where('host_id', '=', hostId);
      return (await query.execute()).map(toRun);
    },
    async unfinished({ deploymentId, projectId, hostId }) {
      const of = (condition: typeof WAITING) => {
        let query = select().where(condition);
        if (deploymentId !== undefined) query = query.where('deployment_id', '=', deploymentId);
        if (projectId !== undefined) query = query.where('project_id', '=', projectId);
        if (hostId !== undefined) query = query.where('host_id', '=', hostId);
        return query;
      };
      const rows = await of(WAITING).union(of(RUNNING)).orderBy('seq').execute();
      return rows.map(toRun);
    },
    async due(now, hostId) {
      let query = select().where(WAITING).where('next_attempt_at', '<=', now).orderBy('seq');
      if (hostId !== undefined) query = query.where('host_id', '=', hostId);
      return (await query.execute()).map(toRun);
    },
    async nextDue(now) {
      const { at } = await db
        .selectFrom('deployment_runs')
        .select((eb) => eb.fn.min('next_attempt_at').as('at'))
        .where(WAITING)
        .where('next_attempt_at', '>', now)
        .executeTakeFirstOrThrow();
      return at;
    },
    async running() {
      return (await select().where(RUNNING).orderBy('seq').execute()).map(toRun);
    },
    async unsettled(hostId) {
      const rows = await select()
        .where(sql<boolean>`unsettled = 1`)
        .where('host_id', '=', hostId)
        .orderBy('seq')
        .execute();
      return rows.map(toRun);
    },
    async unsettledHosts() {
      const rows = await db
        .selectFrom('deployment_runs')
        .innerJoin('deployments', 'deployments.id', 'deployment_runs.deployment_id')
        .select('host_id')
        .distinct()
        .where(sql<boolean>`unsettled = 1`)
        .where('next_attempt_at', 'is', null)
        .where('deployment_runs.state', '<>', 'running')
        .where('deployments.enabled', '=', 1)
        .execute();
      return rows.map(({ host_id }) => host_id);
    },
    async update(id, patch) {
      await db.updateTable('deployment_runs').set(toColumns(patch)).where('id', '=', id).execute();
    },
    async countByState(projectIds) {
      let query = db
        .selectFrom('deployment_runs')
        .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
        .groupBy('state');
      if (projectIds !== null) query = query.where(ofIds(projectIds));
      return new Map((await query.execute()).map(({ state, count }) => [state, count]));
    },
    async purgeUnchanged(finishedBefore) {
      const { numDeletedRows } = await db
        .deleteFrom('deployment_runs')
        .where('state', 'in', ['unchanged', 'cancelled'])
        .where('finished_at', '<', finishedBefore)
        .where('unsettled', '=', 0)
        .where(
          sql<boolean>`id NOT IN (SELECT run_id FROM deployment_targets
            WHERE deployment_targets.deployment_id = deployment_runs.deployment_id AND run_id IS NOT NULL)`,
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
    async forgetOutputs(finishedBefore) {
      const { numUpdatedRows } = await db
        .updateTable('deployment_runs')
        .set({
          steps: sql<string>`(SELECT json_group_array(json_set(value, '$.output', NULL)) FROM json_each(steps))`,
        })
        .where('finished_at', '<', finishedBefore)
        .where(sql<boolean>`EXISTS (SELECT 1 FROM json_each(steps) WHERE value ->> '$.output' IS NOT NULL)`)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
  };
}

function toRow(run: DeploymentRunRecord) {
  return {
    id: run.id,
    deployment_id: run.deploymentId,
    project_id: run.projectId,
    host_id: run.hostId,
    version_id: run.versionId,
    fingerprint: run.fingerprint,
    state: run.state,
    trigger: run.trigger,
    force: run.force ? 1 : 0,
    ignores_window: run.ignoresWindow ? 1 : 0,
    steps: JSON.stringify(run.steps),
    error: run.error && JSON.stringify(run.error),
    reload_owed: run.reloadOwed ? 1 : 0,
    attempts: run.attempts,
    unsettled: run.unsettled ? 1 : 0,
    seen_before: run.seenBefore && JSON.stringify(run.seenBefore),
    created_at: run.createdAt,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    next_attempt_at: run.nextAttemptAt,
  };
}

function toColumns(patch: Parameters<DeploymentRunStore['update']>[1]): Partial<ReturnType<typeof toRow>> {
  const { state, force, steps, error, reloadOwed, attempts, unsettled, seenBefore } = patch;
  const { ignoresWindow, startedAt, finishedAt, nextAttemptAt } = patch;
  return {
    ...(state === undefined ? {} : { state }),
    ...(force === undefined ? {} : { force: force ? 1 : 0 }),
    ...(ignoresWindow === undefined ? {} : { ignores_window: ignoresWindow ? 1 : 0 }),
    ...(steps === undefined ? {} : { steps: JSON.stringify(steps) }),
    ...(error === undefined ? {} : { error: error && JSON.stringify(error) }),
    ...(reloadOwed === undefined ? {} : { reload_owed: reloadOwed ? 1 : 0 }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(unsettled === undefined ? {} : { unsettled: unsettled ? 1 : 0 }),
    ...(seenBefore === undefined ? {} : { seen_before: seenBefore && JSON.stringify(seenBefore) }),
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
    ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    ...(nextAttemptAt === undefined ? {} : { next_attempt_at: nextAttemptAt }),
  };
}

function toRun(row: Selectable<DeploymentRunsTable>): DeploymentRunRecord {
  return {
    id: row.id,
    deploymentId: row.deployment_id,
    projectId: row.project_id,
    hostId: row.host_id,
    versionId: row.version_id,
    fingerprint: row.fingerprint,
    state: row.state,
    trigger: row.trigger,
    force: row.force === 1,
    ignoresWindow: row.ignores_window === 1,
    steps: JSON.parse(row.steps),
    error: row.error === null ? null : JSON.parse(row.error),
    reloadOwed: row.reload_owed === 1,
    attempts: row.attempts,
    unsettled: row.unsettled === 1,
    seenBefore: row.seen_before === null ? null : JSON.parse(row.seen_before),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    nextAttemptAt: row.next_attempt_at,
  };
}
