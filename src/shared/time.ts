// Times as they stand in answers and in the database: UTC without milliseconds, `2026-01-19T12:00:00Z`.

export type Timestamp = string;

/** A Date as a Timestamp; milliseconds are cut off, not rounded. */
export function toTimestamp(date: Date): Timestamp {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The time so many days of 24 hours before `now`. */
export function daysAgo(days: number, now: Date): Timestamp {
  return toTimestamp(new Date(now.getTime() - days * 86_400_000));
}
