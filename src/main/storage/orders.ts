// OrderStore on SQLite: the ACME order of a job, which is stored as long as it may have to be resumed or cleaned up.
import type { Kysely, Selectable } from 'kysely';
import type { OrderRecord } from '../engine/core/model.ts';
import type { OrderStore } from '../engine/core/stores/orders.ts';
import type { Schema } from './schema.ts';

export function createOrderStore(db: Kysely<Schema>): OrderStore {
  return {
    async get(jobId) {
      const row = await db.selectFrom('orders').selectAll().where('job_id', '=', jobId).executeTakeFirst();
      return row === undefined ? null : toOrder(row);
    },
    async put(order) {
      const columns = {
        account_id: order.accountId,
        directory_url: order.directoryUrl,
        key_sealed: order.keySealed,
        csr: order.csr,
        url: order.url,
        challenges: JSON.stringify(order.challenges),
        updated_at: order.updatedAt,
        finalized_at: order.finalizedAt,
        as_created: order.asCreated === null ? null : JSON.stringify(order.asCreated),
        spec: order.spec === null ? null : JSON.stringify(order.spec),
      };
      await db
        .insertInto('orders')
        .values({ job_id: order.jobId, ...columns })
        .onConflict((conflict) => conflict.column('job_id').doUpdateSet(columns))
        .execute();
    },
    async delete(jobId) {
      await db.deleteFrom('orders').where('job_id', '=', jobId).execute();
    },
    async all() {
      return (await db.selectFrom('orders').selectAll().execute()).map(toOrder);
    },
  };
}

function toOrder(row: Selectable<Schema['orders']>): OrderRecord {
  return {
    jobId: row.job_id,
    accountId: row.account_id,
    directoryUrl: row.directory_url,
    keySealed: row.key_sealed,
    csr: row.csr,
    url: row.url,
    challenges: JSON.parse(row.challenges),
    updatedAt: row.updated_at,
    finalizedAt: row.finalized_at,
    asCreated: row.as_created === null ? null : JSON.parse(row.as_created),
    spec: row.spec === null ? null : JSON.parse(row.spec),
  };
}
