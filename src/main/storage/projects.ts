// ProjectStore on SQLite. Pages go by the number of creation, so that a page is never shifted by a new project.
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { CertdeskError } from '../engine/errors.ts';
import type { ProjectRecord } from '../engine/model.ts';
import type { ProjectQuery, ProjectStore } from '../engine/stores.ts';
import { toCertificate } from './certificates.ts';
import type { Schema } from './schema.ts';

export function createProjectStore(db: Kysely<Schema>): ProjectStore {
  return {
    async create(project) {
      await db
        .insertInto('projects')
        .values({
          id: project.id,
          name: project.name,
          domain: project.domain,
          alt_names: JSON.stringify(project.altNames),
          created_at: project.createdAt,
        })
        .execute();
    },
    async get(id) {
      const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toProject(row);
    },
    async update(id, { name, domain, altNames }) {
      const columns = {
        ...(name === undefined ? {} : { name }),
        ...(domain === undefined ? {} : { domain }),
        ...(altNames === undefined ? {} : { alt_names: JSON.stringify(altNames) }),
      };
      if (Object.keys(columns).length === 0) return;
      await db.updateTable('projects').set(columns).where('id', '=', id).execute();
    },
    async delete(id) {
      await db.deleteFrom('projects').where('id', '=', id).execute();
    },
    list: (query) => list(db, query),
  };
}

async function list(db: Kysely<Schema>, query: ProjectQuery): ReturnType<ProjectStore['list']> {
  const after = query.cursor === undefined ? 0 : fromCursor(query.cursor);
  const rows = await filtered(db, query)
    .selectAll('projects')
    .where('projects.seq', '>', after)
    .orderBy('projects.seq')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const certificates = await activeOf(
    db,
    page.map((row) => row.id),
  );
  return {
    items: page.map((row) => ({ project: toProject(row), certificate: certificates.get(row.id) ?? null })),
    nextCursor: rows.length > query.limit && last !== undefined ? toCursor(last.seq) : null,
  };
}

async function activeOf(db: Kysely<Schema>, projectIds: readonly string[]) {
  const rows = await db
    .selectFrom('certificates')
    .selectAll()
    .where('project_id', 'in', [...projectIds])
    .where('superseded_at', 'is', null)
    .where('removed_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.project_id, toCertificate(row)]));
}

type Joined = SelectQueryBuilder<Schema, 'projects' | 'certificates', object>;

function filtered(db: Kysely<Schema>, { q, status, ids, now, soon }: ProjectQuery): Joined {
  let query = db
    .selectFrom('projects')
    .leftJoin('certificates', (join) =>
      join
        .onRef('certificates.project_id', '=', 'projects.id')
        .on('certificates.superseded_at', 'is', null)
        .on('certificates.removed_at', 'is', null),
    ) as unknown as Joined;
  if (ids !== null) query = query.where('projects.id', 'in', [...ids]);
  if (q !== undefined && q !== '') {
    const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(
      sql<boolean>`(projects.name LIKE ${pattern} ESCAPE '\\' OR projects.domain LIKE ${pattern} ESCAPE '\\')`,
    );
  }
  if (status === 'none') return query.where('certificates.id', 'is', null);
  if (status === 'revoked') return query.where('certificates.revoked_at', 'is not', null);
  if (status === undefined) return query;
  query = query.where('certificates.id', 'is not', null).where('certificates.revoked_at', 'is', null);
  if (status === 'expired') return query.where('certificates.expires_at', '<=', now);
  if (status === 'valid') return query.where('certificates.expires_at', '>', soon);
  return query.where('certificates.expires_at', '>', now).where('certificates.expires_at', '<=', soon);
}

const toCursor = (seq: number): string => Buffer.from(`p${seq}`).toString('base64url');

function fromCursor(cursor: string): number {
  const match = /^p(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match !== null) return Number(match[1]);
  throw new CertdeskError('INVALID_REQUEST', 'cursor is not one that a page before has given', {
    field: 'cursor',
  });
}

export function toProject(row: Selectable<Schema['projects']>): ProjectRecord {
  return {
    id: row.id,
    name: row.name,
    domain: row.domain,
    altNames: JSON.parse(row.alt_names),
    createdAt: row.created_at,
  };
}
