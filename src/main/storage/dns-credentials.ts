// DnsCredentialStore on SQLite: names and providers only; the values are in the secret store.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DnsCredentialRecord } from '../engine/core/model.ts';
import type { DnsCredentialStore } from '../engine/core/stores/dns-credentials.ts';
import { toProject } from './projects.ts';
import type { Schema } from './schema.ts';

export function createDnsCredentialStore(db: Kysely<Schema>): DnsCredentialStore {
  return {
    async create(credential) {
      const { id, name, provider, savedBy, projectIds, zones, createdAt, updatedAt } = credential;
      const saved_by = JSON.stringify(savedBy);
      const limits = { project_ids: toJson(projectIds), zones: toJson(zones) };
      const stamps = { created_at: createdAt, updated_at: updatedAt };
      const row = { id, name, provider, saved_by, ...limits, ...stamps };
      await db.insertInto('dns_credentials').values(row).execute();
    },
    async get(id) {
      const row = await db.selectFrom('dns_credentials').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toCredential(row);
    },
    async list() {
      const rows = await db.selectFrom('dns_credentials').selectAll().orderBy('name').orderBy('id').execute();
      return rows.map(toCredential);
    },
    async update(id, { name, savedBy, projectIds, zones, updatedAt }) {
      await db
        .updateTable('dns_credentials')
        .set({
          ...(name === undefined ? {} : { name }),
          ...(savedBy === undefined ? {} : { saved_by: JSON.stringify(savedBy) }),
          ...(projectIds === undefined ? {} : { project_ids: toJson(projectIds) }),
          ...(zones === undefined ? {} : { zones: toJson(zones) }),
          ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
        })
        .where('id', '=', id)
        .execute();
    },
    async delete(id) {
      await db.deleteFrom('dns_credentials').where('id', '=', id).execute();
    },
    async usedBy(id) {
      const rows = await db
        .selectFrom('projects')
        .selectAll()
        .where(
          sql<boolean>`id IN (
            SELECT project_id FROM certificates
              WHERE superseded_at IS NULL AND removed_at IS NULL AND spec ->> 'dnsCredentialId' = ${id}
            UNION SELECT project_id FROM jobs
              WHERE state IN ('queued', 'running') AND input ->> '$.spec.dnsCredentialId' = ${id}
            UNION SELECT project_id FROM jobs JOIN orders ON orders.job_id = jobs.id
              WHERE input ->> '$.spec.dnsCredentialId' = ${id} AND EXISTS (
                SELECT 1 FROM json_each(orders.challenges) WHERE value ->> 'state' <> 'cleaned'))`,
        )
        .orderBy('seq')
        .execute();
      return rows.map(toProject);
    },
  };
}

const toJson = (list: readonly string[] | null): string | null => list && JSON.stringify(list);
const fromJson = (text: string | null): readonly string[] | null => (text === null ? null : JSON.parse(text));

function toCredential(row: Selectable<Schema['dns_credentials']>): DnsCredentialRecord {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    savedBy: JSON.parse(row.saved_by),
    projectIds: fromJson(row.project_ids),
    zones: fromJson(row.zones),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
