// PersistRecordStore on SQLite. The index `certificates_persist` has the certificates whose records are checked.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { PersistCheckRecord, PersistRecordStore } from '../engine/core/stores/persist-records.ts';
import type { PersistRecordsTable, Schema } from './schema.ts';

/** The literal lets SQLite use the partial index. */
const USED = sql`certificates AS c INDEXED BY certificates_persist
  WHERE c.superseded_at IS NULL AND c.removed_at IS NULL AND c.revoked_at IS NULL
    AND c.challenge_type = 'dns-persist-01'`;

export function createPersistRecordStore(db: Kysely<Schema>): PersistRecordStore {
  const select = () => db.selectFrom('persist_records').selectAll();
  return {
    async get(projectId) {
      const row = await select().where('project_id', '=', projectId).executeTakeFirst();
      return row === undefined ? null : toCheck(row);
    },
    async put(check) {
      const row = toRow(check);
      await db
        .insertInto('persist_records')
        .values(row)
        .onConflict((conflict) => conflict.column('project_id').doUpdateSet(row))
        .execute();
    },
    async makeDue() {
      await db.updateTable('persist_records').set({ next_check_at: '' }).execute();
    },
    async due(now, limit) {
      const { rows } = await sql<{ projectId: string }>`
        SELECT c.project_id AS projectId FROM ${USED} AND NOT EXISTS (
          SELECT 1 FROM persist_records AS r
          WHERE r.project_id = c.project_id AND r.certificate_id = c.id AND r.next_check_at > ${now})
        LIMIT ${limit}`.execute(db);
      return rows.map(({ projectId }) => projectId);
    },
    async deleteUnused() {
      await sql`DELETE FROM persist_records
        WHERE project_id NOT IN (SELECT c.project_id FROM ${USED})`.execute(db);
    },
    async alarmed() {
      const { rows } = await sql<Selectable<PersistRecordsTable> & { by_hand: number }>`
        SELECT *, EXISTS (
            SELECT 1 FROM ${USED} AND c.id = r.certificate_id AND c.provider IN ('manual', 'dns-persist-01')
          ) AS by_hand
        FROM persist_records AS r INDEXED BY persist_records_alarmed
        WHERE r.state NOT IN ('valid', 'unknown') ORDER BY r.project_id`.execute(db);
      return rows.map((row) => ({ ...toCheck(row), byHand: row.by_hand === 1 }));
    },
  };
}

function toCheck(row: Selectable<PersistRecordsTable>): PersistCheckRecord {
  return {
    projectId: row.project_id,
    certificateId: row.certificate_id,
    state: row.state,
    message: row.message,
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
  };
}

function toRow(check: PersistCheckRecord): PersistRecordsTable {
  const { projectId, certificateId, state, message, checkedAt, nextCheckAt } = check;
  return {
    project_id: projectId,
    certificate_id: certificateId,
    state,
    message,
    checked_at: checkedAt,
    next_check_at: nextCheckAt,
  };
}
