// How long deployments may wait for their next window.

import type { DeploymentWindow } from '../../../shared/deployment-window.ts';
import { addDays, dayIn } from '../../../shared/time-zone.ts';
import { weekdayOf } from '../../../shared/week.ts';
import type { Stores } from '../core/stores.ts';
import { openingOn } from '../deploy/window.ts';
import type { DeploymentWait } from './simulation.ts';

const HOUR_MS = 3_600_000;
/** Two weeks, so that each gap of a week is between two openings. */
const DAYS = 15;

/** @returns the longest time from the end of a window to the next one, in hours; 0 if there is no gap. Pure. */
export function longestWaitHours(window: DeploymentWindow, now: Date): number {
  const today = dayIn(window.timeZone, now.getTime());
  const openings = Array.from({ length: DAYS }, (_, at) => addDays(today, at))
    .filter((day) => window.days.includes(weekdayOf(day)))
    .map((day) => openingOn(window, day));
  const gaps = openings.slice(1).map(({ from }, at) => from - (openings[at]?.to ?? from));
  return Math.round((10 * Math.max(0, ...gaps)) / HOUR_MS) / 10;
}

/** Lists the deployments with a window. */
export async function listWaits({ simulation }: Stores, now: Date): Promise<readonly DeploymentWait[]> {
  const windows = await simulation.windows();
  return windows.map(({ deploymentId, name, window }) => ({
    deploymentId,
    name,
    longestWaitHours: longestWaitHours(window, now),
  }));
}
