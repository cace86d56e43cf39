// Sends one message to one channel with its secrets from the secret store, and removes those secrets from the
// response.

import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { Json } from '../core/model.ts';
import type { Clock, SecretStore } from '../core/ports.ts';
import { channelSecret } from '../core/secret-names.ts';
import type { ChannelRecord, Message } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { createRedactor } from '../dns/providers/redact.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { type LinkedMessage, readBaseUrl, withLinks } from './links.ts';
import type { ChannelSecrets, Delivered } from './model.ts';
import { toOutgoing } from './presets.ts';
import { sendMail } from './smtp.ts';
import type { WebhookSender } from './webhook.ts';

export interface SendDeps {
  readonly stores: Pick<Stores, 'settings'>;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly webhooks: WebhookSender;
  readonly addressPolicy: AddressPolicy;
}

/** Reads the secrets of a channel. @throws SECRET_STORE_UNAVAILABLE */
export async function readSecrets(secrets: SecretStore, id: string): Promise<ChannelSecrets> {
  return JSON.parse((await secrets.get(channelSecret(id))) ?? '{}');
}

/**
 * Sends a message.
 * @param id Id of the delivery.
 * @throws NOTIFICATION_FAILED, SECRET_STORE_UNAVAILABLE, the reason of `signal`
 */
export async function send(
  deps: SendDeps,
  {
    channel,
    id,
    message,
  }: { readonly channel: ChannelRecord; readonly id: string; readonly message: Message },
  signal: AbortSignal,
): Promise<Delivered> {
  const channelSecrets = await readSecrets(deps.secrets, channel.id);
  const clean = createRedactor(secretsOf(channelSecrets));
  const linked = withLinks(message, await readBaseUrl(deps.stores));
  try {
    const delivered = await deliver(deps, { channel, id, message: linked, channelSecrets }, signal);
    return { ...delivered, answer: clean.text(delivered.answer) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message: text, details } = toCertdeskError(error);
    // A new error, because a library's error may contain the whole request.
    throw CertdeskError.fromBody({
      success: false,
      error: clean.text(text),
      code,
      details: cleanDetails(details, clean.text),
    });
  }
}

async function deliver(
  { clock, webhooks, addressPolicy }: SendDeps,
  given: {
    readonly channel: ChannelRecord;
    readonly id: string;
    readonly message: LinkedMessage;
    readonly channelSecrets: ChannelSecrets;
  },
  signal: AbortSignal,
): Promise<Delivered> {
  const { channel, id, message, channelSecrets } = given;
  const origin = originOf(channel.savedBy);
  if (channel.email !== null) {
    const { title, text, host, link } = message;
    const subject = `[Certdesk ${host}] ${title}`;
    const open = link === null ? '' : `\n\nOpen in Certdesk:\n${link}`;
    const body = `${title}\n\n${text}${open}\n\n--\nCertdesk on ${host}\n`;
    const date = new Date(message.at);
    const password = channelSecrets.password ?? null;
    const mail = { server: channel.email, origin, password, id, subject, text: body, date };
    return sendMail(addressPolicy, mail, signal);
  }
  const { url, signingSecret } = channelSecrets;
  if (channel.webhook === null || url === undefined || signingSecret === undefined) throw secretsMissing();
  const { preset } = channel.webhook;
  const outgoing = toOutgoing({ preset, url }, id, message);
  const token = channelSecrets.token ?? null;
  return webhooks.post({ ...outgoing, id, now: clock.now(), signingSecret, token, origin }, signal);
}

/** The channel exists without its secrets, because the secret store was emptied. */
function secretsMissing(): CertdeskError {
  const message = 'The URL of this webhook is no longer in the secret store. Enter it again.';
  return new CertdeskError('NOTIFICATION_FAILED', message);
}

/** A receiver may echo the secrets: the whole URL, its path, or long parts of the path. */
function secretsOf({ password, url, signingSecret, token }: ChannelSecrets): readonly string[] {
  const parsed = url === undefined ? null : URL.parse(url);
  const path = parsed === null ? [] : [parsed.pathname + parsed.search, parsed.pathname];
  const parts = path.flatMap((text) => text.split(/[/?&=]/)).filter((part) => part.length >= 8);
  return [password, url, parsed?.href, ...path, ...parts, signingSecret, token].filter(
    (secret): secret is string => typeof secret === 'string' && secret.length > 1,
  );
}

function cleanDetails(details: unknown, clean: (text: string) => string): Json {
  return details === undefined ? {} : JSON.parse(clean(JSON.stringify(details)));
}
