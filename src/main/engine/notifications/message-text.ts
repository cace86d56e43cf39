// Composes the texts of notifications. Pure. Dates are in the chosen time zone and name its offset, because readers may
// be in any.
import type { NotificationKind } from '../../../shared/notification.ts';
import type { Timestamp } from '../../../shared/time.ts';
import { formatInZone } from '../../../shared/time-zone.ts';
import type { Message, MessageItem } from '../core/stores/notifications.ts';
import { INCIDENT_TITLE } from '../incidents/incident-text.ts';
import { pageOf } from './links.ts';

/** Maximum number of items named in a message; the others are counted. */
export const MAX_ITEMS = 20;

export interface MessageContent {
  readonly kind: NotificationKind;
  readonly state: Message['state'];
  readonly at: Timestamp;
  readonly host: string;
  /** At most MAX_ITEMS of `total`. */
  readonly items: readonly MessageItem[];
  readonly total: number;
}

type Titles = readonly [one: (name: string) => string, many: (n: number) => string];

const PROBLEMS: Readonly<Record<Exclude<NotificationKind, 'digest'>, Titles>> = {
  failed: [
    (name) => `${name}: certificate request or renewal failed`,
    (n) => `${n} certificate requests or renewals failed`,
  ],
  expiring: [
    (name) => `${name} expires soon and has no scheduled renewal`,
    (n) => `${n} certificates expire soon and have no scheduled renewal`,
  ],
  action_needed: [(name) => `${name} needs your action`, (n) => `${n} certificates need your action`],
  renewed: [(name) => `${name} was renewed`, (n) => `${n} certificates were renewed`],
  revoked: [(name) => `${name} is revoked`, (n) => `${n} certificates are revoked`],
  renewal_check_missed: [() => 'Renewal checks were missed', () => 'Renewal checks were missed'],
  backup_failed: [() => 'The backup failed', () => 'The backup failed'],
  not_served: [
    (name) => `${name}: clients do not get the right certificate`,
    (n) => `${n} servers do not present the right certificate`,
  ],
  endpoint_expiring: [
    (name) => `${name} presents a certificate that expires soon`,
    (n) => `${n} servers present certificates that expire soon`,
  ],
  incident: [() => INCIDENT_TITLE, (n) => `${n} CAs request early renewal of many certificates`],
  deploy_failed: [(name) => `${name}: deployment failed`, (n) => `Deployments of ${n} certificates failed`],
  host_key_changed: [
    (name) => `${name} presents another host key`,
    (n) => `${n} hosts present other host keys`,
  ],
};

const RESOLUTIONS: Readonly<Record<Exclude<NotificationKind, 'digest' | 'renewed'>, Titles>> = {
  failed: [(name) => `${name}: resolved`, (n) => `${n} failures resolved`],
  expiring: [
    (name) => `${name} is scheduled for renewal again`,
    (n) => `${n} certificates are scheduled for renewal again`,
  ],
  action_needed: [
    (name) => `${name} no longer needs your action`,
    (n) => `${n} certificates no longer need your action`,
  ],
  revoked: [
    (name) => `${name} has a valid certificate again`,
    (n) => `${n} names have valid certificates again`,
  ],
  renewal_check_missed: [() => 'Renewal checks resumed', () => 'Renewal checks resumed'],
  backup_failed: [() => 'Backups work again', () => 'Backups work again'],
  not_served: [
    (name) => `${name} presents the right certificate again`,
    (n) => `${n} servers present the right certificate again`,
  ],
  endpoint_expiring: [
    (name) => `${name} presents a certificate that does not expire soon`,
    (n) => `${n} servers present certificates that do not expire soon`,
  ],
  incident: [
    () => 'The early renewal of many certificates is done',
    (n) => `The early renewal of many certificates is done at ${n} CAs`,
  ],
  deploy_failed: [(name) => `${name} is deployed again`, (n) => `${n} certificates are deployed again`],
  host_key_changed: [
    (name) => `${name} presents an accepted host key again`,
    (n) => `${n} hosts present accepted host keys again`,
  ],
};

/**
 * Composes title and text of a message.
 * @param timeZone IANA name
 */
export function compose(content: MessageContent, timeZone: string): Message {
  return {
    ...content,
    page: pageOf(content),
    title: titleOf(content),
    text: [...content.items.map((item) => lineOf(item, timeZone)), ...remainder(content)].join('\n'),
  };
}

function titleOf({ kind, state, items, total }: MessageContent): string {
  if (kind === 'digest') return 'Your certificates this week';
  const titles = state === 'resolved' && kind !== 'renewed' ? RESOLUTIONS[kind] : PROBLEMS[kind];
  return total === 1 ? titles[0](items[0]?.domain ?? 'A certificate') : titles[1](total);
}

function lineOf({ domain, cause, expiresAt }: MessageItem, timeZone: string): string {
  const until = expiresAt === null ? '' : ` It expires ${formatInZone(timeZone, expiresAt)}.`;
  return `${domain === null ? '' : `${domain}: `}${cause}${until}`;
}

function remainder({ items, total }: MessageContent): readonly string[] {
  return total > items.length ? [`And ${total - items.length} more.`] : [];
}
