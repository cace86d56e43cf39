// Sends the weekly digest: whether all is well, and what is not. If it does not arrive, the reader knows that
// Certdesk is not running.
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Overview } from '../../../shared/overview.ts';
import type { Settings } from '../../../shared/settings.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Message } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import type { OverviewService } from '../overview/overview.ts';
import { readSettings } from '../settings/settings.ts';
import { MAX_ITEMS, readable } from './message-text.ts';
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
  const schedule = `${settings.digestDay} ${settings.digestHour}`;
  const moment = toTimestamp(lastMoment(settings, now));
  const last = LastDigestSchema.safeParse(await stores.settings.get(LAST_DIGEST)).data;
  const same = last?.schedule === schedule;
  if (same && last.moment >= moment) return;
  const message = same ? toMessage(await overview.get(null), now) : null;
  await stores.transaction(async (tx) => {
    await tx.settings.set(LAST_DIGEST, { moment, schedule });
    if (message !== null) await enqueue(tx, message);
  });
}

/** The last scheduled time that is not in the future; UTC. */
export function lastMoment(
  { digestDay, digestHour }: Pick<Settings['notifications'], 'digestDay' | 'digestHour'>,
  now: Date,
): Date {
  const moment = new Date(now);
  moment.setUTCHours(digestHour, 0, 0, 0);
  moment.setUTCDate(moment.getUTCDate() - ((moment.getUTCDay() - DAYS.indexOf(digestDay) + 7) % 7));
  if (moment > now) moment.setUTCDate(moment.getUTCDate() - 7);
  return moment;
}

/** Composes the digest from the overview. */
export function toMessage({ health, counts, attention, timeline, engine }: Overview, now: Date): Message {
  const items = attention.items.slice(0, MAX_ITEMS).map(({ projectId, domain, name, cause, expiresAt }) => {
    return { projectId, domain: domain ?? name, cause, expiresAt };
  });
  const week = toTimestamp(new Date(now.getTime() + 7 * 86_400_000));
  const nextDays = timeline.days.filter(({ day }) => day <= week.slice(0, 10));
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
    title: health.state === 'ok' ? `All is well: ${health.sentence}` : `This week: ${health.sentence}`,
    text: lines.filter((line) => line !== null).join('\n'),
    items,
    total: attention.total,
  };
}
