// EventStore on SQLite: events in the order of their commits.
import type { Kysely, Selectable } from 'kysely';
import type { EventRecord } from '../engine/core/model.ts';
import type { EventStore } from '../engine/core/stores/events.ts';
import { ofIds } from './project-filter.ts';
import type { EventsTable, Schema } from './schema.ts';

export function createEventStore(db: Kysely<Schema>): EventStore {
  return {
    async append(event) {
      const row = await db
        .insertInto('events')
        .values({
          at: event.at,
          kind: event.kind,
          project_id: event.projectId,
          job_id: event.jobId,
          message: event.message,
          data: JSON.stringify(event.data),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { ...event, id: row.id };
    },
    async list({ after, jobId, limit }) {
      let query = db.selectFrom('events').selectAll().orderBy('id').limit(limit);
      if (after !== undefined) query = query.where('id', '>', after);
      if (jobId !== undefined) query = query.where('job_id', '=', jobId);
      return (await query.execute()).map(toEvent);
    },
    async lastId() {
      const row = await db
        .selectFrom('events')
        .select('id')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id ?? 0;
    },
    async latest({ without, projectIds, limit }) {
      let query = db
        .selectFrom('events')
        .selectAll()
        .where('kind', 'not in', [...without])
        .orderBy('id', 'desc')
        .limit(limit);
      if (projectIds !== null) query = query.where(ofIds(projectIds));
      return (await query.execute()).map(toEvent);
    },
    async deleteBefore(at) {
      const result = await db.deleteFrom('events').where('at', '<', at).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function toEvent(row: Selectable<EventsTable>): EventRecord {
  return {
    id: row.id,
    at: row.at,
    kind: row.kind,
    projectId: row.project_id,
    jobId: row.job_id,
    message: row.message,
    data: JSON.parse(row.data),
  };
}
