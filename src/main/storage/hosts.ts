// HostStore and HostCredentialStore on SQLite. The values of credentials are in the secret store.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { HostCredentialRecord, HostRecord } from '../engine/core/model-deploy.ts';
import type { HostCredentialStore, HostStore } from '../engine/core/stores/hosts.ts';
import type { Schema } from './schema.ts';
import type { HostCredentialsTable, HostsTable } from './schema-deploy.ts';

export function createHostStore(db: Kysely<Schema>): HostStore {
  const select = () => db.selectFrom('hosts').selectAll();
  return {
    async create(host) {
      await db.insertInto('hosts').values(toRow(host)).execute();
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toHost(row);
    },
    async list() {
      return (await select().orderBy('name').orderBy('id').execute()).map(toHost);
    },
    async withTag(tag) {
      const hasTag = sql<boolean>`EXISTS (SELECT 1 FROM json_each(hosts.tags) WHERE value = ${tag})`;
      return (await select().where(hasTag).orderBy('name').orderBy('id').execute()).map(toHost);
    },
    async update(id, patch) {
      const row = toColumns(patch);
      if (Object.keys(row).length > 0) await db.updateTable('hosts').set(row).where('id', '=', id).execute();
    },
    async delete(id) {
      await db.deleteFrom('hosts').where('id', '=', id).execute();
    },
    async behind(id) {
      return (await select().where('jump_host_id', '=', id).orderBy('name').execute()).map(toHost);
    },
  };
}

export function createHostCredentialStore(db: Kysely<Schema>): HostCredentialStore {
  const select = () => db.selectFrom('host_credentials').selectAll();
  return {
    async create({ id, name, kind, publicKey, createdAt, updatedAt }) {
      const stamps = { created_at: createdAt, updated_at: updatedAt };
      const row = { id, name, kind, public_key: toJson(publicKey), ...stamps };
      await db.insertInto('host_credentials').values(row).execute();
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toCredential(row);
    },
    async list() {
      return (await select().orderBy('name').orderBy('id').execute()).map(toCredential);
    },
    async update(id, { name, publicKey, updatedAt }) {
      await db
        .updateTable('host_credentials')
        .set({
          ...(name === undefined ? {} : { name }),
          ...(publicKey === undefined ? {} : { public_key: toJson(publicKey) }),
          ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
        })
        .where('id', '=', id)
        .execute();
    },
    async delete(id) {
      await db.deleteFrom('host_credentials').where('id', '=', id).execute();
    },
    async usedBy(id) {
      const rows = await db
        .selectFrom('hosts')
        .selectAll()
        .where('credential_id', '=', id)
        .orderBy('name')
        .execute();
      return rows.map(toHost);
    },
  };
}

const toJson = (value: object | null): string | null => value && JSON.stringify(value);

function toRow(host: HostRecord) {
  return {
    id: host.id,
    name: host.name,
    tags: JSON.stringify(host.tags),
    transport: host.transport,
    address: host.address,
    port: host.port,
    user: host.user,
    credential_id: host.credentialId,
    host_keys: JSON.stringify(host.hostKeys),
    jump_host_id: host.jumpHostId,
    become: host.become,
    saved_by: JSON.stringify(host.savedBy),
    created_at: host.createdAt,
    updated_at: host.updatedAt,
    last_contact_at: host.lastContactAt,
    last_error: host.lastError,
    changed_key: toJson(host.changedKey),
  };
}

const COLUMNS = {
  name: 'name',
  tags: 'tags',
  address: 'address',
  port: 'port',
  user: 'user',
  credentialId: 'credential_id',
  hostKeys: 'host_keys',
  jumpHostId: 'jump_host_id',
  become: 'become',
  savedBy: 'saved_by',
  updatedAt: 'updated_at',
  lastContactAt: 'last_contact_at',
  lastError: 'last_error',
  changedKey: 'changed_key',
} as const;

/** Only the columns of the fields that the patch has. */
function toColumns(patch: Parameters<HostStore['update']>[1]): Partial<ReturnType<typeof toRow>> {
  const entries = Object.entries(patch).flatMap(([field, value]) => {
    if (value === undefined) return [];
    const column = COLUMNS[field as keyof typeof COLUMNS];
    return [[column, typeof value === 'object' && value !== null ? JSON.stringify(value) : value]];
  });
  return Object.fromEntries(entries);
}

function toHost(row: Selectable<HostsTable>): HostRecord {
  return {
    id: row.id,
    name: row.name,
    tags: JSON.parse(row.tags),
    transport: row.transport,
    address: row.address,
    port: row.port,
    user: row.user,
    credentialId: row.credential_id,
    hostKeys: JSON.parse(row.host_keys),
    jumpHostId: row.jump_host_id,
    become: row.become,
    savedBy: JSON.parse(row.saved_by),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastContactAt: row.last_contact_at,
    lastError: row.last_error,
    changedKey: row.changed_key === null ? null : JSON.parse(row.changed_key),
  };
}

function toCredential(row: Selectable<HostCredentialsTable>): HostCredentialRecord {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    publicKey: row.public_key === null ? null : JSON.parse(row.public_key),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
