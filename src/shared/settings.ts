// Defines the settings: sections of plain values without secrets, each with a schema and defaults. The engine, the
// operations, the audit trail and the GUI all derive from this list.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

/** What concerns the whole installation. */
export const GeneralSettingsSchema = z.strictObject({
  /** The time zone (IANA name) of times in the GUI, messages and schedules; null: the system's. */
  timeZone: z.string().min(1).max(64).nullable().meta({ reach: 'installation' }),
  /** The address of the GUI in links of messages; null: the address that the server listens on. */
  baseUrl: z.string().min(1).max(500).nullable().meta({ reach: 'system' }),
  /** Whether the overview shows the steps that are left to set up. */
  showChecklist: z.boolean().meta({ reach: 'installation' }),
});

/** How dns-01 waits for its TXT record to propagate. */
export const DnsSettingsSchema = z.strictObject({
  /** Seconds until the wait fails; null: the provider's default. */
  propagationTimeout: z.number().int().min(1).max(86_400).nullable().meta({ reach: 'installation' }),
  /** The longest pause between two checks, in seconds; null: the provider's default. */
  propagationInterval: z.number().min(0.1).max(600).nullable().meta({ reach: 'installation' }),
  /** `resolvers`: query only the resolvers, for networks that block DNS to other servers. */
  propagationCheck: z.enum(['authoritative', 'resolvers']).meta({ reach: 'installation' }),
  /**
   * Resolvers for a final check, if none were named at startup: IP addresses, with or without :PORT. Job steps show
   * their answers; a stale answer delays an order by a few seconds at most. Empty: no check.
   */
  publicResolvers: z.array(z.string().min(2).max(64)).max(8).meta({ reach: 'installation' }),
});

export const SessionSettingsSchema = z.strictObject({
  /** Whether a restart signs out all browsers. */
  signOutOnRestart: z.boolean().meta({ reach: 'system' }),
  /** Minutes without user activity after which a session ends. It ends after 12 hours in any case. */
  idleMinutes: z.number().int().min(5).max(720).meta({ reach: 'system' }),
});

const port = z.number().int().min(1).max(65_535);

/** The ports to open at startup if the command line names none. */
export const ListenerSettingsSchema = z.strictObject({
  /** The port of the API and of the GUI in a browser. */
  apiPort: port.meta({ reach: 'installation' }),
  /** The port of the HTTP-01 challenge server. CAs connect to port 80, so any other port needs forwarding. */
  challengePort: port.meta({ reach: 'installation' }),
});

/** HTTPS of the API and the GUI. Options of the command line take precedence. */
export const HttpsSettingsSchema = z.strictObject({
  /** Whether to serve HTTPS instead of HTTP; applies at the next start. */
  enabled: z.boolean().meta({ reach: 'system' }),
  /** The project whose certificate is served. Null: a self-signed certificate. */
  projectId: z.string().min(1).max(64).nullable().meta({ reach: 'system' }),
  /** Whether the challenge listener redirects other requests to HTTPS. */
  redirectHttp: z.boolean().meta({ reach: 'system' }),
});

/** Settings of the desktop application. */
export const DesktopSettingsSchema = z.strictObject({
  startAtLogin: z.boolean().meta({ reach: 'installation' }),
  /** Whether to show notifications of the operating system. */
  notifications: z.boolean().meta({ reach: 'installation' }),
});

export const RenewalSettingsSchema = z.strictObject({
  /** Automatic renewals are paused until this time; null: not paused. */
  pausedUntil: TimestampSchema.nullable().meta({ reach: 'installation' }),
  /** How many automatic renewals run in parallel. Two that validate the same name never do. */
  concurrency: z.number().int().min(1).max(50).meta({ reach: 'installation' }),
  /**
   * The CA to use if the usual one fails for reasons of its own: an ID from GET /cas, or an https directory URL. A CA
   * that requires an external account binding must already have an account. Null: none.
   */
  fallbackCa: z.string().min(1).max(500).nullable().meta({ reach: 'installation' }),
  /** Days for which a superseded version is stored with its key after it expired. */
  keepVersionsDays: z.number().int().min(0).max(3_650).meta({ reach: 'installation' }),
});

/** Automatic backups; they require a passphrase. */
export const BackupSettingsSchema = z.strictObject({
  /** An absolute path; null: the folder `backups` in the data folder. */
  folder: z.string().min(1).max(1_000).nullable().meta({ reach: 'system' }),
  /** Hours between two automatic backups; null: none. */
  everyHours: z.number().int().min(1).max(8_760).nullable().meta({ reach: 'installation' }),
  /** The number of complete backups to keep; older ones are deleted after the next backup. */
  keep: z.number().int().min(1).max(1_000).meta({ reach: 'installation' }),
});

export const NotificationSettingsSchema = z.strictObject({
  /** The day of the weekly digest, in `general.timeZone`. */
  digestDay: z
    .enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
    .meta({ reach: 'installation' }),
  /** The hour of that day, in `general.timeZone`. */
  digestHour: z.number().int().min(0).max(23).meta({ reach: 'installation' }),
  /** Hours for which Certdesk may be stopped or asleep before it reports missed renewal checks. */
  missedAfterHours: z.number().int().min(1).max(720).meta({ reach: 'installation' }),
});

export const AuditSettingsSchema = z.strictObject({
  /** Days until an entry of the audit trail is exported to a file and deleted from the database; null: never. */
  keepDays: z.number().int().min(90).max(36_500).nullable().meta({ reach: 'system' }),
});

const SECTIONS = {
  general: GeneralSettingsSchema,
  dns: DnsSettingsSchema,
  sessions: SessionSettingsSchema,
  listeners: ListenerSettingsSchema,
  https: HttpsSettingsSchema,
  desktop: DesktopSettingsSchema,
  renewals: RenewalSettingsSchema,
  backup: BackupSettingsSchema,
  notifications: NotificationSettingsSchema,
  audit: AuditSettingsSchema,
} as const;

export const SettingsSchema = z.object(SECTIONS).meta({ id: 'Settings' });
export type Settings = z.infer<typeof SettingsSchema>;
export type SettingsSection = keyof Settings;

/** Contains only the sections and fields to change. */
export const PatchSettingsSchema = z.strictObject({
  general: SECTIONS.general.partial().optional(),
  dns: SECTIONS.dns.partial().optional(),
  sessions: SECTIONS.sessions.partial().optional(),
  listeners: SECTIONS.listeners.partial().optional(),
  https: SECTIONS.https.partial().optional(),
  desktop: SECTIONS.desktop.partial().optional(),
  renewals: SECTIONS.renewals.partial().optional(),
  backup: SECTIONS.backup.partial().optional(),
  notifications: SECTIONS.notifications.partial().optional(),
  audit: SECTIONS.audit.partial().optional(),
});
export type PatchSettings = z.infer<typeof PatchSettingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  general: { timeZone: null, baseUrl: null, showChecklist: true },
  dns: {
    propagationTimeout: null,
    propagationInterval: null,
    propagationCheck: 'authoritative',
    // Cloudflare, Google and Quad9: three independent operators.
    publicResolvers: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  },
  sessions: { signOutOnRestart: false, idleMinutes: 60 },
  listeners: { apiPort: 7878, challengePort: 80 },
  https: { enabled: false, projectId: null, redirectHttp: false },
  desktop: { startAtLogin: false, notifications: true },
  renewals: { pausedUntil: null, concurrency: 10, fallbackCa: null, keepVersionsDays: 30 },
  backup: { folder: null, everyHours: null, keep: 14 },
  notifications: { digestDay: 'monday', digestHour: 8, missedAfterHours: 12 },
  audit: { keepDays: 730 },
};

/** The time zone of all times that are shown, and the one that applies if none is chosen. */
export const TimeZoneSchema = z
  .object({
    timeZone: z.string().meta({ description: 'IANA name', examples: ['Europe/Berlin'] }),
    systemTimeZone: z.string().meta({ description: "The operating system's, the default" }),
  })
  .meta({ id: 'TimeZone' });
export type TimeZone = z.infer<typeof TimeZoneSchema>;
