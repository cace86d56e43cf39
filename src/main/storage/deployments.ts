// DeploymentStore on SQLite: deployments, their hosts, and the paths that they claim there.
import { type Kysely, type Selectable, sql } from 'kysely';
import { DEPLOYED_STATES, type DeployedState } from '../../shared/deployment.ts';
import { invalid } from '../engine/core/invalid.ts';
import type { DeploymentRecord } from '../engine/core/model-deploy.ts';
import type { DeploymentFilter, DeploymentStore } from '../engine/core/stores/deployments.ts';
import type { Schema } from './schema.ts';
import type { DeploymentsTable } from './schema-deploy.ts';

export function createDeploymentStore(db: Kysely<Schema>): DeploymentStore {
  const select = () => db.selectFrom('deployments').selectAll();
  const all = async (query: ReturnType<typeof select>) => (await query.execute()).map(toDeployment);
  return {
    ...createTargets(db),
    async create(deployment) {
      await db.insertInto('deployments').values(toRow(deployment)).execute();
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toDeployment(row);
    },
    ofProject: (projectId) => all(select().where('project_id', '=', projectId).orderBy('seq')),
    ofTags: (tags) =>
      tags.length === 0
        ? Promise.resolve([])
        : all(
            select()
              .where('tag', 'in', [...tags])
              .orderBy('seq'),
          ),
    async list({ state, limit, cursor, ...filter }) {
      const after = cursor === undefined ? null : readCursor(cursor);
      let query = filtered(select(), filter)
        .orderBy('name')
        .orderBy('seq')
        .limit(limit + 1);
      if (state !== undefined) query = query.where('state', '=', state);
      if (after !== null) query = query.where(sql<boolean>`(name, seq) > (${after.name}, ${after.seq})`);
      const rows = await query.execute();
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return { items: page.map(toDeployment), nextCursor: more ? toCursor(last) : null };
    },
    async count(filter) {
      const rows = await filtered(
        db
          .selectFrom('deployments')
          .select(['state', (eb) => eb.fn.countAll<number>().as('count')])
          .groupBy('state'),
        filter,
      ).execute();
      const counts = new Map(rows.map((row) => [row.state, row.count]));
      return Object.fromEntries(DEPLOYED_STATES.map((state) => [state, counts.get(state) ?? 0])) as Record<
        DeployedState,
        number
      >;
    },
    async states(projectIds) {
      let query = db.selectFrom('deployments').select(['project_id', 'state', 'state_at', 'waiting']);
      if (projectIds !== null) query = query.where(ofProjects(projectIds));
      const rows = await query.execute();
      return rows.map((row) => ({
        projectId: row.project_id,
        state: row.state,
        stateAt: row.state_at,
        waiting: row.waiting === null ? null : JSON.parse(row.waiting),
      }));
    },
    inStates: (states) =>
      all(
        select()
          .where('state', 'in', [...states])
          .orderBy('state_at'),
      ),
    withSecret: (credentialId) =>
      all(
        select().where(
          sql<boolean>`EXISTS (SELECT 1 FROM json_each(files) WHERE value ->> '$.passwordCredentialId' = ${credentialId})
            OR options ->> '$.credentialId' = ${credentialId}
            OR EXISTS (SELECT 1 FROM json_each(steps, '$.environment') WHERE value ->> '$.credentialId' = ${credentialId})`,
        ),
      ),
    async update(id, patch) {
      const row = toColumns(patch);
      if (Object.keys(row).length > 0)
        await db.updateTable('deployments').set(row).where('id', '=', id).execute();
    },
    async delete(id) {
      await db.deleteFrom('deployments').where('id', '=', id).execute();
    },
    async pauseAll(by, at) {
      const { numUpdatedRows } = await db
        .updateTable('deployments')
        .set({ enabled: 0, paused_by: by, state: 'paused', waiting: null, state_at: at })
        .where('enabled', '=', 1)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
  };
}

type Targets = Pick<
  DeploymentStore,
  | 'targets'
  | 'targetsOnHost'
  | 'countByHost'
  | 'addTarget'
  | 'setLastRun'
  | 'removeTarget'
  | 'forgetGenerations'
  | 'generationsToForget'
  | 'setForgetAt'
  | 'claimsOn'
  | 'claim'
  | 'releaseClaims'
>;

function createTargets(db: Kysely<Schema>): Targets {
  const select = () => db.selectFrom('deployment_targets').selectAll();
  const all = async (query: ReturnType<typeof select>) =>
    (await query.execute()).map((row) => ({
      deploymentId: row.deployment_id,
      hostId: row.host_id,
      runId: row.run_id,
    }));
  const releaseClaims: Targets['releaseClaims'] = async (deploymentId, hostId) => {
    await db
      .deleteFrom('deployment_claims')
      .where('deployment_id', '=', deploymentId)
      .where('host_id', '=', hostId)
      .execute();
  };
  return {
    releaseClaims,
    targets: (ids) =>
      all(
        select().where(sql<boolean>`deployment_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`),
      ),
    targetsOnHost: (hostId) => all(select().where('host_id', '=', hostId)),
    async countByHost() {
      const rows = await db
        .selectFrom('deployment_targets')
        .select(['host_id', (eb) => eb.fn.countAll<number>().as('count')])
        .groupBy('host_id')
        .execute();
      return new Map(rows.map((row) => [row.host_id, row.count]));
    },
    async addTarget({ deploymentId, hostId, runId }) {
      await db
        .insertInto('deployment_targets')
        .values({ deployment_id: deploymentId, host_id: hostId, run_id: runId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async setLastRun({ deploymentId, hostId, runId }) {
      await db
        .updateTable('deployment_targets')
        .set({ run_id: runId })
        .where('deployment_id', '=', deploymentId)
        .where('host_id', '=', hostId)
        .execute();
    },
    async removeTarget({ deploymentId, hostId }) {
      await releaseClaims(deploymentId, hostId);
      await db
        .deleteFrom('deployment_targets')
        .where('deployment_id', '=', deploymentId)
        .where('host_id', '=', hostId)
        .execute();
    },
    async forgetGenerations(deploymentId, at) {
      await db
        .updateTable('deployment_targets')
        .set({ forget_at: at })
        .where('deployment_id', '=', deploymentId)
        .execute();
    },
    async generationsToForget(now) {
      const rows = await db
        .selectFrom('deployment_targets')
        .select(['deployment_id', 'host_id'])
        .where(sql<boolean>`forget_at IS NOT NULL`)
        .where('forget_at', '<=', now)
        .execute();
      return rows.map((row) => ({ deploymentId: row.deployment_id, hostId: row.host_id }));
    },
    async setForgetAt({ deploymentId, hostId }, at) {
      await db
        .updateTable('deployment_targets')
        .set({ forget_at: at })
        .where('deployment_id', '=', deploymentId)
        .where('host_id', '=', hostId)
        .execute();
    },
    async claimsOn(hostId) {
      const rows = await db
        .selectFrom('deployment_claims')
        .selectAll()
        .where('host_id', '=', hostId)
        .execute();
      return rows.map((row) => ({ hostId, path: row.path, deploymentId: row.deployment_id }));
    },
    async claim({ hostId, path, deploymentId }) {
      const of = db.selectFrom('deployment_claims').select('deployment_id');
      const other = await of.where('host_id', '=', hostId).where('path', '=', path).executeTakeFirst();
      if (other !== undefined) return other.deployment_id === deploymentId ? null : other.deployment_id;
      await db
        .insertInto('deployment_claims')
        .values({ host_id: hostId, path, deployment_id: deploymentId })
        .execute();
      return null;
    },
  };
}

const ofProjects = (ids: readonly string[]) =>
  sql<boolean>`project_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** Adds the conditions of a filter to a query on `deployments`. */
function filtered<Q extends { where(condition: ReturnType<typeof ofProjects>): Q }>(
  query: Q,
  { projectIds, projectId, hostId, q = '' }: DeploymentFilter,
): Q {
  const text = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    ...(projectIds === null ? [] : [ofProjects(projectIds)]),
    ...(projectId === undefined ? [] : [sql<boolean>`project_id = ${projectId}`]),
    ...(hostId === undefined
      ? []
      : [sql<boolean>`id IN (SELECT deployment_id FROM deployment_targets WHERE host_id = ${hostId})`]),
    ...(q === ''
      ? []
      : [
          sql<boolean>`(name LIKE ${text} ESCAPE '\\' OR project_id IN (
            SELECT id FROM projects WHERE name LIKE ${text} ESCAPE '\\' OR domain LIKE ${text} ESCAPE '\\'))`,
        ]),
  ];
  return conditions.reduce((built, condition) => built.where(condition), query);
}

interface Position {
  readonly name: string;
  readonly seq: number;
}

const toCursor = ({ name, seq }: Position): string =>
  Buffer.from(JSON.stringify([name, seq])).toString('base64url');

function readCursor(cursor: string): Position {
  try {
    const [name, seq] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof name === 'string' && Number.isSafeInteger(seq)) return { name, seq };
  } catch {
    // reported below
  }
  throw invalid('cursor', 'is not a cursor of a previous page');
}

function toRow(deployment: DeploymentRecord) {
  return {
    id: deployment.id,
    project_id: deployment.projectId,
    name: deployment.name,
    kind: deployment.kind,
    recipe: deployment.recipe,
    hosts: JSON.stringify(deployment.hosts),
    enabled: deployment.enabled ? 1 : 0,
    paused_by: deployment.pausedBy,
    files: JSON.stringify(deployment.files),
    command: deployment.command && JSON.stringify(deployment.command),
    script_sealed: deployment.scriptSealed,
    steps: JSON.stringify(deployment.steps),
    verify: deployment.verify && JSON.stringify(deployment.verify),
    window: deployment.window && JSON.stringify(deployment.window),
    waiting: deployment.waiting && JSON.stringify(deployment.waiting),
    after_id: deployment.after,
    rollout: JSON.stringify(deployment.rollout),
    options: JSON.stringify(deployment.options),
    saved_sealed: deployment.savedSealed,
    state: deployment.state,
    state_at: deployment.stateAt,
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
  };
}

function toColumns(patch: Parameters<DeploymentStore['update']>[1]): Partial<ReturnType<typeof toRow>> {
  const { name, hosts, enabled, pausedBy, files, command, scriptSealed, steps, verify } = patch;
  const { window, waiting, after, rollout, options, savedSealed, state, stateAt, updatedAt } = patch;
  return {
    ...(name === undefined ? {} : { name }),
    ...(hosts === undefined ? {} : { hosts: JSON.stringify(hosts) }),
    ...(enabled === undefined ? {} : { enabled: enabled ? 1 : 0 }),
    ...(pausedBy === undefined ? {} : { paused_by: pausedBy }),
    ...(files === undefined ? {} : { files: JSON.stringify(files) }),
    ...(command === undefined ? {} : { command: command && JSON.stringify(command) }),
    ...(scriptSealed === undefined ? {} : { script_sealed: scriptSealed }),
    ...(steps === undefined ? {} : { steps: JSON.stringify(steps) }),
    ...(verify === undefined ? {} : { verify: verify && JSON.stringify(verify) }),
    ...(window === undefined ? {} : { window: window && JSON.stringify(window) }),
    ...(waiting === undefined ? {} : { waiting: waiting && JSON.stringify(waiting) }),
    ...(after === undefined ? {} : { after_id: after }),
    ...(rollout === undefined ? {} : { rollout: JSON.stringify(rollout) }),
    ...(options === undefined ? {} : { options: JSON.stringify(options) }),
    ...(savedSealed === undefined ? {} : { saved_sealed: savedSealed }),
    ...(state === undefined ? {} : { state }),
    ...(stateAt === undefined ? {} : { state_at: stateAt }),
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
  };
}

function toDeployment(row: Selectable<DeploymentsTable>): DeploymentRecord {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    kind: row.kind,
    recipe: row.recipe,
    hosts: JSON.parse(row.hosts),
    enabled: row.enabled === 1,
    pausedBy: row.paused_by,
    files: JSON.parse(row.files),
    command: row.command === null ? null : JSON.parse(row.command),
    scriptSealed: row.script_sealed,
    steps: JSON.parse(row.steps),
    verify: row.verify === null ? null : JSON.parse(row.verify),
    window: row.window === null ? null : JSON.parse(row.window),
    waiting: row.waiting === null ? null : JSON.parse(row.waiting),
    after: row.after_id,
    rollout: JSON.parse(row.rollout),
    options: JSON.parse(row.options),
    savedSealed: row.saved_sealed,
    state: row.state,
    stateAt: row.state_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
