// Adds tags to projects, and tokens and notification channels that are limited to projects with a tag. `project_tags`
// answers filters; triggers fill it from projects.tags.
import type { Migration } from './migration.ts';

const INSERT = 'INSERT INTO project_tags (tag, seq) SELECT value, new.seq FROM json_each(new.tags);';

export const tags: Migration = {
  name: '0026-tags',
  sql: `
ALTER TABLE projects ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
CREATE TABLE project_tags (
  tag TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tag, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_tags_of_project ON project_tags (seq);
CREATE TRIGGER project_tags_insert AFTER INSERT ON projects WHEN new.tags <> '[]' BEGIN
  ${INSERT}
END;
CREATE TRIGGER project_tags_update AFTER UPDATE OF tags ON projects BEGIN
  DELETE FROM project_tags WHERE seq = old.seq;
  ${INSERT}
END;
CREATE TRIGGER project_tags_delete AFTER DELETE ON projects BEGIN
  DELETE FROM project_tags WHERE seq = old.seq;
END;

ALTER TABLE tokens ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE notification_channels ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
`,
};
