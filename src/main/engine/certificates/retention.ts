// Defines how long removed certificates and old events stay in the database.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';

const DAY_MS = 86_400_000;

/** A removed certificate and its key can be restored for this long. */
export const KEEP_REMOVED_DAYS = 30;
export const KEEP_EVENTS_DAYS = 400;

/** The time until which a removed certificate can be restored. */
export function restorableUntil(removedAt: Timestamp): Timestamp {
  return toTimestamp(new Date(Date.parse(removedAt) + KEEP_REMOVED_DAYS * DAY_MS));
}
