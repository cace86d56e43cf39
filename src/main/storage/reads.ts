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
}

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
    token: one<Selectable<Schema['tokens']>, TokenRecord>('SELECT * FROM tokens WHERE hash = ?', toToken),
  };
}
