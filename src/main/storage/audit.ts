// AuditStore on SQLite: returns rows unchanged, for the engine to verify.
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely';
import type { Actor, AuditRecord } from '../engine/core/model.ts';
import type { AuditQuery, AuditStore } from '../engine/core/stores/audit.ts';
import type { AuditTable, Schema } from './schema.ts';

export function createAuditStore(db: Kysely<Schema>): AuditStore {
  const select = () => db.selectFrom('audit').selectAll();
  return {
    async append({ seq, at, actor, operation, projectId, jobId, result, message, previous, hash }) {
      await db
        .insertInto('audit')
        .values({
          seq,
          at,
          actor_kind: actor.kind,
          actor_id: actor.id,
          actor_name: actor.name,
          address: actor.address,
          operation,
          project_id: projectId,
          job_id: jobId,
          result,
          message,
          previous,
          hash,
        })
        .execute();
    },
    async lastSeq() {
      const row = await db
        .selectFrom('audit')
        .select('seq')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.seq ?? 0;
    },
    async after(seq, limit) {
      const rows = await select().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
      return rows.map(toRecord);
    },
    async deleteUpTo(seq) {
      await db.deleteFrom('audit').where('seq', '<=', seq).execute();
    },
    async firstOfJob(jobId) {
      const row = await select().where('job_id', '=', jobId).orderBy('seq').limit(1).executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    async list(query) {
      const rows = await filtered(select(), query).orderBy('seq', 'desc').limit(query.limit).execute();
      return rows.map(toRecord);
    },
  };
}

type Query = SelectQueryBuilder<Schema, 'audit', Selectable<AuditTable>>;

function filtered(all: Query, { before, project, actor, operation, result, from, to }: AuditQuery): Query {
  let query = all;
  if (before !== null) query = query.where('seq', '<', before);
  if (project !== undefined) query = query.where('project_id', '=', project);
  if (actor !== undefined)
    query = query.where((eb) =>
      eb.or([eb('actor_id', '=', actor), eb('actor_name', '=', actor), eb('actor_kind', '=', actor)]),
    );
  if (operation !== undefined)
    query = query.where((eb) =>
      // `certificates` matches `certificates.obtain` and others; '/' sorts right after '.' and occurs in no name.
      eb.or([
        eb('operation', '=', operation),
        eb.and([eb('operation', '>', `${operation}.`), eb('operation', '<', `${operation}/`)]),
      ]),
    );
  if (result === 'failed') query = query.where('result', '!=', 'ok');
  else if (result !== undefined) query = query.where('result', '=', result);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  return query;
}

function toRecord(row: Selectable<AuditTable>): AuditRecord {
  return {
    seq: row.seq,
    at: row.at,
    actor: {
      kind: row.actor_kind as Actor['kind'],
      id: row.actor_id,
      name: row.actor_name,
      address: row.address,
    },
    operation: row.operation,
    projectId: row.project_id,
    jobId: row.job_id,
    result: row.result,
    message: row.message,
    previous: row.previous,
    hash: row.hash,
  };
}
