// Sends the weekly digest: whether all is well, and what is not. If it does not arrive, the reader knows that
// Certdesk is not running.
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Overview } from '../../../shared/overview.ts';
import type { Settings } from '../../../shared/settings.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { addDays, dayIn, formatInZone, fromWallClock } from '../../../shared/time-zone.ts';
import type { Message } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import type { OverviewService } from '../overview/overview.ts';
import { readSettings, readTimeZone } from '../settings/settings.ts';
import { findAudiences } from './audiences.ts';
import { MAX_ITEMS } from './message-text.ts';
import { enqueue } from './outbox.ts';

const LAST_DIGEST = 'notifications:digest';
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The last digest that was sent or skipped, and the schedule at that time. */
const LastDigestSchema = z.object({ moment: z.string(), schedule: z.string() });

/**
 * Sends the digest if its time has passed since the last one. A missed digest is sent once, late. The first week
 * starts with the first check, and again after the schedule was changed.
 */
export async function enqueueDigest(
  { stores, overview }: { readonly stores: Stores; readonly overview: OverviewService },
  now: Date,
): Promise<void> {
  const settings = await readSettings(stores.settings, 'notifications');
  const timeZone = await readTimeZone(stores.settings);
  const schedule = `${settings.digestDay} ${settings.digestHour} ${timeZone}`;
  const moment = toTimestamp(lastMoment(settings, timeZone, now));
  const last = LastDigestSchema.safeParse(await stores.settings.get(LAST_DIGEST)).data;
  const same = last?.schedule === schedule;
  if (same && last.moment >= moment) return;
  const audiences = same ? await findAudiences(stores) : [];
  const messages = await Promise.all(
    audiences.map(async ({ tags, projectIds }) => ({
      tags,
      message: toMessage(await overview.get(projectIds && [...projectIds]), timeZone, now),
    })),
  );
  await stores.transaction(async (tx) => {
    await tx.settings.set(LAST_DIGEST, { moment, schedule });
    for (const { tags, message } of messages) await enqueue(tx, message, tags);
  });
}

/** The last scheduled time that is not in the future. An hour that the clocks skip is the next one, as in cron. */
export function lastMoment(
  { digestDay, digestHour }: Pick<Settings['notifications'], 'digestDay' | 'digestHour'>,
  timeZone: string,
  now: Date,
): Date {
  const today = dayIn(timeZone, now.getTime());
  const day = addDays(today, -((new Date(today).getUTCDay() - DAYS.indexOf(digestDay) + 7) % 7));
  const hour = String(digestHour).padStart(2, '0');
  const [latest, before] = [day, addDays(day, -7)].map(
    (each) => new Date(fromWallClock(timeZone, `${each}T${hour}:00:00`)),
  );
  return latest !== undefined && latest <= now ? latest : (before ?? now);
}

/** Composes the digest from the overview. */
function toMessage(
  { health, counts, attention, timeline, engine }: Overview,
  timeZone: string,
  now: Date,
): Message {
  const readable = (at: string) => formatInZone(timeZone, at);
  const items = attention.items.slice(0, MAX_ITEMS).map(({ projectId, domain, name, cause, expiresAt }) => {
    return { projectId, domain: domain ?? name, cause, expiresAt };
  });
  const week = addDays(dayIn(timeZone, now.getTime()), 7);
  const nextDays = timeline.days.filter(({ day }) => day <= week);
  const renewals = nextDays.reduce((sum, day) => sum + day.renewals, 0);
  const withCertificate = counts.total - counts.none;
  const lines = [
    `${health.sentence}.`,
    '',
    `Projects: ${counts.total}; with a certificate: ${withCertificate}; expired: ${counts.expired}; revoked: ${counts.revoked}.`,
    `Renewals planned in the next 7 days: ${renewals}.`,
    engine.lastRenewalCheckAt === null ? null : `Last renewal check: ${readable(engine.lastRenewalCheckAt)}.`,
    engine.lastRenewalCheckError === null
      ? null
      : `The last renewal check failed in part: ${engine.lastRenewalCheckError}`,
    engine.pausedUntil === null ? null : `Renewals are paused until ${readable(engine.pausedUntil)}.`,
    ...(items.length === 0 ? [] : ['', 'Needs attention:']),
    ...items.map(
      ({ domain, cause, expiresAt }) =>
        `- ${domain}: ${cause}${expiresAt === null ? '' : ` It expires ${readable(expiresAt)}.`}`,
    ),
    attention.total > items.length ? `- and ${attention.total - items.length} more` : null,
  ];
  return {
    kind: 'digest',
    state: health.state === 'ok' ? 'news' : 'problem',
    at: toTimestamp(now),
    host: hostname(),
    page: '/',
    title: health.state === 'ok' ? `All is well: ${health.sentence}` : `This week: ${health.sentence}`,
    text: lines.filter((line) => line !== null).join('\n'),
    items,
    total: attention.total,
  };
}
