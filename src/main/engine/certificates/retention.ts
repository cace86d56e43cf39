// How long what is gone is kept.
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';

const DAY_MS = 86_400_000;

/** A removed certificate, its key included, can be brought back this long. */
export const KEEP_REMOVED_DAYS = 30;
export const KEEP_EVENTS_DAYS = 400;

/** Until when a removed certificate is kept. */
export function keptUntil(removedAt: Timestamp): Timestamp {
  return toTimestamp(new Date(Date.parse(removedAt) + KEEP_REMOVED_DAYS * DAY_MS));
}
