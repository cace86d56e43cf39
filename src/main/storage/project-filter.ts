// What a list of projects is narrowed to, as SQL, and how many that leaves. Certificates are seen through the view
// `listed_certificates`, that is through its index (migration 0003).
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { ProjectFacets } from '../../shared/project.ts';
import type { ProjectFilter, ProjectStore } from '../engine/stores.ts';
import type { Schema } from './schema.ts';

type Condition = Expression<SqlBool>;
type Projects = ExpressionBuilder<Schema, 'projects'>;
type Listed = ExpressionBuilder<Schema, 'listed_certificates'>;

/** On columns of `projects`. */
export function ofProject(eb: Projects, { q = '', ids }: ProjectFilter): readonly Condition[] {
  const conditions: Condition[] = ids === null ? [] : [eb('projects.id', 'in', [...ids])];
  if (q !== '') conditions.push(mentions(q));
  return conditions;
}

/** Further names are JSON: they are looked through only for what can stand in a name, not for its brackets. */
function mentions(q: string): Condition {
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  const altNames = /^[\w.*-]+$/.test(q) ? sql`OR projects.alt_names LIKE ${pattern} ESCAPE '\\'` : sql``;
  return sql<boolean>`(projects.name LIKE ${pattern} ESCAPE '\\' OR projects.domain LIKE ${pattern} ESCAPE '\\' ${altNames})`;
}

/** On columns of `listed_certificates`, the state aside. */
export function ofCertificate(eb: Listed, { type, ca, provider }: ProjectFilter): readonly Condition[] {
  return [
    ...(type === undefined ? [] : [eb('listed_certificates.type', '=', type)]),
    ...(ca === undefined ? [] : [eb('listed_certificates.ca', '=', ca)]),
    ...(provider === undefined ? [] : [eb('listed_certificates.provider', '=', provider)]),
  ];
}

/** The state of what may have no certificate: then every column of it is null. */
export function ofState({ status, failing, now, soon }: ProjectFilter): readonly Condition[] {
  return [
    ...(status === undefined ? [] : [STATES[status](now, soon)]),
    ...(failing === undefined ? [] : [sql<boolean>`ifnull(failures, 0) ${failing ? sql`> 0` : sql`= 0`}`]),
  ];
}

type State = NonNullable<ProjectFilter['status']>;

const STATES: Readonly<Record<State, (now: string, soon: string) => Condition>> = {
  none: () => sql<boolean>`listed_certificates.project_id IS NULL`,
  revoked: () => sql<boolean>`revoked_at IS NOT NULL`,
  expired: (now) => sql<boolean>`(revoked_at IS NULL AND expires_at <= ${now})`,
  expiring_soon: (now, soon) =>
    sql<boolean>`(revoked_at IS NULL AND expires_at > ${now} AND expires_at <= ${soon})`,
  valid: (_, soon) => sql<boolean>`(revoked_at IS NULL AND expires_at > ${soon})`,
};

const total = (condition: Condition) => sql<number>`total(${condition})`;

export async function countProjects(
  db: Kysely<Schema>,
  filter: ProjectFilter,
): ReturnType<ProjectStore['count']> {
  const { now, soon, status, failing } = filter;
  const held = await heldBy(db, filter)
    .select((eb) => [
      eb.fn.countAll<number>().as('held'),
      total(STATES.revoked(now, soon)).as('revoked'),
      total(STATES.expired(now, soon)).as('expired'),
      total(STATES.expiring_soon(now, soon)).as('expiring_soon'),
      total(STATES.valid(now, soon)).as('valid'),
      sql<number>`total(failures > 0)`.as('failing'),
      total(eb.and([...ofState(filter), sql<boolean>`1`])).as('matching'),
    ])
    .executeTakeFirstOrThrow();
  const all = await countAll(db, filter, held.held);
  const none = all - held.held;
  const { held: _, matching, ...states } = held;
  const lacking = (status === undefined || status === 'none') && failing !== true ? none : 0;
  return { matching: matching + lacking, counts: { total: all, ...states, none } };
}

/** Certificates of the projects that are asked for; projects are joined only where their words are searched. */
function heldBy(db: Kysely<Schema>, filter: ProjectFilter) {
  let query = db.selectFrom('listed_certificates').where((eb) => eb.and([...ofCertificate(eb, filter)]));
  const { ids, q = '' } = filter;
  if (ids !== null) query = query.where('project_id', 'in', [...ids]);
  if (q === '') return query;
  return query.where('project_id', 'in', (eb) => eb.selectFrom('projects').select('id').where(mentions(q)));
}

/** Filters on the certificate leave no project without one. */
async function countAll(db: Kysely<Schema>, filter: ProjectFilter, held: number): Promise<number> {
  const { type, ca, provider } = filter;
  if (type !== undefined || ca !== undefined || provider !== undefined) return held;
  const { n } = await db
    .selectFrom('projects')
    .where((eb) => eb.and([...ofProject(eb, filter)]))
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

export async function listFacets(db: Kysely<Schema>, ids: readonly string[] | null): Promise<ProjectFacets> {
  let query = db.selectFrom('listed_certificates');
  if (ids !== null) query = query.where('project_id', 'in', [...ids]);
  const rows = await query
    .select((eb) => ['provider', 'ca', 'type', eb.fn.countAll<number>().as('count')])
    .groupBy(['provider', 'ca', 'type'])
    .execute();
  const by = (column: 'provider' | 'ca' | 'type') => {
    const sums = new Map<string, number>();
    for (const { [column]: id, count } of rows) if (id !== null) sums.set(id, (sums.get(id) ?? 0) + count);
    return [...sums].map(([id, count]) => ({ id, count })).toSorted((a, b) => b.count - a.count);
  };
  return { providers: by('provider'), cas: by('ca'), types: by('type') };
}
