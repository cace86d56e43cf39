// SessionStore on SQLite: stores only hashes; creating a link deletes expired ones.
import type { Kysely, Selectable } from 'kysely';
import type { SessionRecord } from '../engine/core/model.ts';
import type { SessionStore } from '../engine/core/stores/sessions.ts';
import type { Schema } from './schema.ts';

export function createSessionStore(db: Kysely<Schema>): SessionStore {
  return {
    async createLink({ hash, expiresAt }) {
      await db.insertInto('login_links').values({ hash, expires_at: expiresAt }).execute();
    },
    async useLink(hash, now) {
      // A single statement, so that only one of two concurrent uses of a link succeeds.
      const used = await db
        .deleteFrom('login_links')
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return used.numDeletedRows === 1n;
    },
    async create(session) {
      await db
        .insertInto('sessions')
        .values({
          id: session.id,
          cookie_hash: session.cookieHash,
          page_hash: session.pageHash,
          name: session.name,
          address: session.address,
          created_at: session.createdAt,
          expires_at: session.expiresAt,
          last_active_at: session.lastActiveAt,
          proof_at: session.proofAt,
        })
        .execute();
    },
    async byCookieHash(hash) {
      const row = await db
        .selectFrom('sessions')
        .selectAll()
        .where('cookie_hash', '=', hash)
        .executeTakeFirst();
      return row === undefined ? null : toSession(row);
    },
    async list(now) {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('expires_at', '>', now)
        .orderBy('seq')
        .execute();
      return rows.map(toSession);
    },
    async all() {
      const rows = await db.selectFrom('sessions').selectAll().orderBy('seq').execute();
      return rows.map(toSession);
    },
    async update(id, { lastActiveAt, proofAt, expiresAt }) {
      await db
        .updateTable('sessions')
        .set({
          ...(lastActiveAt === undefined ? {} : { last_active_at: lastActiveAt }),
          ...(proofAt === undefined ? {} : { proof_at: proofAt }),
          ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
        })
        .where('id', '=', id)
        .execute();
    },
    async delete(id) {
      await db.deleteFrom('sessions').where('id', '=', id).execute();
    },
    async deleteExpiredLinks(now) {
      await db.deleteFrom('login_links').where('expires_at', '<=', now).execute();
    },
    async deleteAll() {
      await db.deleteFrom('login_links').execute();
      await db.deleteFrom('sessions').execute();
    },
  };
}

function toSession(row: Selectable<Schema['sessions']>): SessionRecord {
  return {
    id: row.id,
    cookieHash: row.cookie_hash,
    pageHash: row.page_hash,
    name: row.name,
    address: row.address,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastActiveAt: row.last_active_at,
    proofAt: row.proof_at,
  };
}
