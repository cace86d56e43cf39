// Schemas of notification channels and their deliveries. Passwords, webhook URLs and tokens are write-only.
import { z } from 'zod';
import { LabelSchema } from './label.ts';
import { SavedBySchema } from './saved-by.ts';
import { TagsSchema } from './tag.ts';
import { TimestampSchema } from './time-schema.ts';

export const NOTIFICATION_KINDS = [
  'failed',
  'expiring',
  'action_needed',
  'renewed',
  'revoked',
  'incident',
  'renewal_check_missed',
  'backup_failed',
  'not_served',
  'endpoint_expiring',
  'deploy_failed',
  'host_key_changed',
  'digest',
] as const;

export const NotificationKindSchema = z.enum(NOTIFICATION_KINDS).meta({
  description:
    'failed: a certificate could not be obtained or renewed; expiring: a certificate expires and no renewal is scheduled; action_needed: a job waits for TXT records that a user adds, a certificate does not cover a name of its project, watched CAA records no longer permit the CA, or a dns-persist-01 record must be changed before the next renewal; renewed: a certificate was renewed; revoked: a certificate is revoked; incident: a CA requests early renewal of many certificates at once; renewal_check_missed: renewal checks did not run; backup_failed: a backup failed; not_served: clients do not get the right certificate at an endpoint or at the host of a deployment, Certdesk cannot see its endpoints, or its own HTTPS does not serve the selected certificate; endpoint_expiring: an endpoint presents a certificate that expires soon; deploy_failed: a certificate could not be installed on a host; host_key_changed: a host presents another key than the accepted one; digest: a weekly summary',
});
export type NotificationKind = z.infer<typeof NotificationKindSchema>;

const kinds = z
  .array(NotificationKindSchema)
  .min(1)
  .max(NOTIFICATION_KINDS.length)
  .meta({ reach: 'installation' });
const tags = TagsSchema.optional().meta({
  description:
    'If not empty, the channel receives only messages about projects that have at least one of these tags, and none about Certdesk itself',
  reach: 'installation',
});
const address = z.email().max(320);
const secret = z.string().min(1).max(2_000);

export const MailSecuritySchema = z.enum(['tls', 'starttls', 'none']).meta({
  description: 'tls: implicit TLS (port 465); starttls: STARTTLS is required (port 587); none: no encryption',
});

const email = z.strictObject({
  host: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .regex(/^[\w.:-]+$/, 'is neither a host name nor an IP address'),
  port: z.int().min(1).max(65_535),
  security: MailSecuritySchema,
  username: z.string().min(1).max(320).nullable(),
  password: secret.nullable(),
  from: address,
  to: z.array(address).min(1).max(20),
  rootCertificate: z.string().max(20_000).nullable().meta({
    description: 'Additional root certificate to trust, as PEM, for your own mail server',
  }),
});

export const WebhookPresetSchema = z.enum(['generic', 'slack', 'teams', 'discord', 'ntfy']);
export type WebhookPreset = z.infer<typeof WebhookPresetSchema>;

const webhook = z.strictObject({
  preset: WebhookPresetSchema,
  url: z.string().trim().min(1).max(2_000),
  signingSecret: z.string().min(16).max(500).meta({
    description: 'Key for the HMAC-SHA256 signature. If omitted, Certdesk generates one and returns it once',
  }),
  token: secret
    .nullable()
    .meta({ description: 'Bearer token for the Authorization header; ntfy requires one for private topics' }),
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
        tags,
        email: email.partial(optionalOfEmail).meta({ reach: 'installation' }),
      })
      .meta({ id: 'CreateMailChannel' }),
    z
      .strictObject({
        type: z.literal('webhook').meta({ reach: 'installation' }),
        name: LabelSchema.meta({ reach: 'installation' }),
        enabled: z.boolean().default(true).meta({ reach: 'installation' }),
        kinds: kinds.default([...NOTIFICATION_KINDS]).meta({ reach: 'installation' }),
        tags,
        webhook: webhook.partial({ signingSecret: true, token: true }).meta({ reach: 'installation' }),
      })
      .meta({ id: 'CreateWebhookChannel' }),
  ])
  .meta({ id: 'CreateNotificationChannel' });
export type CreateChannel = z.infer<typeof CreateChannelSchema>;

/** Contains only the fields to change; omitted secrets stay unchanged. */
export const UpdateChannelSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ reach: 'installation' }),
    enabled: z.boolean().optional().meta({ reach: 'installation' }),
    kinds: kinds.optional().meta({ reach: 'installation' }),
    tags,
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
    tags: z.array(z.string()),
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
        url: z.string().meta({ description: 'Host of the webhook; the rest of the URL is masked' }),
        hasToken: z.boolean(),
      })
      .nullable(),
    savedBy: SavedBySchema,
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    lastSentAt: TimestampSchema.nullable(),
    lastError: z.string().nullable().meta({ description: 'Error of the last attempt; null if it succeeded' }),
    waiting: z.int().min(0).meta({ description: 'Number of pending messages' }),
  })
  .meta({ id: 'NotificationChannel' });
export type Channel = z.infer<typeof ChannelSchema>;

export const CreatedChannelSchema = ChannelSchema.extend({
  signingSecret: z
    .string()
    .nullable()
    .meta({ description: 'The generated key, returned only once; null if the caller provided one' }),
}).meta({ id: 'CreatedNotificationChannel' });
export type CreatedChannel = z.infer<typeof CreatedChannelSchema>;

export const ChannelTestSchema = z
  .object({
    success: z.literal(true),
    message: z.string(),
    answer: z.string().meta({ description: 'Answer of the mail server or the webhook' }),
    status: z.int().nullable().meta({ description: 'HTTP status of the webhook; null for email' }),
    ms: z.int(),
  })
  .meta({ id: 'NotificationTest' });
export type ChannelTest = z.infer<typeof ChannelTestSchema>;

export const DeliverySchema = z
  .object({
    id: z.string().meta({
      description: 'ID of the message, the same in every attempt, so that receivers can detect duplicates',
    }),
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
