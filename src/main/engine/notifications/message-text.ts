// What a message says. Pure; dates are UTC, for whoever reads it may be anywhere.
import type { NotificationKind } from '../../../shared/notification.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { Message, MessageItem } from '../core/stores/notifications.ts';

/** Named in a message; the rest is told by its number. */
export const MAX_ITEMS = 20;

export interface Told {
  readonly kind: NotificationKind;
  readonly state: Message['state'];
  readonly at: Timestamp;
  readonly host: string;
  /** At most MAX_ITEMS of `total`. */
  readonly items: readonly MessageItem[];
  readonly total: number;
}

type Words = readonly [one: (name: string) => string, many: (n: number) => string];

const PROBLEMS: Readonly<Record<Exclude<NotificationKind, 'digest'>, Words>> = {
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
  sweep_missed: [() => 'Renewal checks were missed', () => 'Renewal checks were missed'],
  backup_failed: [() => 'The backup failed', () => 'The backup failed'],
};

const AGAIN: Readonly<Record<Exclude<NotificationKind, 'digest' | 'renewed'>, Words>> = {
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
  sweep_missed: [() => 'Renewal checks resumed', () => 'Renewal checks resumed'],
  backup_failed: [() => 'Backups work again', () => 'Backups work again'],
};

export function compose(told: Told): Message {
  return { ...told, title: titleOf(told), text: [...told.items.map(lineOf), ...rest(told)].join('\n') };
}

function titleOf({ kind, state, items, total }: Told): string {
  if (kind === 'digest') return 'Your certificates this week';
  const words = state === 'again' && kind !== 'renewed' ? AGAIN[kind] : PROBLEMS[kind];
  return total === 1 ? words[0](items[0]?.domain ?? 'A certificate') : words[1](total);
}

function lineOf({ domain, cause, expiresAt }: MessageItem): string {
  const until = expiresAt === null ? '' : ` It expires ${readable(expiresAt)}.`;
  return `${domain === null ? '' : `${domain}: `}${cause}${until}`;
}

function rest({ items, total }: Told): readonly string[] {
  return total > items.length ? [`And ${total - items.length} more.`] : [];
}

/** `2026-01-19 12:00 UTC` */
export function readable(at: Timestamp): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
