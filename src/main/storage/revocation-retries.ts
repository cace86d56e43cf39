// RevocationRetryStore on SQLite.
import type { Kysely, Selectable } from 'kysely';
import type {
  RevocationRetryRecord,
  RevocationRetryStore,
} from '../engine/core/stores/revocation-retries.ts';
import type { RevocationRetriesTable, Schema } from './schema.ts';

export function createRevocationRetryStore(db: Kysely<Schema>): RevocationRetryStore {
  const select = () => db.selectFrom('revocation_retries').selectAll();
  return {
    async get(certificateId) {
      const row = await select().where('certificate_id', '=', certificateId).executeTakeFirst();
      return row === undefined ? null : toRetry(row);
    },
    async put(retry) {
      const row = toRow(retry);
      await db
        .insertInto('revocation_retries')
        .values(row)
        .onConflict((conflict) => conflict.column('certificate_id').doUpdateSet(row))
        .execute();
    },
    async delete(certificateId) {
      await db.deleteFrom('revocation_retries').where('certificate_id', '=', certificateId).execute();
    },
    async list(projectIds) {
      const visible = projectIds === null ? select() : select().where('project_id', 'in', projectIds);
      return (await visible.orderBy('next_attempt_at').execute()).map(toRetry);
    },
  };
}

function toRetry(row: Selectable<RevocationRetriesTable>): RevocationRetryRecord {
  return {
    certificateId: row.certificate_id,
    projectId: row.project_id,
    reason: row.reason,
    expiresAt: row.expires_at,
    failures: row.failures,
    nextAttemptAt: row.next_attempt_at,
    lastAttemptAt: row.last_attempt_at,
    lastError: row.last_error,
    lastErrorCode: row.last_error_code,
  };
}

function toRow(retry: RevocationRetryRecord): RevocationRetriesTable {
  return {
    certificate_id: retry.certificateId,
    project_id: retry.projectId,
    reason: retry.reason,
    expires_at: retry.expiresAt,
    failures: retry.failures,
    next_attempt_at: retry.nextAttemptAt,
    last_attempt_at: retry.lastAttemptAt,
    last_error: retry.lastError,
    last_error_code: retry.lastErrorCode,
  };
}
