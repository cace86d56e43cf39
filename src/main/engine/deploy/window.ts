// When a deployment may begin: in its window, or earlier if waiting would leave an expiring certificate in use. Pure.
import type { DeploymentWindow } from '../../../shared/deployment-window.ts';
import { addDays, dayIn, fromWallClock, toWallClock } from '../../../shared/time-zone.ts';
import { weekdayOf } from '../../../shared/week.ts';
import { planByLifetime } from '../certificates/renewal-plan.ts';
import type { CertificateRecord } from '../core/model.ts';

const MINUTE_MS = 60_000;
/** From the day before, whose window may last past midnight, to the same day a week later. */
const DAYS_TO_SEARCH = 9;

export interface Opening {
  /** Milliseconds, as all times here. */
  readonly from: number;
  readonly to: number;
}

/**
 * The window that is open at an instant, or else the next one. A window that opens at a time which the clocks skip opens
 * that much later and keeps its length. One that the clocks go through twice opens once, the first time.
 */
export function findOpening(window: DeploymentWindow, now: number): Opening {
  const { days, timeZone } = window;
  const yesterday = addDays(dayIn(timeZone, now), -1);
  const openings = Array.from({ length: DAYS_TO_SEARCH }, (_, at) => addDays(yesterday, at))
    .filter((day) => days.includes(weekdayOf(day)))
    .map((day) => openingOn(window, day));
  const found = openings.find(({ to }) => to > now);
  if (found === undefined) throw new Error('a window has no day');
  return found;
}

/** @param day On which it opens: `2026-01-19` */
export function openingOn({ start, end, timeZone }: DeploymentWindow, day: string): Opening {
  const opens = `${day}T${start}:00`;
  const closes = `${end > start ? day : addDays(day, 1)}T${end}:00`;
  const from = fromWallClock(timeZone, opens);
  const isSkipped = toWallClock(timeZone, from) !== opens;
  if (isSkipped) return { from, to: from + Date.parse(`${closes}Z`) - Date.parse(`${opens}Z`) };
  // The last minute inside, because a clock that is put back never shows the end of the repeated hour the first time.
  const lastMinute = new Date(Date.parse(`${closes}Z`) - MINUTE_MS).toISOString().slice(0, 19);
  return { from, to: fromWallClock(timeZone, lastMinute) + MINUTE_MS };
}

type Lifetime = Pick<CertificateRecord, 'issuedAt' | 'expiresAt' | 'revocationReason'>;

/**
 * When a run may begin.
 * @param of.installed The version that is on the host; null if none is known.
 * @param of.version The version to install.
 * @returns `now` if it need not wait
 */
export function startIn(
  window: DeploymentWindow,
  {
    now,
    installed,
    version,
  }: { readonly now: number; readonly installed: Lifetime | null; readonly version: Lifetime },
): number {
  if (installed?.revocationReason === 'keyCompromise') return now;
  const { from } = findOpening(window, now);
  if (from <= now) return now;
  const inUse = installed ?? version;
  const [issuedAt, expiresAt] = [Date.parse(inUse.issuedAt), Date.parse(inUse.expiresAt)];
  if (from >= Math.min(expiresAt, Date.parse(version.expiresAt))) return now;
  const lastTenth = expiresAt - (expiresAt - issuedAt) / 10;
  return Math.max(now, Math.min(from, lastTenth));
}

const HOUR_MS = 3_600_000;
/** Two weeks, so that each gap of a week is between two openings. */
const WAIT_DAYS = 15;

/** @returns the longest time from the end of a window to the next one, in hours; 0 if there is no gap */
export function longestWaitHours(window: DeploymentWindow, now: Date): number {
  const today = dayIn(window.timeZone, now.getTime());
  const openings = Array.from({ length: WAIT_DAYS }, (_, at) => addDays(today, at))
    .filter((day) => window.days.includes(weekdayOf(day)))
    .map((day) => openingOn(window, day));
  const gaps = openings.slice(1).map(({ from }, at) => from - (openings[at]?.to ?? from));
  return toHours(Math.max(0, ...gaps));
}

const toHours = (ms: number): number => Math.round((10 * ms) / HOUR_MS) / 10;

/**
 * Compares a wait with the time that a renewed certificate has: from its renewal until a tenth of the lifetime remains, when
 * runs no longer wait.
 * @param waitHours Of longestWaitHours.
 */
export function assessWait(
  waitHours: number,
  { issuedAt, expiresAt }: Pick<Lifetime, 'issuedAt' | 'expiresAt'>,
): { readonly canWaitHours: number; readonly isTooLong: boolean } {
  const [from, to] = [Date.parse(issuedAt), Date.parse(expiresAt)];
  const renewAt = Date.parse(planByLifetime({ issuedAt, expiresAt }).renewAt);
  const canWaitHours = toHours(to - (to - from) / 10 - renewAt);
  return { canWaitHours, isTooLong: waitHours > canWaitHours };
}

/**
 * Warns if the windows are further apart than a renewed certificate can wait, as they are for six-day certificates.
 * @returns null if they fit, if there is no window, or if the project has no certificate yet
 */
export function warnAboutWindow(
  window: DeploymentWindow | null,
  version: Pick<Lifetime, 'issuedAt' | 'expiresAt'> | null,
  now: Date,
): string | null {
  if (window === null || version === null) return null;
  const wait = longestWaitHours(window, now);
  const { canWaitHours, isTooLong } = assessWait(wait, version);
  if (!isTooLong) return null;
  const lifetime = toHours(Date.parse(version.expiresAt) - Date.parse(version.issuedAt));
  return `The window opens up to ${wait} hours apart, and a renewed certificate, which is valid for ${lifetime} hours, can wait for ${canWaitHours}. Certdesk then deploys it outside of the window. Select more days, or a longer window.`;
}
