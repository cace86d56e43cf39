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
    (name) => `${name} could not be obtained or renewed`,
    (n) => `${n} certificates could not be obtained or renewed`,
  ],
  expiring: [
    (name) => `${name} expires, and no renewal is in sight`,
    (n) => `${n} certificates expire, and no renewal is in sight`,
  ],
  action_needed: [(name) => `${name} needs your action`, (n) => `${n} certificates need your action`],
  renewed: [(name) => `${name} was renewed`, (n) => `${n} certificates were renewed`],
  revoked: [(name) => `${name} is revoked`, (n) => `${n} certificates are revoked`],
  sweep_missed: [() => 'Renewals were not looked for', () => 'Renewals were not looked for'],
  backup_failed: [() => 'The backup failed', () => 'The backup failed'],
};

const AGAIN: Readonly<Record<Exclude<NotificationKind, 'digest' | 'renewed'>, Words>> = {
  failed: [(name) => `${name} is well again`, (n) => `${n} certificates that had failed are well again`],
  expiring: [
    (name) => `${name} will be renewed in time again`,
    (n) => `${n} certificates will be renewed in time again`,
  ],
  action_needed: [
    (name) => `${name} no longer needs your action`,
    (n) => `${n} certificates no longer need your action`,
  ],
  revoked: [
    (name) => `${name} has a valid certificate again`,
    (n) => `${n} names have valid certificates again`,
  ],
  sweep_missed: [() => 'Renewals are looked for again', () => 'Renewals are looked for again'],
  backup_failed: [() => 'Backups work again', () => 'Backups work again'],
};

export function compose(told: Told): Message {
  return { ...told, title: titleOf(told), text: [...told.items.map(lineOf), ...rest(told)].join('\n') };
}

function titleOf({ kind, state, items, total }: Told): string {
  if (kind === 'digest') return 'How your certificates stand';
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
