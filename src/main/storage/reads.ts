// The reads of nearly every request, on a separate connection: they do not wait for the writer's transactions and see
// only committed data. They are prepared SQL, because building a statement with Kysely takes several times as long as
// running it.
import type Sqlite from 'better-sqlite3';
import type { Selectable } from 'kysely';
import type {
  CertificateFacts,
  CertificateRecord,
  ProjectRecord,
  TokenRecord,
} from '../engine/core/model.ts';
import type { ServedEndpoint } from '../engine/core/stores/endpoints.ts';
import { FACT_COLUMNS, type FactsRow, toCertificate, toFacts } from './certificates.ts';
import { toProject } from './projects.ts';
import type { CertificatesTable, Schema } from './schema.ts';
import { toToken } from './tokens.ts';

export interface Reads {
  project(id: string): ProjectRecord | null;
  /** Reads the active certificate of a project. */
  certificate(projectId: string): CertificateRecord | null;
  certificateFacts(projectId: string): CertificateFacts | null;
  token(hash: string): TokenRecord | null;
  /** @param tags JSON. @returns the ids of the projects that have at least one of these tags */
  idsWithTags(tags: string): readonly string[];
  /** What the endpoints of a project tell about its certificate. */
  served(projectId: string): readonly ServedEndpoint[];
}

/** The same as `served` in endpoints.ts, for one project. */
const SERVED = `SELECT endpoint_projects.project_id AS projectId, served, checked_at AS checkedAt, stored_at AS activeSince
  FROM endpoint_projects
  JOIN endpoints ON endpoints.seq = endpoint_seq
  JOIN certificates ON certificates.project_id = endpoint_projects.project_id
    AND superseded_at IS NULL AND removed_at IS NULL
  WHERE endpoint_projects.project_id = ? AND expected = 'projects'`;

/** The same as `idsWithTags` in projects.ts. */
const IDS_WITH_TAGS = `SELECT project_id AS id FROM listing
  WHERE seq IN (SELECT seq FROM project_tags WHERE tag IN (SELECT value FROM json_each(?)))`;

const ACTIVE = 'project_id = ? AND superseded_at IS NULL AND removed_at IS NULL';

/** @param guarded Converts errors of SQLite to CertdeskErrors. */
export function createReads(sqlite: Sqlite.Database, guarded: <T>(work: () => T) => T): Reads {
  const one = <Row, Found>(sql: string, toRecord: (row: Row) => Found) => {
    const statement = guarded(() => sqlite.prepare<[string], Row>(sql));
    return (key: string): Found | null => {
      const row = guarded(() => statement.get(key));
      return row === undefined ? null : toRecord(row);
    };
  };
  const many = <Row>(sql: string) => {
    const statement = guarded(() => sqlite.prepare<[string], Row>(sql));
    return (key: string): readonly Row[] => guarded(() => statement.all(key));
  };
  const idsWithTags = many<{ readonly id: string }>(IDS_WITH_TAGS);
  return {
    project: one<Selectable<Schema['projects']>, ProjectRecord>(
      'SELECT * FROM projects WHERE id = ?',
      toProject,
    ),
    certificate: one<Selectable<CertificatesTable>, CertificateRecord>(
      `SELECT * FROM certificates WHERE ${ACTIVE}`,
      toCertificate,
    ),
    certificateFacts: one<FactsRow, CertificateFacts>(
      `SELECT ${FACT_COLUMNS.join()} FROM certificates WHERE ${ACTIVE}`,
      toFacts,
    ),
    idsWithTags: (tags) => idsWithTags(tags).map(({ id }) => id),
    served: many<ServedEndpoint>(SERVED),
    token: one<Selectable<Schema['tokens']>, TokenRecord>('SELECT * FROM tokens WHERE hash = ?', toToken),
  };
}
