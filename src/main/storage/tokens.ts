// TokenStore on SQLite: stores only hashes, never the tokens.
import type { Kysely, Selectable } from 'kysely';
import type { TokenRecord } from '../engine/core/model.ts';
import type { TokenStore } from '../engine/core/stores/tokens.ts';
import type { Schema } from './schema.ts';

export function createTokenStore(db: Kysely<Schema>): TokenStore {
  const select = () => db.selectFrom('tokens').selectAll();
  return {
    async create(token) {
      await db
        .insertInto('tokens')
        .values({
          id: token.id,
          name: token.name,
          hash: token.hash,
          scopes: JSON.stringify(token.scopes),
          project_ids: token.projectIds === null ? null : JSON.stringify(token.projectIds),
          tags: JSON.stringify(token.tags),
          created_at: token.createdAt,
          expires_at: token.expiresAt,
          last_used_at: token.lastUsedAt,
          revoked_at: token.revokedAt,
        })
        .execute();
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toToken(row);
    },
    async byHash(hash) {
      const row = await select().where('hash', '=', hash).executeTakeFirst();
      return row === undefined ? null : toToken(row);
    },
    async list() {
      return (await select().orderBy('seq').execute()).map(toToken);
    },
    async update(id, { lastUsedAt, revokedAt }) {
      await db
        .updateTable('tokens')
        .set({
          ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt }),
          ...(revokedAt === undefined ? {} : { revoked_at: revokedAt }),
        })
        .where('id', '=', id)
        .execute();
    },
  };
}

export function toToken(row: Selectable<Schema['tokens']>): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    scopes: JSON.parse(row.scopes),
    projectIds: row.project_ids === null ? null : JSON.parse(row.project_ids),
    tags: JSON.parse(row.tags),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
