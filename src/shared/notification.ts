// Notifications: where people want to be told, of what, and what still waits to be told. Passwords, webhook addresses
// and tokens go in and never come out.
import { z } from 'zod';
import { LabelSchema } from './label.ts';
import { SavedBySchema } from './saved-by.ts';
import { TimestampSchema } from './time-schema.ts';

export const NOTIFICATION_KINDS = [
  'failed',
  'expiring',
  'action_needed',
  'renewed',
  'revoked',
  'sweep_missed',
  'backup_failed',
  'digest',
] as const;

export const NotificationKindSchema = z.enum(NOTIFICATION_KINDS).meta({
  description:
    'failed: a certificate request or renewal failed; expiring: a certificate expires soon and has no scheduled renewal; action_needed: a job waits for TXT records that a person creates, or a certificate does not cover a name of its project; sweep_missed: renewal checks were missed; digest: weekly summary',
});
export type NotificationKind = z.infer<typeof NotificationKindSchema>;

const kinds = z
  .array(NotificationKindSchema)
  .min(1)
  .max(NOTIFICATION_KINDS.length)
  .meta({ reach: 'installation' });
const address = z.email().max(320);
const secret = z.string().min(1).max(2_000);

export const MailSecuritySchema = z.enum(['tls', 'starttls', 'none']).meta({
  description: 'tls: from the first octet (port 465); starttls: required before anything is said (587); none',
});

const email = z.strictObject({
  host: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .regex(/^[\w.:-]+$/, 'is a host name or an IP address'),
  port: z.int().min(1).max(65_535),
  security: MailSecuritySchema,
  username: z.string().min(1).max(320).nullable(),
  password: secret.nullable(),
  from: address,
  to: z.array(address).min(1).max(20),
  rootCertificate: z.string().max(20_000).nullable().meta({
    description: 'PEM: an additional root to trust, for a mail server of your own',
  }),
});

export const WebhookPresetSchema = z.enum(['generic', 'slack', 'teams', 'discord', 'ntfy']);
export type WebhookPreset = z.infer<typeof WebhookPresetSchema>;

const webhook = z.strictObject({
  preset: WebhookPresetSchema,
  url: z.string().trim().min(1).max(2_000),
  signingSecret: z.string().min(16).max(500).meta({
    description: 'Key of the HMAC-SHA256 signature; made by Certdesk, and shown once, where it is left out',
  }),
  token: secret
    .nullable()
    .meta({ description: 'Sent as Authorization: Bearer; ntfy requires one for private topics' }),
});

const optionalOfEmail = { username: true, password: true, rootCertificate: true } as const;

export const CreateChannelSchema = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('email').meta({ reach: 'installation' }),
        name: LabelSchema.meta({ reach: 'installation' }),
        enabled: z.boolean().default(true).meta({ reach: 'installation' }),
        kinds: kinds.default([...NOTIFICATION_KINDS]).meta({ reach: 'installation' }),
        email: email.partial(optionalOfEmail).meta({ reach: 'installation' }),
      })
      .meta({ id: 'CreateMailChannel' }),
    z
      .strictObject({
        type: z.literal('webhook').meta({ reach: 'installation' }),
        name: LabelSchema.meta({ reach: 'installation' }),
        enabled: z.boolean().default(true).meta({ reach: 'installation' }),
        kinds: kinds.default([...NOTIFICATION_KINDS]).meta({ reach: 'installation' }),
        webhook: webhook.partial({ signingSecret: true, token: true }).meta({ reach: 'installation' }),
      })
      .meta({ id: 'CreateWebhookChannel' }),
  ])
  .meta({ id: 'CreateNotificationChannel' });
export type CreateChannel = z.infer<typeof CreateChannelSchema>;

/** Only what is to change; a secret that is left out stays as it is. */
export const UpdateChannelSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ reach: 'installation' }),
    enabled: z.boolean().optional().meta({ reach: 'installation' }),
    kinds: kinds.optional().meta({ reach: 'installation' }),
    email: email.partial().optional().meta({ reach: 'installation' }),
    webhook: webhook.partial().optional().meta({ reach: 'installation' }),
  })
  .meta({ id: 'UpdateNotificationChannel' });
export type UpdateChannel = z.infer<typeof UpdateChannelSchema>;

export const ChannelSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['email', 'webhook']),
    enabled: z.boolean(),
    kinds: z.array(NotificationKindSchema),
    email: z
      .object({
        host: z.string(),
        port: z.int(),
        security: MailSecuritySchema,
        username: z.string().nullable(),
        from: z.string(),
        to: z.array(z.string()),
        rootCertificate: z.string().nullable(),
      })
      .nullable(),
    webhook: z
      .object({
        preset: WebhookPresetSchema,
        url: z.string().meta({ description: 'Masked: the host only' }),
        hasToken: z.boolean(),
      })
      .nullable(),
    savedBy: SavedBySchema,
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    lastSentAt: TimestampSchema.nullable(),
    lastError: z.string().nullable().meta({ description: 'Of the last attempt; null where it went well' }),
    waiting: z.int().min(0).meta({ description: 'Undelivered messages' }),
  })
  .meta({ id: 'NotificationChannel' });
export type Channel = z.infer<typeof ChannelSchema>;

export const CreatedChannelSchema = ChannelSchema.extend({
  signingSecret: z.string().nullable().meta({ description: 'Shown this once, where Certdesk has made it' }),
}).meta({ id: 'CreatedNotificationChannel' });
export type CreatedChannel = z.infer<typeof CreatedChannelSchema>;

export const ChannelTestSchema = z
  .object({
    success: z.literal(true),
    message: z.string(),
    answer: z.string().meta({ description: 'Response of the mail server or the webhook' }),
    status: z.int().nullable().meta({ description: 'HTTP status of a webhook' }),
    ms: z.int(),
  })
  .meta({ id: 'NotificationTest' });
export type ChannelTest = z.infer<typeof ChannelTestSchema>;

export const DeliverySchema = z
  .object({
    id: z.string().meta({ description: 'The same in every attempt, so that a receiver can drop duplicates' }),
    channelId: z.string(),
    kind: NotificationKindSchema,
    title: z.string(),
    state: z.enum(['waiting', 'sent', 'given-up']),
    attempts: z.int().min(0),
    createdAt: TimestampSchema,
    nextAttemptAt: TimestampSchema.nullable(),
    finishedAt: TimestampSchema.nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'NotificationDelivery' });
export type Delivery = z.infer<typeof DeliverySchema>;
