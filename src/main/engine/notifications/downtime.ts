// Reports a time in which Certdesk did not run or the machine slept, if it was long. It is noticed when it is over.
import { hostname } from 'node:os';
import { toTimestamp } from '../../../shared/time.ts';
import { formatInZone } from '../../../shared/time-zone.ts';
import type { Stores } from '../core/stores.ts';
import { readHeartbeat } from '../maintenance/scheduler.ts';
import { readSettings, readTimeZone } from '../settings/settings.ts';
import { EVERYTHING } from './audiences.ts';
import { compose } from './message-text.ts';
import { enqueue } from './outbox.ts';

/** Time of the last sweep before the downtime that was reported last. */
const LAST_REPORTED = 'notifications:gap';

/** Reports a downtime. Call it before the first sweep after it. */
export async function reportDowntime(stores: Stores, now: Date): Promise<void> {
  const [heartbeat, { missedAfterHours }, reported] = await Promise.all([
    readHeartbeat(stores),
    readSettings(stores.settings, 'notifications'),
    stores.settings.get(LAST_REPORTED),
  ]);
  if (heartbeat === null || reported === heartbeat.at) return;
  const hours = (now.getTime() - Date.parse(heartbeat.at)) / 3_600_000;
  if (hours < missedAfterHours) return;
  const at = toTimestamp(now);
  const timeZone = await readTimeZone(stores.settings);
  const [from, until] = [heartbeat.at, at].map((time) => formatInZone(timeZone, time));
  const cause = `Certdesk did not run, or its machine slept, from ${from} to ${until}. What was due meanwhile is caught up now.`;
  const item = { projectId: null, domain: null, cause, expiresAt: null };
  const message = {
    kind: 'renewal_check_missed',
    state: 'problem',
    at,
    host: hostname(),
    items: [item],
    total: 1,
  } as const;
  await stores.transaction(async (tx) => {
    await tx.settings.set(LAST_REPORTED, heartbeat.at);
    await enqueue(tx, compose(message, timeZone), EVERYTHING);
  });
}
