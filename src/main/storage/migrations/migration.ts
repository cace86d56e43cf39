// The shape of a migration: SQL that takes the schema from the version before to its own. Never edited once landed.

export interface Migration {
  /** `0001-initial`: its number is the `user_version` that it leaves. */
  readonly name: string;
  readonly sql: string;
}
