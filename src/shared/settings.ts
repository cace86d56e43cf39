// The settings: sections of plain values, none of them a secret. A section is a schema and its defaults, here; the
// engine, the operations, the audit trail and the GUI take them from this list.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

/** How dns-01 looks whether its record shows. */
export const DnsSettingsSchema = z.strictObject({
  /** Seconds until it is given up; null: what each provider suggests. */
  propagationTimeout: z.number().int().min(1).max(86_400).nullable().meta({ reach: 'installation' }),
  /** Seconds between two looks at most; null: what each provider suggests. */
  propagationInterval: z.number().min(0.1).max(600).nullable().meta({ reach: 'installation' }),
  /** `resolvers`: ask the resolvers only, for networks that let nothing but their own resolver do DNS. */
  propagationCheck: z.enum(['authoritative', 'resolvers']).meta({ reach: 'installation' }),
  /**
   * IP addresses, with or without :PORT, that are asked last where no resolver was named at start. What they say is
   * shown; an older answer of theirs holds an order up for some seconds and no longer. Empty: none is asked.
   */
  publicResolvers: z.array(z.string().min(2).max(64)).max(8).meta({ reach: 'installation' }),
});

export const SessionSettingsSchema = z.strictObject({
  /** Whether a restart ends the sign-ins of all browsers. */
  signOutOnRestart: z.boolean().meta({ reach: 'system' }),
  /** Minutes without a person's activity after which a session ends. It ends after 12 hours in any case. */
  idleMinutes: z.number().int().min(5).max(720).meta({ reach: 'system' }),
});

const port = z.number().int().min(1).max(65_535);

/** Ports that are opened at the next start, where the command line names none. */
export const ListenerSettingsSchema = z.strictObject({
  /** Of the API, and of the GUI in a browser. */
  apiPort: port.meta({ reach: 'installation' }),
  /** Where HTTP-01 challenges are answered; CAs ask on port 80, so another one needs a forward. */
  challengePort: port.meta({ reach: 'installation' }),
});

/** The desktop application's. */
export const DesktopSettingsSchema = z.strictObject({
  startAtLogin: z.boolean().meta({ reach: 'installation' }),
  /** Whether the system's notifications are used. */
  notifications: z.boolean().meta({ reach: 'installation' }),
});

export const RenewalSettingsSchema = z.strictObject({
  /** Until then nothing is renewed by itself; null: renewals go on. */
  pausedUntil: TimestampSchema.nullable().meta({ reach: 'installation' }),
  /** Renewals that Certdesk begins by itself side by side, never two that prove the same name. */
  sideBySide: z.number().int().min(1).max(50).meta({ reach: 'installation' }),
  /**
   * A CA to turn to where the usual one fails on its own account: an id of GET /cas, or an https directory URL. One
   * that wants an external account binding must have been used before. Null: none.
   */
  fallbackCa: z.string().min(1).max(500).nullable().meta({ reach: 'installation' }),
  /** Days that a superseded version is kept with its key after it has expired. */
  keepVersionsDays: z.number().int().min(0).max(3_650).meta({ reach: 'installation' }),
});

/** Backups that Certdesk makes by itself, once it has a passphrase for them. */
export const BackupSettingsSchema = z.strictObject({
  /** An absolute path; null: the folder `backups` in the data folder. */
  folder: z.string().min(1).max(1_000).nullable().meta({ reach: 'system' }),
  /** Null: none by itself. */
  everyHours: z.number().int().min(1).max(8_760).nullable().meta({ reach: 'installation' }),
  /** Whole backups that stay; older ones are removed after the next one. */
  keep: z.number().int().min(1).max(1_000).meta({ reach: 'installation' }),
});

export const NotificationSettingsSchema = z.strictObject({
  /** UTC. */
  digestDay: z
    .enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
    .meta({ reach: 'installation' }),
  /** Of that day, UTC. */
  digestHour: z.number().int().min(0).max(23).meta({ reach: 'installation' }),
  /** Hours that Certdesk may have stood still (stopped, asleep) before that is told of as a missed sweep. */
  missedAfterHours: z.number().int().min(1).max(720).meta({ reach: 'installation' }),
});

export const AuditSettingsSchema = z.strictObject({
  /** Days that an entry of the audit trail is kept before it is exported to a file and deleted; null: for ever. */
  keepDays: z.number().int().min(90).max(36_500).nullable().meta({ reach: 'system' }),
});

const SECTIONS = {
  dns: DnsSettingsSchema,
  sessions: SessionSettingsSchema,
  listeners: ListenerSettingsSchema,
  desktop: DesktopSettingsSchema,
  renewals: RenewalSettingsSchema,
  backup: BackupSettingsSchema,
  notifications: NotificationSettingsSchema,
  audit: AuditSettingsSchema,
} as const;

export const SettingsSchema = z.object(SECTIONS).meta({ id: 'Settings' });
export type Settings = z.infer<typeof SettingsSchema>;
export type SettingsSection = keyof Settings;

/** Only what is to change: sections, and fields of them. */
export const PatchSettingsSchema = z.strictObject({
  dns: SECTIONS.dns.partial().optional(),
  sessions: SECTIONS.sessions.partial().optional(),
  listeners: SECTIONS.listeners.partial().optional(),
  desktop: SECTIONS.desktop.partial().optional(),
  renewals: SECTIONS.renewals.partial().optional(),
  backup: SECTIONS.backup.partial().optional(),
  notifications: SECTIONS.notifications.partial().optional(),
  audit: SECTIONS.audit.partial().optional(),
});
export type PatchSettings = z.infer<typeof PatchSettingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  dns: {
    propagationTimeout: null,
    propagationInterval: null,
    propagationCheck: 'authoritative',
    // Cloudflare, Google, Quad9: three that have nothing to do with one another.
    publicResolvers: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  },
  sessions: { signOutOnRestart: false, idleMinutes: 60 },
  listeners: { apiPort: 7878, challengePort: 80 },
  desktop: { startAtLogin: false, notifications: true },
  renewals: { pausedUntil: null, sideBySide: 10, fallbackCa: null, keepVersionsDays: 30 },
  backup: { folder: null, everyHours: null, keep: 14 },
  notifications: { digestDay: 'monday', digestHour: 8, missedAfterHours: 12 },
  audit: { keepDays: 730 },
};
