// The values of the channel form, their validation, and the request. An empty secret keeps the stored one.
import type { FormRulesRecord, UseFormReturnType } from '@mantine/form';
import type {
  Channel,
  CreateChannel,
  NotificationKind,
  UpdateChannel,
  WebhookPreset,
} from '../../shared/notification.ts';
import { notifications as notificationTexts } from '../messages/notifications.ts';
import { messages } from '../messages.ts';
import { checkTags } from '../tags/check-tags.ts';
import { checkRequiredLabel, isEmailAddress, numberOf } from '../ui/field-checks.ts';

export const KINDS = Object.keys(notificationTexts.kinds) as NotificationKind[];

/** A delivery emits no event, so the page polls at the interval at which Certdesk delivers. */
export const DELIVERS_EVERY_MS = 15_000;
export const SECURITIES = ['starttls', 'tls', 'none'] as const;

export interface ChannelValues {
  readonly type: Channel['type'];
  readonly name: string;
  readonly enabled: boolean;
  readonly kinds: string[];
  readonly tags: string[];
  readonly host: string;
  readonly port: number | string;
  readonly security: string;
  readonly username: string;
  readonly password: string;
  readonly from: string;
  readonly to: string[];
  readonly rootCertificate: string;
  readonly preset: WebhookPreset;
  readonly url: string;
  readonly token: string;
  readonly removeToken: boolean;
  readonly signingSecret: string;
}

export type ChannelForm = UseFormReturnType<ChannelValues, ChannelValues, FormRulesRecord<ChannelValues>>;

const EMPTY: ChannelValues = {
  type: 'email',
  name: '',
  enabled: true,
  kinds: [...KINDS],
  tags: [],
  host: '',
  port: 587,
  security: 'starttls',
  username: '',
  password: '',
  from: '',
  to: [],
  rootCertificate: '',
  preset: 'slack',
  url: '',
  token: '',
  removeToken: false,
  signingSecret: '',
};

/** The default port of each encryption; a port that the user entered stays. */
export const USUAL_PORTS: Readonly<Record<string, number>> = { tls: 465, starttls: 587, none: 25 };

export function toValues(channel: Channel | undefined): ChannelValues {
  if (channel === undefined) return EMPTY;
  const { type, name, enabled, kinds, tags, email, webhook } = channel;
  const mail =
    email === null
      ? {}
      : { ...email, username: email.username ?? '', rootCertificate: email.rootCertificate ?? '' };
  const hook = webhook === null ? {} : { preset: webhook.preset };
  return { ...EMPTY, type, name, enabled, kinds: [...kinds], tags: [...tags], ...mail, ...hook };
}

export function toCreate(values: ChannelValues): CreateChannel {
  const common = commonOf(values);
  if (values.type === 'email') {
    return { ...common, type: 'email', email: { ...mailOf(values), password: filled(values.password) } };
  }
  const { preset, url, token, signingSecret } = values;
  return {
    ...common,
    type: 'webhook',
    webhook: {
      preset,
      url: url.trim(),
      token: filled(token),
      ...(signingSecret === '' ? {} : { signingSecret }),
    },
  };
}

export function toUpdate(values: ChannelValues): UpdateChannel {
  const common = commonOf(values);
  if (values.type === 'email') {
    const { password, username } = values;
    // Without a user name, the stored password is dropped too.
    const change = username.trim() === '' ? { password: null } : password === '' ? {} : { password };
    return { ...common, email: { ...mailOf(values), ...change } };
  }
  const { preset, url, token, removeToken, signingSecret } = values;
  return {
    ...common,
    webhook: {
      preset,
      ...(url.trim() === '' ? {} : { url: url.trim() }),
      ...(removeToken ? { token: null } : token === '' ? {} : { token }),
      ...(signingSecret === '' ? {} : { signingSecret }),
    },
  };
}

function commonOf({ name, enabled, kinds, tags }: ChannelValues) {
  return { name: name.trim(), enabled, kinds: KINDS.filter((kind) => kinds.includes(kind)), tags };
}

function mailOf({ host, port, security, username, from, to, rootCertificate }: ChannelValues) {
  return {
    host: host.trim(),
    port: numberOf(port),
    security: SECURITIES.find((known) => known === security) ?? 'starttls',
    username: filled(username.trim()),
    from: from.trim(),
    to,
    rootCertificate: filled(rootCertificate.trim()),
  };
}

type Checks = {
  readonly [Field in keyof ChannelValues]?: (
    value: ChannelValues[Field],
    all: ChannelValues,
  ) => string | null;
};

/**
 * Returns errors by field. The server validates more, such as allowed addresses.
 * @param isKnown Whether the channel exists; then an empty secret keeps the stored one.
 */
export function checkChannel(isKnown: boolean): Checks {
  const { mail, webhook, form } = notificationTexts;
  const ofMail =
    <Value>(check: (value: Value, all: ChannelValues) => string | null) =>
    (value: Value, all: ChannelValues) =>
      all.type === 'email' ? check(value, all) : null;
  return {
    name: checkRequiredLabel,
    kinds: (kinds) => (kinds.length === 0 ? form.kindsMissing : null),
    tags: checkTags,
    host: ofMail((host) => (host.trim() === '' ? mail.hostMissing : null)),
    port: ofMail((port) => (Number(port) >= 1 && Number(port) <= 65_535 ? null : mail.portBad)),
    username: ofMail((username, { password }) =>
      username.trim() === '' && password !== '' ? mail.usernameMissing : null,
    ),
    password: ofMail((password, { username }) =>
      !isKnown && password === '' && username.trim() !== '' ? mail.passwordMissing : null,
    ),
    from: ofMail((from) => {
      if (from.trim() === '') return mail.fromMissing;
      return isEmailAddress(from) ? null : messages.fields.emailBad(from.trim());
    }),
    to: ofMail((to) => {
      const wrong = to.find((address) => !isEmailAddress(address));
      if (wrong !== undefined) return messages.fields.emailBad(wrong);
      return to.length === 0 ? mail.toMissing : null;
    }),
    url(url, { type }) {
      if (type === 'email' || (isKnown && url.trim() === '')) return null;
      if (url.trim() === '') return webhook.urlMissing;
      return /^https?:$/.test(URL.parse(url.trim())?.protocol ?? '') ? null : webhook.urlBad;
    },
    signingSecret: (secret, { type }) =>
      type === 'webhook' && secret !== '' && secret.length < 16 ? webhook.secretShort : null,
  };
}

const filled = (text: string): string | null => (text === '' ? null : text);
