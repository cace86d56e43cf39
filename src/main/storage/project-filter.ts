// Translates the filters of the project list to SQL on the table `listing` (migration 0009).
import { type RawBuilder, sql } from 'kysely';
import type { ProjectFilter } from '../engine/core/stores/projects.ts';
import { mentions } from './project-search.ts';

export type Condition = RawBuilder<boolean>;

export const allOf = (conditions: readonly Condition[]): RawBuilder<boolean> =>
  conditions.length === 0 ? sql`1` : sql`${sql.join(conditions, sql` AND `)}`;

/** Conditions on columns that are set only for projects with a certificate. */
export function ofCertificate({ type, ca, provider }: ProjectFilter): readonly Condition[] {
  return [
    ...(type === undefined ? [] : [sql<boolean>`type = ${type}`]),
    ...(ca === undefined ? [] : [sql<boolean>`ca = ${ca}`]),
    ...(provider === undefined ? [] : [sql<boolean>`provider = ${provider}`]),
  ];
}

/** Conditions on the state. Without a certificate, all its columns are null. */
export function ofState({ status, failing, now, soon }: ProjectFilter): readonly Condition[] {
  return [
    ...(status === undefined ? [] : [STATES[status](now, soon)]),
    ...(failing === undefined ? [] : [sql<boolean>`ifnull(failures, 0) ${failing ? sql`> 0` : sql`= 0`}`]),
  ];
}

type State = NonNullable<ProjectFilter['status']>;

export const STATES: Readonly<Record<State, (now: string, soon: string) => Condition>> = {
  none: () => sql`expires_at IS NULL`,
  revoked: () => sql`revoked_at IS NOT NULL`,
  expired: (now) => sql`(revoked_at IS NULL AND expires_at <= ${now})`,
  expiring_soon: (now, soon) => sql`(revoked_at IS NULL AND expires_at > ${now} AND expires_at <= ${soon})`,
  valid: (_, soon) => sql`(revoked_at IS NULL AND expires_at > ${soon})`,
};

/** Conditions for a text search. */
export const ofWords = ({ q = '' }: ProjectFilter): readonly Condition[] => (q === '' ? [] : [mentions(q)]);

/** Conditions on tags. `project_tags` has one row per project and tag. */
export const ofTags = ({ tags = [] }: ProjectFilter): readonly Condition[] =>
  tags.map(
    (tag) =>
      sql<boolean>`EXISTS (SELECT 1 FROM project_tags WHERE tag = ${tag} AND project_tags.seq = listing.seq)`,
  );

/**
 * Limits `listing` to the projects that a filter names or a search has found, if they are few; the query then reads and
 * sorts them. @returns null if there is no such filter or the result is large; the query then scans an index in its
 * order
 */
export async function fewOf(
  { ids, q = '', tags = [] }: ProjectFilter,
  { search, isFrequent }: Frequency,
): Promise<Condition | null> {
  if (ids !== null) return ofIds(ids);
  const found = q === '' ? null : await search(q);
  if (found !== null) return sql`seq IN (SELECT value FROM json_each(${JSON.stringify(found)}))`;
  for (const tag of tags)
    if (!(await isFrequent(tag))) return sql`seq IN (SELECT seq FROM project_tags WHERE tag = ${tag})`;
  return null;
}

interface Frequency {
  /** @returns the `seq` of the matching projects; null if there are too many */
  search(q: string): Promise<readonly number[] | null>;
  isFrequent(tag: string): Promise<boolean>;
}

/** Passes the list as one parameter, so that the text of the statement does not depend on its length. */
export const ofIds = (ids: readonly string[]): Condition =>
  sql`project_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
