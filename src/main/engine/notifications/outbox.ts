// Stores notifications in the transaction of the change they report, and sends them afterwards, with retries until a
// receiver accepts or the time is up. If the process is killed after sending, the notification is sent again under
// the same id (at least once).

import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { Clock, Log } from '../core/ports.ts';
import { retryAfterOf } from '../core/retry-after.ts';
import type { ChannelRecord, DeliveryRecord, Message } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { isSameAudience } from './audiences.ts';
import { nextAttempt } from './retry.ts';
import { type SendDeps, send } from './send.ts';

export interface OutboxDeps extends SendDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  random(): number;
}

const MAX_PER_RUN = 100;
const CHANNELS_AT_ONCE = 4;
/** Finished deliveries are shown for this long. */
const KEEP_MS = 14 * 86_400_000;

/**
 * Enqueues a message for each enabled channel that wants its kind.
 * @param tx Transaction of the change that the message reports.
 * @param audience The tags of the channels: a message is composed for all channels that have the same.
 */
export async function enqueue(tx: Stores, message: Message, audience: readonly string[]): Promise<void> {
  for (const { id, enabled, kinds, tags } of await tx.notifications.channels()) {
    if (!enabled || !kinds.includes(message.kind) || !isSameAudience(tags, audience)) continue;
    await tx.notifications.enqueue({
      id: randomUUID(),
      channelId: id,
      kind: message.kind,
      message,
      state: 'waiting',
      attempts: 0,
      createdAt: message.at,
      nextAttemptAt: message.at,
      finishedAt: null,
      lastError: null,
    });
  }
}

/** Sends due notifications: channels in parallel, a channel's messages in order. */
export async function deliverDue(deps: OutboxDeps, signal: AbortSignal): Promise<void> {
  const { stores, clock } = deps;
  const now = clock.now();
  await stores.notifications.deleteFinished(toTimestamp(new Date(now.getTime() - KEEP_MS)));
  const due = await stores.notifications.due(toTimestamp(now), MAX_PER_RUN);
  const channels = [...Map.groupBy(due, ({ channelId }) => channelId).values()];
  await mapConcurrent(channels, { limit: CHANNELS_AT_ONCE }, async (messages) => {
    for (const delivery of messages) {
      if (signal.aborted) return;
      // After a failure the channel waits until its next attempt, because the next message would fail too.
      if (!(await attempt(deps, delivery, signal))) return;
    }
  });
}

async function attempt(deps: OutboxDeps, delivery: DeliveryRecord, signal: AbortSignal): Promise<boolean> {
  const { stores, log, clock } = deps;
  const { id, channelId, message } = delivery;
  const channel = await stores.notifications.channel(channelId);
  if (channel === null || !channel.enabled) return false;
  try {
    const { status, answer } = await send(deps, { channel, id, message }, signal);
    const at = toTimestamp(clock.now());
    await stores.transaction(async ({ notifications }) => {
      const done = { state: 'sent', attempts: delivery.attempts + 1, nextAttemptAt: null } as const;
      await notifications.updateDelivery(id, { ...done, finishedAt: at, lastError: null });
      await notifications.updateChannel(channelId, { lastSentAt: at, lastError: null });
    });
    log.info(
      { channel: channel.name, kind: delivery.kind, delivery: id, status, answer },
      'Notification sent',
    );
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    await noteFailure(deps, { channel, delivery }, toCertdeskError(error));
    return false;
  }
}

async function noteFailure(
  { stores, journal, log, clock, random }: OutboxDeps,
  { channel, delivery }: { readonly channel: ChannelRecord; readonly delivery: DeliveryRecord },
  error: CertdeskError,
): Promise<void> {
  const { id, channelId, createdAt } = delivery;
  const now = clock.now();
  const attempts = delivery.attempts + 1;
  const failed = { attempts, createdAt: new Date(createdAt), now, retryAfterMs: retryAfterOf(error) };
  const next = nextAttempt(failed, random());
  log.warn({ channel: channel.name, delivery: id, attempts, next, code: error.code }, error.message);
  if (next === null) return giveUp(journal, { channel, delivery }, { attempts, at: toTimestamp(now), error });
  const until = toTimestamp(next);
  await stores.transaction(async ({ notifications }) => {
    await notifications.updateChannel(channelId, { lastError: error.message });
    await notifications.updateDelivery(id, { attempts, nextAttemptAt: until, lastError: error.message });
    await notifications.defer(channelId, until);
  });
}

async function giveUp(
  journal: Journal,
  { channel, delivery }: { readonly channel: ChannelRecord; readonly delivery: DeliveryRecord },
  { attempts, at, error }: { readonly attempts: number; readonly at: string; readonly error: CertdeskError },
): Promise<void> {
  await journal.write(async (tx, emit) => {
    const lastError = error.message;
    const end = { state: 'given-up', attempts, nextAttemptAt: null, finishedAt: at, lastError } as const;
    await tx.notifications.updateDelivery(delivery.id, end);
    await tx.notifications.updateChannel(channel.id, { lastError });
    const summary = `Gave up a notification to ${channel.name} after ${attempts} attempts in a day: ${delivery.message.title}. ${lastError}`;
    const audit = { operation: 'notifications.deliver', result: error.code } as const;
    await emit({ kind: 'notification.given-up', message: summary, audit });
  });
}
