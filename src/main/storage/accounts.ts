// AccountStore on SQLite: one account per directory and e-mail address.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { AccountRecord } from '../engine/core/model.ts';
import type { AccountStore } from '../engine/core/stores/accounts.ts';
import type { Schema } from './schema.ts';

export function createAccountStore(db: Kysely<Schema>): AccountStore {
  return {
    async list() {
      const rows = await db
        .selectFrom('accounts')
        .selectAll()
        .select(({ selectFrom, fn }) =>
          selectFrom('certificates')
            .select(fn.countAll<number>().as('n'))
            .whereRef('account_id', '=', 'accounts.id')
            .where('superseded_at', 'is', null)
            .where('removed_at', 'is', null)
            .as('certificates'),
        )
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(({ certificates, ...row }) => ({
        account: toRecord(row),
        certificates: certificates ?? 0,
      }));
    },
    async find(directoryUrl, email) {
      const row = await db
        .selectFrom('accounts')
        .selectAll()
        .where('directory_url', '=', directoryUrl)
        .where((eb) => eb(eb.fn<string>('ifnull', ['email', eb.val('')]), '=', email ?? ''))
        .executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    async get(id) {
      const row = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    async create(account) {
      await db
        .insertInto('accounts')
        .values({
          id: account.id,
          directory_url: account.directoryUrl,
          email: account.email,
          url: account.url,
          key_sealed: account.keySealed,
          next_key_sealed: account.nextKeySealed ?? null,
          created_at: account.createdAt,
        })
        .execute();
    },
    async setUrl(id, url) {
      await db.updateTable('accounts').set({ url }).where('id', '=', id).execute();
    },
    async setKeys(id, { keySealed, nextKeySealed }) {
      const keys = { key_sealed: keySealed, next_key_sealed: nextKeySealed };
      await db.updateTable('accounts').set(keys).where('id', '=', id).execute();
    },
    async bound(id) {
      const { rows } = await sql<{
        projectId: string;
        domain: string;
        names: string;
        persist: number;
        locked: number;
      }>`SELECT * FROM (
          SELECT c.project_id AS projectId, c.domain, c.names,
            c.challenge_type IS 'dns-persist-01' AS persist,
            EXISTS (SELECT 1 FROM caa_locks AS l
              WHERE l.project_id = c.project_id AND l.state <> 'open') AS locked
          FROM certificates AS c
          WHERE c.account_id = ${id} AND c.superseded_at IS NULL AND c.removed_at IS NULL AND c.revoked_at IS NULL)
        WHERE persist OR locked ORDER BY domain`.execute(db);
      return rows.map(({ projectId, domain, names, persist, locked }) => ({
        projectId,
        domain,
        names: JSON.parse(names) as string[],
        hasPersistRecords: persist === 1,
        hasCaaLock: locked === 1,
      }));
    },
    async delete(id) {
      await db.deleteFrom('accounts').where('id', '=', id).execute();
    },
  };
}

function toRecord(row: Selectable<Schema['accounts']>): AccountRecord {
  return {
    id: row.id,
    directoryUrl: row.directory_url,
    email: row.email,
    url: row.url,
    keySealed: row.key_sealed,
    nextKeySealed: row.next_key_sealed,
    createdAt: row.created_at,
  };
}
