// CaaLockStore on SQLite.
import type { Kysely, Selectable } from 'kysely';
import type { CaaLockRecord, CaaLockStore } from '../engine/core/stores/caa-locks.ts';
import type { CaaLocksTable, Schema } from './schema.ts';

export function createCaaLockStore(db: Kysely<Schema>): CaaLockStore {
  const select = () => db.selectFrom('caa_locks').selectAll();
  return {
    async get(projectId) {
      const row = await select().where('project_id', '=', projectId).executeTakeFirst();
      return row === undefined ? null : toLock(row);
    },
    async put(lock) {
      const row = toRow(lock);
      await db
        .insertInto('caa_locks')
        .values(row)
        .onConflict((conflict) => conflict.column('project_id').doUpdateSet(row))
        .execute();
    },
    async update(lock) {
      await db.updateTable('caa_locks').set(toRow(lock)).where('project_id', '=', lock.projectId).execute();
    },
    async delete(projectId) {
      await db.deleteFrom('caa_locks').where('project_id', '=', projectId).execute();
    },
    async makeDue() {
      await db.updateTable('caa_locks').set({ next_check_at: '' }).execute();
    },
    async due(now, limit) {
      const rows = await select()
        .where('next_check_at', '<=', now)
        .orderBy('next_check_at')
        .limit(limit)
        .execute();
      return rows.map(toLock);
    },
    async forbidden() {
      return (await select().where('state', '=', 'forbidden').orderBy('project_id').execute()).map(toLock);
    },
  };
}

function toLock(row: Selectable<CaaLocksTable>): CaaLockRecord {
  return {
    projectId: row.project_id,
    state: row.state,
    message: row.message,
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
  };
}

function toRow({ projectId, state, message, checkedAt, nextCheckAt }: CaaLockRecord): CaaLocksTable {
  return { project_id: projectId, state, message, checked_at: checkedAt, next_check_at: nextCheckAt };
}
