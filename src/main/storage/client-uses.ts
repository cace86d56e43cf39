// ClientUseStore on SQLite. Triggers of migration 0037 make the endpoints due.
import type { Kysely } from 'kysely';
import type { ClientUseStore } from '../engine/core/stores/client-uses.ts';
import type { Schema } from './schema.ts';

export function createClientUseStore(db: Kysely<Schema>): ClientUseStore {
  return {
    async acknowledged(projectIds) {
      const rows = await db
        .selectFrom('client_use_acknowledgements')
        .selectAll()
        .where('project_id', 'in', projectIds)
        .execute();
      return rows.map(({ project_id, uses, at, by, note }) => ({
        projectId: project_id,
        uses: JSON.parse(uses),
        at,
        by,
        note,
      }));
    },
    async put({ projectId, uses, at, by, note }) {
      const row = { project_id: projectId, uses: JSON.stringify(uses), at, by, note };
      await db
        .insertInto('client_use_acknowledgements')
        .values(row)
        .onConflict((conflict) => conflict.column('project_id').doUpdateSet(row))
        .execute();
    },
    async delete(projectId) {
      await db.deleteFrom('client_use_acknowledgements').where('project_id', '=', projectId).execute();
    },
  };
}
