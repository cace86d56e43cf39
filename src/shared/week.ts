// Days of the week, and sentences about the time at which a deployment begins. Without schemas: the first page of the GUI
// shows them.
import { addDays, dayIn, toWallClock } from './time-zone.ts';

export const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type WindowDay = (typeof WEEK)[number];

/** @param day `2026-01-19` */
export function weekdayOf(day: string): WindowDay {
  const at = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return WEEK[at] ?? 'monday';
}

export const dayName = (day: WindowDay): string => `${day.charAt(0).toUpperCase()}${day.slice(1)}`;

/** `today 14:00`, `Sunday 02:00`, and from a week on `Sunday 2026-12-06 02:00`. */
function formatOpening(zone: string, at: string, now: number): string {
  const wall = toWallClock(zone, Date.parse(at));
  const [day = '', time = ''] = wall.split('T');
  const today = dayIn(zone, now);
  const clock = time.slice(0, 5);
  if (day === today) return `today ${clock}`;
  const name = dayName(weekdayOf(day));
  return day < addDays(today, 7) ? `${name} ${clock}` : `${name} ${day} ${clock}`;
}

/** `Renewed, deploying Sunday 02:00` */
export function waitingSentence(
  { until, renewed }: { readonly until: string; readonly renewed: boolean },
  { zone, now }: { readonly zone: string; readonly now: number },
): string {
  const when = formatOpening(zone, until, now);
  return renewed ? `Renewed, deploying ${when}` : `Deploying ${when}`;
}
