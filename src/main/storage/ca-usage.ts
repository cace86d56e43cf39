// CaUsageStore on SQLite: events that count for rate limits of CAs, for the length of the longest window.
import type { Kysely } from 'kysely';
import type { CaUsageStore } from '../engine/core/stores/ca-usage.ts';
import type { Schema } from './schema.ts';

export function createCaUsageStore(db: Kysely<Schema>): CaUsageStore {
  return {
    async note(records) {
      const rows = records.map(({ directoryUrl, ...rest }) => ({ ...rest, directory_url: directoryUrl }));
      if (rows.length > 0) await db.insertInto('ca_usage').values(rows).execute();
    },
    async times({ directoryUrl, kind, subject, since }) {
      const rows = await db
        .selectFrom('ca_usage')
        .select('at')
        .where('directory_url', '=', directoryUrl)
        .where('kind', '=', kind)
        .where('subject', '=', subject)
        .where('at', '>', since)
        .orderBy('at')
        .execute();
      return rows.map(({ at }) => at);
    },
    async most({ directoryUrl, kind, since, limit }) {
      return db
        .selectFrom('ca_usage')
        .select(({ fn }) => ['subject', fn.countAll<number>().as('used'), fn.min('at').as('oldest')])
        .where('directory_url', '=', directoryUrl)
        .where('kind', '=', kind)
        .where('at', '>', since)
        .groupBy('subject')
        .orderBy('used', 'desc')
        .limit(limit)
        .execute();
    },
    async deleteBefore(at) {
      await db.deleteFrom('ca_usage').where('at', '<', at).execute();
    },
  };
}
