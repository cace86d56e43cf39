// Manages notification channels: mail servers and webhooks. Their secrets are only in the secret store, and no API
// response contains one.

import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type {
  Channel,
  ChannelTest,
  CreateChannel,
  CreatedChannel,
  Delivery,
  UpdateChannel,
} from '../../../shared/notification.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { SavedBy } from '../core/model.ts';
import { channelSecret } from '../core/secret-names.ts';
import type { ChannelRecord, Message } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { checkMail, checkMailServer, checkUrl, maskUrl, type Saving } from './check.ts';
import type { ChannelSecrets } from './model.ts';
import type { OutboxDeps } from './outbox.ts';
import { readSecrets, send } from './send.ts';

export interface ChannelService {
  list(): Promise<readonly Channel[]>;
  /** @throws INVALID_REQUEST with the field */
  create(body: CreateChannel): Promise<CreatedChannel>;
  /**
   * Changes a channel. Notifications that wait for it are sent at once.
   * @throws NOTIFICATION_CHANNEL_NOT_FOUND, INVALID_REQUEST
   */
  update(id: string, body: UpdateChannel): Promise<Channel>;
  /**
   * Removes a channel and the notifications that wait for it.
   * @throws NOTIFICATION_CHANNEL_NOT_FOUND
   */
  remove(id: string): Promise<void>;
  /**
   * Sends a test message now.
   * @throws NOTIFICATION_CHANNEL_NOT_FOUND, NOTIFICATION_FAILED with the response
   */
  test(id: string, signal: AbortSignal): Promise<ChannelTest>;
  /** Lists deliveries, newest first. */
  queue(limit: number): Promise<readonly Delivery[]>;
}

export function createChannels(deps: OutboxDeps): ChannelService {
  const { stores, journal, secrets, clock } = deps;
  const now = () => toTimestamp(clock.now());

  const saving = (): Saving & { readonly savedBy: SavedBy } => {
    const savedBy = journal.savedBy();
    return { policy: deps.addressPolicy, origin: originOf(savedBy), savedBy };
  };

  async function present(record: ChannelRecord): Promise<Channel> {
    const { kinds, tags, savedBy, ...rest } = record;
    const waiting = (await stores.notifications.waiting()).get(record.id) ?? 0;
    return {
      ...rest,
      kinds: [...kinds],
      tags: [...tags],
      savedBy: { kind: savedBy.kind, name: savedBy.name },
      waiting,
    };
  }

  return {
    list: async () => Promise.all((await stores.notifications.channels()).map(present)),

    async create(body) {
      const id = randomUUID();
      const by = saving();
      const { record, channelSecrets, generatedSecret } = parseBody(body, by);
      const at = now();
      const stamps = { createdAt: at, updatedAt: at, lastSentAt: null, lastError: null };
      const channel = { ...record, id, savedBy: by.savedBy, ...stamps };
      // Secrets are stored first: a channel without them could not work.
      await secrets.set(channelSecret(id), JSON.stringify(channelSecrets));
      await journal.write(async (tx, emit) => {
        await tx.notifications.createChannel(channel);
        const message = `Notification channel ${channel.name} (${channel.type}) created`;
        await emit({ kind: 'notification-channel.created', message });
      });
      return { ...(await present(channel)), signingSecret: generatedSecret };
    },

    async update(id, body) {
      const record = await findChannel(stores, id);
      const channelSecrets = await readSecrets(secrets, id);
      const changed = change(record, channelSecrets, { body, by: saving() });
      if (changed.channelSecrets !== channelSecrets)
        await secrets.set(channelSecret(id), JSON.stringify(changed.channelSecrets));
      await journal.write(async (tx, emit) => {
        await findChannel(tx, id);
        await tx.notifications.updateChannel(id, { ...changed.record, updatedAt: now() });
        if (changed.record.enabled) await tx.notifications.defer(id, null);
        else await tx.notifications.dropWaiting(id);
        const message = `Notification channel ${changed.record.name} changed: ${Object.keys(body).join(', ')}`;
        await emit({ kind: 'notification-channel.updated', message });
      });
      return present(await findChannel(stores, id));
    },

    async remove(id) {
      await findChannel(stores, id);
      // Secrets are deleted first: if the secret store is unavailable, the channel stays and the removal can be
      // retried.
      await secrets.delete(channelSecret(id));
      await journal.write(async (tx, emit) => {
        const { name } = await findChannel(tx, id);
        await tx.notifications.deleteChannel(id);
        await emit({ kind: 'notification-channel.removed', message: `Notification channel ${name} removed` });
      });
    },

    async test(id, signal) {
      const channel = await findChannel(stores, id);
      const started = performance.now();
      const message = testMessage(channel, now());
      const { status, answer } = await send(deps, { channel, id: randomUUID(), message }, signal).catch(
        async (error: unknown) => {
          if (error instanceof CertdeskError && error.code === 'NOTIFICATION_FAILED')
            await stores.notifications.updateChannel(id, { lastError: error.message });
          throw error;
        },
      );
      const ms = Math.round(performance.now() - started);
      await stores.notifications.updateChannel(id, { lastSentAt: now(), lastError: null });
      const where =
        channel.type === 'email'
          ? 'The mail server accepted the message'
          : 'The webhook accepted the message';
      return { success: true, message: `${where} in ${ms} ms: ${answer}`, answer, status, ms };
    },

    queue: async (limit) =>
      (await stores.notifications.deliveries(limit)).map(({ message, ...rest }) => ({
        ...rest,
        title: message.title,
      })),
  };
}

async function findChannel({ notifications }: Stores, id: string): Promise<ChannelRecord> {
  const record = await notifications.channel(id);
  if (record !== null) return record;
  throw new CertdeskError('NOTIFICATION_CHANNEL_NOT_FOUND', `Notification channel ${id} not found`);
}

type ChannelFields = Pick<
  ChannelRecord,
  'name' | 'type' | 'enabled' | 'kinds' | 'tags' | 'email' | 'webhook'
>;

interface ParsedBody {
  readonly record: ChannelFields;
  readonly channelSecrets: ChannelSecrets;
  /** The signing secret if Certdesk generated it. */
  readonly generatedSecret: string | null;
}

function parseBody(body: CreateChannel, saving: Saving): ParsedBody {
  const { name, type, enabled, kinds, tags = [] } = body;
  const common = { name, type, enabled, kinds: [...new Set(kinds)], tags };
  if (body.type === 'email') {
    const { password = null, username = null, rootCertificate = null, ...rest } = body.email;
    const email = { ...rest, username, rootCertificate };
    checkMail(email, password);
    checkMailServer(email, saving);
    return {
      record: { ...common, email, webhook: null },
      channelSecrets: { password },
      generatedSecret: null,
    };
  }
  const { url, preset, token = null, signingSecret } = body.webhook;
  checkUrl({ url, preset }, saving);
  const generatedSecret = signingSecret === undefined ? randomBytes(32).toString('base64url') : null;
  const channelSecrets = { url, token, signingSecret: signingSecret ?? generatedSecret ?? '' };
  const webhook = { preset, url: maskUrl(url), hasToken: token !== null };
  return { record: { ...common, email: null, webhook }, channelSecrets, generatedSecret };
}

function change(
  before: ChannelRecord,
  secrets: ChannelSecrets,
  { body, by }: { readonly body: UpdateChannel; readonly by: Saving & { readonly savedBy: SavedBy } },
) {
  const { name = before.name, enabled = before.enabled, kinds = before.kinds, tags = before.tags } = body;
  const common = { name, enabled, kinds: [...new Set(kinds)], tags };
  if (
    (body.email !== undefined && before.email === null) ||
    (body.webhook !== undefined && before.webhook === null)
  ) {
    const field = body.email === undefined ? 'webhook' : 'email';
    throw invalid(field, 'has the other type', `This channel has the type ${before.type}. Create a new one`);
  }
  if (before.email !== null) {
    const { password = secrets.password ?? null, ...rest } = body.email ?? {};
    const email = { ...before.email, ...defined(rest) };
    checkMail(email, password);
    const moved = email.host !== before.email.host || email.port !== before.email.port;
    const savedBy = saverOf(before, { moved, given: body.email?.host !== undefined, by });
    checkMailServer(email, { ...by, origin: originOf(savedBy) });
    // The saved password is not sent to another server than the one it was entered for. With an API token, it is not
    // sent to another port either, nor to a server that only a new custom root certificate vouches for.
    const byToken =
      by.savedBy.kind === 'token' && (moved || email.rootCertificate !== before.email.rootCertificate);
    const elsewhere = email.host !== before.email.host || byToken;
    if (body.email?.password === undefined && password !== null && elsewhere) {
      throw invalid('email.password', 'enter it again for another mail server');
    }
    const channelSecrets = password === (secrets.password ?? null) ? secrets : { password };
    return { record: { ...common, email, webhook: null, savedBy }, channelSecrets };
  }
  const given = defined(body.webhook ?? {});
  const { url = secrets.url ?? '', preset = before.webhook?.preset ?? 'generic' } = given;
  const { token = secrets.token ?? null } = given;
  const moved = url !== secrets.url;
  const savedBy = saverOf(before, { moved, given: given.url !== undefined, by });
  checkUrl({ url, preset }, { ...by, origin: originOf(savedBy) });
  // Like a password, the token is not sent to another server than the one it was entered for.
  if (given.token === undefined && token !== null && maskUrl(url) !== maskUrl(secrets.url ?? '')) {
    throw invalid('webhook.token', 'enter it again for another server');
  }
  const channelSecrets = { url, token, signingSecret: given.signingSecret ?? secrets.signingSecret ?? '' };
  const webhook = { preset, url: maskUrl(url), hasToken: token !== null };
  const record = { ...common, email: null, webhook, savedBy };
  return { record, channelSecrets: body.webhook === undefined ? secrets : channelSecrets };
}

/**
 * A changed address belongs to the caller who saves it. If a user saves the same address again, it becomes the
 * user's.
 */
function saverOf(
  { savedBy }: ChannelRecord,
  how: {
    readonly moved: boolean;
    readonly given: boolean;
    readonly by: Saving & { readonly savedBy: SavedBy };
  },
): SavedBy {
  return how.moved || (how.given && how.by.origin === 'named') ? how.by.savedBy : savedBy;
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function testMessage({ name }: ChannelRecord, at: string): Message {
  const host = hostname();
  const text = `This is a test of the channel ${name}. Certdesk on ${host} can reach you here.`;
  return { kind: 'digest', state: 'news', at, host, title: 'Test message', text, items: [], total: 0 };
}
