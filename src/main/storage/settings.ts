// SettingStore on SQLite: JSON values by name.
import type { Kysely } from 'kysely';
import type { SettingStore } from '../engine/core/stores/settings.ts';
import type { Schema } from './schema.ts';

export function createSettingStore(db: Kysely<Schema>): SettingStore {
  return {
    async get(key) {
      const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : JSON.parse(row.value);
    },
    async set(key, value) {
      const text = JSON.stringify(value);
      await db
        .insertInto('settings')
        .values({ key, value: text })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: text }))
        .execute();
    },
  };
}
