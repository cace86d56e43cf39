// ProjectStore on SQLite. Filters are in project-filter.ts, words in project-search.ts, pages in project-page.ts.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ProjectRecord } from '../engine/core/model.ts';
import type { ProjectQuery, ProjectStore } from '../engine/core/stores/projects.ts';
import { toCertificate } from './certificates.ts';
import { countProjects, listFacets } from './project-count.ts';
import { pageOf } from './project-page.ts';
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
          tags: JSON.stringify(project.tags),
          created_at: project.createdAt,
        })
        .execute();
    },
    async get(id) {
      const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toProject(row);
    },
    async ofDomain(domain) {
      const seqs = await db.selectFrom('listing').select('seq').where('domain', '=', domain).execute();
      const rows = await db
        .selectFrom('projects')
        .selectAll()
        .where(
          'seq',
          'in',
          seqs.map(({ seq }) => seq),
        )
        .orderBy('seq')
        .execute();
      return rows.map(toProject);
    },
    async idsWithTags(tags) {
      const { rows } = await sql<{ id: string }>`SELECT project_id AS id FROM listing WHERE seq IN (
        SELECT seq FROM project_tags WHERE tag IN (SELECT value FROM json_each(${JSON.stringify(tags)})))`.execute(
        db,
      );
      return rows.map(({ id }) => id);
    },
    async update(id, { name, domain, altNames, tags }) {
      const columns = {
        ...(name === undefined ? {} : { name }),
        ...(domain === undefined ? {} : { domain }),
        ...(altNames === undefined ? {} : { alt_names: JSON.stringify(altNames) }),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
      };
      if (Object.keys(columns).length === 0) return;
      await db.updateTable('projects').set(columns).where('id', '=', id).execute();
    },
    async delete(id) {
      await db.deleteFrom('projects').where('id', '=', id).execute();
    },
    list: (query) => list(db, query),
    count: (filter) => countProjects(db, filter),
    facets: (ids) => listFacets(db, ids),
  };
}

async function list(db: Kysely<Schema>, query: ProjectQuery): ReturnType<ProjectStore['list']> {
  const { seqs, nextCursor } = await pageOf(db, query);
  const rows = await db
    .selectFrom('projects')
    .selectAll()
    .where('seq', 'in', [...seqs])
    .execute();
  const projects = new Map(rows.map((row) => [row.seq, toProject(row)]));
  const certificates = await activeOf(
    db,
    rows.map(({ id }) => id),
  );
  return {
    items: seqs.flatMap((seq) => {
      const project = projects.get(seq);
      return project === undefined ? [] : [{ project, certificate: certificates.get(project.id) ?? null }];
    }),
    nextCursor,
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

export function toProject(row: Selectable<Schema['projects']>): ProjectRecord {
  return {
    id: row.id,
    name: row.name,
    domain: row.domain,
    altNames: JSON.parse(row.alt_names),
    tags: JSON.parse(row.tags),
    createdAt: row.created_at,
  };
}
