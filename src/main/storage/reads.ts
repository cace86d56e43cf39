// The reads that nearly every request makes, by a connection of their own: they wait for no transaction of the writer,
// see only what is committed, and are SQL that is written and prepared once, since making a statement's text by Kysely
// takes several times as long as SQLite takes for the answer.
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
  /** The active one of a project. */
  certificate(projectId: string): CertificateRecord | null;
  certificateFacts(projectId: string): CertificateFacts | null;
  token(hash: string): TokenRecord | null;
}

const ACTIVE = 'project_id = ? AND superseded_at IS NULL AND removed_at IS NULL';

/** @param guarded Makes an error of SQLite one of ours. */
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
