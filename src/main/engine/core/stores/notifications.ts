// The store of notification channels, of messages to deliver, and of conditions that were reported.
import type { Channel, Delivery, NotificationKind } from '../../../../shared/notification.ts';
import type { Timestamp } from '../../../../shared/time.ts';
import type { SavedBy } from '../model.ts';

/** A message, before it takes the form of a channel. It never holds a secret. */
export interface Message {
  readonly kind: NotificationKind;
  /** `again`: what was told of before is well again. */
  readonly state: 'problem' | 'again' | 'news';
  readonly at: Timestamp;
  /** The machine that it comes from. */
  readonly host: string;
  readonly title: string;
  /** Lines of plain text. */
  readonly text: string;
  /** At most 20 of `total`. */
  readonly items: readonly MessageItem[];
  readonly total: number;
}

export interface MessageItem {
  readonly projectId: string | null;
  readonly domain: string | null;
  readonly cause: string;
  readonly expiresAt: Timestamp | null;
}

/** No secret: those are in the secret store under `channelSecret(id)`. */
export interface ChannelRecord
  extends Pick<Channel, 'id' | 'name' | 'type' | 'enabled' | 'createdAt' | 'updatedAt'> {
  readonly kinds: readonly NotificationKind[];
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

/** Something that was told of and has not ended. */
export interface ToldState {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly severity: 'critical' | 'warning';
  readonly projectId: string | null;
  readonly toldAt: Timestamp;
}

export interface NotificationStore {
  /** By name. */
  channels(): Promise<readonly ChannelRecord[]>;
  channel(id: string): Promise<ChannelRecord | null>;
  createChannel(channel: ChannelRecord): Promise<void>;
  updateChannel(id: string, patch: Partial<Omit<ChannelRecord, 'id' | 'type' | 'createdAt'>>): Promise<void>;
  /** With its deliveries. */
  deleteChannel(id: string): Promise<void>;
  enqueue(delivery: DeliveryRecord): Promise<void>;
  /** Waiting, of channels that are on, and to be tried by now; the oldest first. */
  due(now: Timestamp, limit: number): Promise<readonly DeliveryRecord[]>;
  /** Newest first. */
  deliveries(limit: number): Promise<readonly DeliveryRecord[]>;
  /** Channel -> how many wait. */
  waiting(): Promise<ReadonlyMap<string, number>>;
  updateDelivery(
    id: string,
    patch: Partial<Pick<DeliveryRecord, 'state' | 'attempts' | 'nextAttemptAt' | 'finishedAt' | 'lastError'>>,
  ): Promise<void>;
  /** What waits for a channel waits at least until then; null: it is tried at once. */
  defer(channelId: string, until: Timestamp | null): Promise<void>;
  dropWaiting(channelId: string): Promise<void>;
  /** Deletes what was sent or given up before. */
  deleteFinished(before: Timestamp): Promise<void>;
  states(): Promise<readonly ToldState[]>;
  putState(state: ToldState): Promise<void>;
  deleteState(key: string): Promise<void>;
}
