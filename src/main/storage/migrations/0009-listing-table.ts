// Adds the table `listing` for lists, counts, searches and the overview at 100,000 projects: one row per project with
// the columns of the project and its active certificate. Triggers maintain it in the transaction of each change. A sort
// order needs an index over sort and filter columns, which cannot span two tables. Triggers rewrite rows from the
// source tables and never increment counters, so the table cannot drift and can be rebuilt. docs/performance.md has
// measurements.
import type { Migration } from './migration.ts';

const OF_CERTIFICATE = 'expires_at, issued_at, attempt_at, revoked_at, failures, type, ca, provider';

/** The active certificate of a project, or nulls. The index `certificates_active` finds it. */
const ACTIVE = (projectId: string): string =>
  `SELECT ${OF_CERTIFICATE} FROM certificates
    WHERE project_id = ${projectId} AND superseded_at IS NULL AND removed_at IS NULL`;

/**
 * The name is last, because LIKE stops at a zero byte, which only the name can contain. Omits equal and empty parts.
 */
const WORDS = `iif(alt_names = '[]', '', alt_names || char(31)) || iif(domain = name, '', ifnull(domain || char(31), '')) || name`;
const wordsOf = (row: string): string => WORDS.replace(/\b(alt_names|domain|name)\b/g, `${row}.$1`);

const refresh = (name: string, when: string, row: string): string => `
CREATE TRIGGER ${name} AFTER ${when} ON certificates BEGIN
  UPDATE listing SET (${OF_CERTIFICATE}) = (${ACTIVE(`${row}.project_id`)}) WHERE project_id = ${row}.project_id;
END;`;

/** The source of the columns above. */
const CAUSES = `project_id, type, expires_at, issued_at, revoked_at, removed_at, superseded_at, failures,
  recipe, auto_renew, waits_for, next_attempt_at, ari, earlier`;

/** Each index contains the filter columns, so that excluded rows are never read from the table. */
const FILTERS = 'revoked_at, failures, type, ca, provider';

export const listingTable: Migration = {
  name: '0009-listing-table',
  sql: `
DROP VIEW listed_certificates;
DROP INDEX certificates_listed;
DROP INDEX certificates_by_expiry;
DROP INDEX projects_by_name;
DROP INDEX projects_by_domain;

CREATE TABLE listing (
  seq INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  domain TEXT,
  expires_at TEXT,
  attempt_at TEXT,
  revoked_at TEXT,
  failures INTEGER,
  type TEXT,
  ca TEXT,
  provider TEXT,
  issued_at TEXT
) STRICT;
INSERT INTO listing (seq, project_id, name, domain, ${OF_CERTIFICATE})
  SELECT projects.seq, projects.id, projects.name, projects.domain, ${OF_CERTIFICATE.replace(/\w+/g, 'active.$&')}
  FROM projects LEFT JOIN certificates AS active
    ON active.project_id = projects.id AND superseded_at IS NULL AND removed_at IS NULL
  ORDER BY projects.seq;
CREATE UNIQUE INDEX listing_of_project ON listing (project_id);
CREATE INDEX listing_by_name ON listing (name, seq, expires_at, ${FILTERS});
CREATE INDEX listing_by_domain ON listing (domain, seq, expires_at, ${FILTERS});
CREATE INDEX listing_by_expiry ON listing (expires_at, seq, attempt_at, ${FILTERS});
CREATE INDEX listing_by_attempt ON listing (attempt_at, seq, expires_at, ${FILTERS});
CREATE INDEX listing_kinds ON listing (type, ca, provider);
CREATE INDEX listing_revoked ON listing (expires_at, attempt_at, ${FILTERS}) WHERE revoked_at IS NOT NULL;
CREATE INDEX listing_failing ON listing (expires_at, attempt_at, ${FILTERS}) WHERE failures > 0;
-- What nothing renews, and ends.
CREATE INDEX listing_ends ON listing (expires_at)
  WHERE attempt_at IS NULL AND revoked_at IS NULL AND expires_at IS NOT NULL;

-- What is searched, apart from the rest: it is the smallest that can be read from end to end.
CREATE TABLE listing_words (seq INTEGER PRIMARY KEY, words TEXT NOT NULL) STRICT;
INSERT INTO listing_words SELECT seq, ${WORDS} FROM projects ORDER BY seq;
CREATE VIRTUAL TABLE listing_search USING fts5(
  words, content='listing_words', content_rowid='seq', tokenize='trigram', detail='none', columnsize=0);
INSERT INTO listing_search (listing_search) VALUES ('rebuild');

CREATE TRIGGER listing_words_insert AFTER INSERT ON listing_words BEGIN
  INSERT INTO listing_search (rowid, words) VALUES (new.seq, new.words);
END;
CREATE TRIGGER listing_words_delete AFTER DELETE ON listing_words BEGIN
  INSERT INTO listing_search (listing_search, rowid, words) VALUES ('delete', old.seq, old.words);
END;
CREATE TRIGGER listing_words_update AFTER UPDATE ON listing_words BEGIN
  INSERT INTO listing_search (listing_search, rowid, words) VALUES ('delete', old.seq, old.words);
  INSERT INTO listing_search (rowid, words) VALUES (new.seq, new.words);
END;

CREATE TRIGGER listing_project_insert AFTER INSERT ON projects BEGIN
  INSERT INTO listing (seq, project_id, name, domain) VALUES (new.seq, new.id, new.name, new.domain);
  INSERT INTO listing_words VALUES (new.seq, ${wordsOf('new')});
END;
CREATE TRIGGER listing_project_update AFTER UPDATE OF name, domain, alt_names ON projects BEGIN
  UPDATE listing SET name = new.name, domain = new.domain WHERE seq = new.seq;
  UPDATE listing_words SET words = ${wordsOf('new')} WHERE seq = new.seq;
END;
CREATE TRIGGER listing_project_delete AFTER DELETE ON projects BEGIN
  DELETE FROM listing WHERE seq = old.seq;
  DELETE FROM listing_words WHERE seq = old.seq;
END;
${refresh('listing_certificate_insert', 'INSERT', 'new')}
${refresh('listing_certificate_update', `UPDATE OF ${CAUSES}`, 'new')}
${refresh('listing_certificate_delete', 'DELETE', 'old')}

CREATE VIEW listed_certificates AS
  SELECT project_id, ${OF_CERTIFICATE} FROM listing WHERE expires_at IS NOT NULL;
`,
};
