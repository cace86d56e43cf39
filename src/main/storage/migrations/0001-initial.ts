// The first schema. Times are text (`2026-01-19T12:00:00Z`), which sorts as time; lists and records are JSON text.
import type { Migration } from './migration.ts';

export const initial: Migration = {
  name: '0001-initial',
  sql: `
CREATE TABLE projects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  domain TEXT,
  alt_names TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  directory_url TEXT NOT NULL,
  email TEXT,
  url TEXT,
  key_sealed BLOB NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_by_owner ON accounts (directory_url, ifnull(email, ''));

CREATE TABLE certificates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  domain TEXT NOT NULL,
  names TEXT NOT NULL,
  chain TEXT NOT NULL,
  key_sealed BLOB NOT NULL,
  issued_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  issuer_name TEXT NOT NULL,
  issuer_organization TEXT NOT NULL,
  serial TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  staging INTEGER NOT NULL,
  auto_renew INTEGER NOT NULL,
  recipe TEXT,
  account_id TEXT REFERENCES accounts (id),
  renewed_from TEXT,
  last_attempt TEXT,
  last_error TEXT,
  failures INTEGER NOT NULL,
  next_attempt_at TEXT,
  stored_at TEXT NOT NULL,
  superseded_at TEXT,
  removed_at TEXT,
  revoked_at TEXT,
  revocation_reason TEXT
) STRICT;
CREATE UNIQUE INDEX certificates_active ON certificates (project_id)
  WHERE superseded_at IS NULL AND removed_at IS NULL;
CREATE INDEX certificates_of_project ON certificates (project_id, seq);
CREATE INDEX certificates_by_expiry ON certificates (expires_at)
  WHERE superseded_at IS NULL AND removed_at IS NULL;

CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  step TEXT,
  input TEXT NOT NULL,
  result TEXT,
  error TEXT,
  requested_by TEXT,
  idempotency_key TEXT,
  request_hash TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT
) STRICT;
-- One operation at a time on a project, kept by the database itself.
CREATE UNIQUE INDEX jobs_unfinished ON jobs (project_id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX jobs_of_project ON jobs (project_id, seq);

CREATE TABLE orders (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL,
  directory_url TEXT NOT NULL,
  key_sealed BLOB,
  csr TEXT,
  url TEXT,
  challenges TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE dns_credentials (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  project_ids TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  last_used_at TEXT,
  revoked_at TEXT
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  project_id TEXT,
  job_id TEXT,
  message TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_job ON events (job_id, id) WHERE job_id IS NOT NULL;
CREATE INDEX events_by_time ON events (at);

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`,
};
