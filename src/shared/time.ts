// Times as they stand in answers and in the database: UTC without milliseconds, `2026-01-19T12:00:00Z`.

export type Timestamp = string;

/** A Date as a Timestamp; milliseconds are cut off, not rounded. */
export function toTimestamp(date: Date): Timestamp {
  return `${date.toISOString().slice(0, 19)}Z`;
}
