// NotificationStore on SQLite.
import type { Kysely, Selectable } from 'kysely';
import type {
  ChannelRecord,
  DeliveryRecord,
  NotificationStore,
  ReportedCondition,
} from '../engine/core/stores/notifications.ts';
import type { Schema } from './schema.ts';

export function createNotificationStore(db: Kysely<Schema>): NotificationStore {
  return { ...channels(db), ...deliveries(db), ...states(db) };
}

type ChannelMethods = 'channels' | 'channel' | 'createChannel' | 'updateChannel' | 'deleteChannel';

function channels(db: Kysely<Schema>): Pick<NotificationStore, ChannelMethods> {
  return {
    async channels() {
      const rows = await db
        .selectFrom('notification_channels')
        .selectAll()
        .orderBy('name')
        .orderBy('id')
        .execute();
      return rows.map(toChannel);
    },
    async channel(id) {
      const row = await db
        .selectFrom('notification_channels')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : toChannel(row);
    },
    async createChannel(channel) {
      const {
        id,
        type,
        createdAt,
        name,
        enabled,
        kinds,
        tags,
        email,
        webhook,
        updatedAt,
        lastSentAt,
        lastError,
      } = channel;
      const row = {
        id,
        type,
        saved_by: JSON.stringify(channel.savedBy),
        name,
        enabled: enabled ? 1 : 0,
        kinds: JSON.stringify(kinds),
        tags: JSON.stringify(tags),
        email: email && JSON.stringify(email),
        webhook: webhook && JSON.stringify(webhook),
        created_at: createdAt,
        updated_at: updatedAt,
        last_sent_at: lastSentAt,
        last_error: lastError,
      };
      await db.insertInto('notification_channels').values(row).execute();
    },
    // Updates only the given columns, because a delivery records its result while a user edits the channel.
    async updateChannel(id, patch) {
      await db.updateTable('notification_channels').set(toColumns(patch)).where('id', '=', id).execute();
    },
    async deleteChannel(id) {
      await db.deleteFrom('notification_deliveries').where('channel_id', '=', id).execute();
      await db.deleteFrom('notification_channels').where('id', '=', id).execute();
    },
  };
}

type Patch = Parameters<NotificationStore['updateChannel']>[1];

/** @returns only the columns of the given fields */
function toColumns(patch: Patch) {
  const { name, enabled, kinds, tags, email, webhook, savedBy, updatedAt, lastSentAt, lastError } = patch;
  return {
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled: enabled ? 1 : 0 }),
    ...(kinds === undefined ? {} : { kinds: JSON.stringify(kinds) }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
    ...(email === undefined ? {} : { email: email && JSON.stringify(email) }),
    ...(webhook === undefined ? {} : { webhook: webhook && JSON.stringify(webhook) }),
    ...(savedBy === undefined ? {} : { saved_by: JSON.stringify(savedBy) }),
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
    ...(lastSentAt === undefined ? {} : { last_sent_at: lastSentAt }),
    ...(lastError === undefined ? {} : { last_error: lastError }),
  };
}

function toChannel(row: Selectable<Schema['notification_channels']>): ChannelRecord {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    enabled: row.enabled === 1,
    kinds: JSON.parse(row.kinds),
    tags: JSON.parse(row.tags),
    email: row.email === null ? null : JSON.parse(row.email),
    webhook: row.webhook === null ? null : JSON.parse(row.webhook),
    savedBy: JSON.parse(row.saved_by),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastSentAt: row.last_sent_at,
    lastError: row.last_error,
  };
}

type DeliveryMethods =
  | 'enqueue'
  | 'due'
  | 'deliveries'
  | 'waiting'
  | 'updateDelivery'
  | 'defer'
  | 'dropWaiting'
  | 'deleteFinished';

function deliveries(db: Kysely<Schema>): Pick<NotificationStore, DeliveryMethods> {
  const waiting = () => db.selectFrom('notification_deliveries').where('state', '=', 'waiting');
  return {
    async enqueue({ channelId, message, createdAt, nextAttemptAt, finishedAt, lastError, ...rest }) {
      const row = {
        ...rest,
        channel_id: channelId,
        message: JSON.stringify(message),
        created_at: createdAt,
        next_attempt_at: nextAttemptAt,
        finished_at: finishedAt,
        last_error: lastError,
      };
      await db.insertInto('notification_deliveries').values(row).execute();
    },
    async due(now, limit) {
      const rows = await waiting()
        .innerJoin('notification_channels', 'notification_channels.id', 'notification_deliveries.channel_id')
        .where('notification_channels.enabled', '=', 1)
        .where('next_attempt_at', '<=', now)
        .selectAll('notification_deliveries')
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(toDelivery);
    },
    async deliveries(limit) {
      const rows = await db
        .selectFrom('notification_deliveries')
        .selectAll()
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toDelivery);
    },
    async waiting() {
      const rows = await waiting()
        .select(({ fn }) => ['channel_id', fn.countAll<number>().as('count')])
        .groupBy('channel_id')
        .execute();
      return new Map(rows.map((row) => [row.channel_id, row.count]));
    },
    async updateDelivery(id, { state, attempts, nextAttemptAt, finishedAt, lastError }) {
      const set = {
        ...(state === undefined ? {} : { state }),
        ...(attempts === undefined ? {} : { attempts }),
        ...(nextAttemptAt === undefined ? {} : { next_attempt_at: nextAttemptAt }),
        ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
        ...(lastError === undefined ? {} : { last_error: lastError }),
      };
      await db.updateTable('notification_deliveries').set(set).where('id', '=', id).execute();
    },
    async defer(channelId, until) {
      const update = db
        .updateTable('notification_deliveries')
        .set({ next_attempt_at: until ?? '' })
        .where('channel_id', '=', channelId)
        .where('state', '=', 'waiting');
      await (until === null ? update : update.where('next_attempt_at', '<', until)).execute();
    },
    async dropWaiting(channelId) {
      await db
        .deleteFrom('notification_deliveries')
        .where('channel_id', '=', channelId)
        .where('state', '=', 'waiting')
        .execute();
    },
    async deleteFinished(before) {
      await db.deleteFrom('notification_deliveries').where('finished_at', '<', before).execute();
    },
  };
}

function toDelivery(row: Selectable<Schema['notification_deliveries']>): DeliveryRecord {
  return {
    id: row.id,
    channelId: row.channel_id,
    kind: row.kind,
    message: JSON.parse(row.message),
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at === '' ? row.created_at : row.next_attempt_at,
    finishedAt: row.finished_at,
    lastError: row.last_error,
  };
}

function states(db: Kysely<Schema>): Pick<NotificationStore, 'states' | 'putState' | 'deleteState'> {
  return {
    async states() {
      const rows = await db.selectFrom('notification_states').selectAll().execute();
      return rows.map(
        ({ key, kind, severity, project_id, reported_at }): ReportedCondition => ({
          key,
          kind,
          severity,
          projectId: project_id,
          reportedAt: reported_at,
        }),
      );
    },
    async putState({ key, kind, severity, projectId, reportedAt }) {
      const row = { kind, severity, project_id: projectId, reported_at: reportedAt };
      await db
        .insertInto('notification_states')
        .values({ key, ...row })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
        .execute();
    },
    async deleteState(key) {
      await db.deleteFrom('notification_states').where('key', '=', key).execute();
    },
  };
}
