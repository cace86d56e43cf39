// The pages that messages lead to. A message stores the page; the address before it is added when the message is sent,
// because it may change until then.
import type { NotificationKind } from '../../../shared/notification.ts';
import { SERVER_ADDRESS } from '../access/sessions.ts';
import type { Message, MessageItem } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

/** Where several things of a kind are listed, as a route of the GUI. Problems without a page of their own too. */
const LISTS: Readonly<Record<NotificationKind, string>> = {
  failed: '/projects?need=attention',
  expiring: '/projects?need=attention',
  action_needed: '/projects?need=attention',
  renewed: '/projects',
  revoked: '/projects?need=attention',
  incident: '/incidents',
  renewal_check_missed: '/',
  backup_failed: '/backups',
  not_served: '/endpoints',
  endpoint_expiring: '/endpoints',
  deploy_failed: '/deployments?state=failed',
  host_key_changed: '/hosts',
  digest: '/',
};

/** Returns the page of the one item, or the list of all. */
export function pageOf({ kind, items, total }: Pick<Message, 'kind' | 'items' | 'total'>): string {
  return (total === 1 && items[0] !== undefined ? pageOfItem(items[0]) : null) ?? LISTS[kind];
}

/** Null if the item has no page. */
function pageOfItem({ page, projectId }: Pick<MessageItem, 'page' | 'projectId'>): string | null {
  return page ?? (projectId === null ? null : `/projects/${projectId}`);
}

/** Addresses that only mean "every interface": nobody can open them. */
const UNSPECIFIED = /^https?:\/\/(?:0\.0\.0\.0|\[::\])(?:[:/]|$)/;

/** Returns the address of the GUI without a slash at its end: the chosen one, or the server's; null if unknown. */
export async function readBaseUrl({ settings }: Pick<Stores, 'settings'>): Promise<string | null> {
  const { baseUrl } = await readSettings(settings, 'general');
  const address = baseUrl ?? (await settings.get(SERVER_ADDRESS));
  if (typeof address !== 'string' || UNSPECIFIED.test(address)) return null;
  return address.endsWith('/') ? address.slice(0, -1) : address;
}

/** A message as receivers get it: with URLs instead of pages. */
export interface LinkedMessage extends Omit<Message, 'page' | 'items'> {
  /** Null if the address of the GUI is unknown. */
  readonly link: string | null;
  readonly items: readonly (Omit<MessageItem, 'page'> & { readonly link: string | null })[];
}

export function withLinks(message: Message, baseUrl: string | null): LinkedMessage {
  const linkTo = (page: string | null) => (baseUrl === null || page === null ? null : `${baseUrl}/#${page}`);
  const { page, items, ...rest } = message;
  return {
    ...rest,
    // A message of an earlier version has no page.
    link: linkTo(page ?? pageOf(message)),
    items: items.map(({ page: own, ...item }) => ({
      ...item,
      link: linkTo(pageOfItem({ page: own, projectId: item.projectId })),
    })),
  };
}
