// The time zone of all times on the page: the installation's, so that pages, messages and schedules agree. Until the
// server has named it (use-time-zone.ts), the one of the last visit counts, then the browser's.
import { isTimeZone, systemTimeZone } from '../shared/time-zone.ts';
import { createStore } from './store.ts';

const STORED_AS = 'certdesk-time-zone';

export const timeZone = createStore(readLast() ?? systemTimeZone());

/** Takes the server's zone, also for the next visit. A browser may not know each zone that the server knows. */
export function noteTimeZone(zone: string): void {
  if (!isTimeZone(zone)) return;
  timeZone.set(zone);
  globalThis.localStorage?.setItem(STORED_AS, zone);
}

/** Whether times name their zone: the browser's clock shows others. */
export function isForeignZone(zone: string): boolean {
  return zone !== systemTimeZone();
}

function readLast(): string | null {
  const last = globalThis.localStorage?.getItem(STORED_AS) ?? null;
  return last !== null && isTimeZone(last) ? last : null;
}
