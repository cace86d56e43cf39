// Times as the API and the database represent them: UTC without milliseconds, `2026-01-19T12:00:00Z`.

export type Timestamp = string;

/** Converts a Date to a Timestamp; truncates milliseconds. */
export function toTimestamp(date: Date): Timestamp {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** @returns the time `days` × 24 hours before `now` */
export function daysAgo(days: number, now: Date): Timestamp {
  return toTimestamp(new Date(now.getTime() - days * 86_400_000));
}
