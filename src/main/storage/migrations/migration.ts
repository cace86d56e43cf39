// The type of a migration: SQL that upgrades the schema from the previous version. The SQL never changes after landing.

export interface Migration {
  /** A name such as `0001-initial`; the number is the `user_version` after the migration. */
  readonly name: string;
  readonly sql: string;
}
