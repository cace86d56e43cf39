// The interface of the store for notification channels, messages to deliver, and reported conditions.
import type { Channel, Delivery, NotificationKind } from '../../../../shared/notification.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { SavedBy } from '../model.ts';

/** A message before it is formatted for a channel. It never contains a secret. */
export interface Message {
  readonly kind: NotificationKind;
  readonly state: 'problem' | 'resolved' | 'news';
  readonly at: Timestamp;
  /** The machine that Certdesk runs on. */
  readonly host: string;
  readonly title: string;
  /** Lines of plain text. */
  readonly text: string;
  /** The page of the GUI to open, as a route: `/projects/ID`. Older messages have none. */
  readonly page?: string;
  /** At most 20 of `total`. */
  readonly items: readonly MessageItem[];
  readonly total: number;
}

export interface MessageItem {
  readonly projectId: string | null;
  readonly domain: string | null;
  readonly cause: string;
  readonly expiresAt: Timestamp | null;
  /** Its page, if that is not the project's. */
  readonly page?: string;
}

/** A notification channel. The secret store holds its secrets under `channelSecret(id)`. */
export interface ChannelRecord
  extends Pick<Channel, 'id' | 'name' | 'type' | 'enabled' | 'createdAt' | 'updatedAt'> {
  readonly kinds: readonly NotificationKind[];
  /** Only messages about projects with one of these tags; empty: all messages. */
  readonly tags: readonly string[];
  readonly email: Channel['email'];
  readonly webhook: Channel['webhook'];
  /** Who last saved its address. */
  readonly savedBy: SavedBy;
  readonly lastSentAt: Timestamp | null;
  readonly lastError: string | null;
}

export interface DeliveryRecord extends Omit<Delivery, 'title'> {
  readonly message: Message;
}

/** A condition that was reported and has not ended. */
export interface ReportedCondition {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly severity: 'critical' | 'warning';
  readonly projectId: string | null;
  readonly reportedAt: Timestamp;
}

export interface NotificationStore {
  /** By name. */
  channels(): Promise<readonly ChannelRecord[]>;
  channel(id: string): Promise<ChannelRecord | null>;
  createChannel(channel: ChannelRecord): Promise<void>;
  updateChannel(id: string, patch: Partial<Omit<ChannelRecord, 'id' | 'type' | 'createdAt'>>): Promise<void>;
  /** Also deletes its deliveries. */
  deleteChannel(id: string): Promise<void>;
  enqueue(delivery: DeliveryRecord): Promise<void>;
  /** Waiting deliveries of enabled channels whose next attempt is due, oldest first. */
  due(now: Timestamp, limit: number): Promise<readonly DeliveryRecord[]>;
  /** Newest first. */
  deliveries(limit: number): Promise<readonly DeliveryRecord[]>;
  /** By channel id, the number of waiting deliveries. */
  waiting(): Promise<ReadonlyMap<string, number>>;
  updateDelivery(
    id: string,
    patch: Partial<Pick<DeliveryRecord, 'state' | 'attempts' | 'nextAttemptAt' | 'finishedAt' | 'lastError'>>,
  ): Promise<void>;
  /** Defers the channel's waiting deliveries until then, or longer if they are later already; null: due at once. */
  defer(channelId: string, until: Timestamp | null): Promise<void>;
  dropWaiting(channelId: string): Promise<void>;
  /** Deletes deliveries that were sent or abandoned before this time. */
  deleteFinished(before: Timestamp): Promise<void>;
  states(): Promise<readonly ReportedCondition[]>;
  putState(state: ReportedCondition): Promise<void>;
  deleteState(key: string): Promise<void>;
}
