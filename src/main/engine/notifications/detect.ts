// One look at what has changed since the last one: each state is told of once, its end is told of once, and both in the
// transaction that remembers it, so that a kill between two looks neither loses nor repeats anything.
import { hostname } from 'node:os';
import type { NotificationKind } from '../../../shared/notification.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Message, MessageItem, ToldState } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { type Condition, findConditions, HELD_BACK } from './conditions.ts';
import { compose, MAX_ITEMS } from './message-text.ts';
import { enqueue } from './outbox.ts';

/** The last event that was looked at. */
const CURSOR = 'notifications:event';
const PAGE = 1_000;

/** @param calmSince When Certdesk began to run, or the machine woke up. */
export async function look(stores: Stores, now: Date, calmSince: Date): Promise<void> {
  if (!(await anybodyListens(stores))) return forget(stores);
  const conditions = await findConditions(stores, now, calmSince);
  const renewals = await findRenewals(stores);
  const told = new Map((await stores.notifications.states()).map((state) => [state.key, state]));
  const holds = new Set(conditions.map(({ key }) => key));
  const fresh = conditions.filter((condition) => isNews(condition, told.get(condition.key)));
  const over = [...told.values()].filter(({ key, kind }) => kind !== 'backup_failed' && !holds.has(key));
  const at = toTimestamp(now);
  const messages = [
    ...(await group(fresh, 'problem', at)),
    ...(await group(await ended(stores, over), 'again', at)),
    ...(await group(renewals.found, 'news', at)),
  ];
  if (fresh.length + over.length + messages.length === 0 && renewals.cursor === renewals.before) return;
  await stores.transaction(async (tx) => {
    for (const { item: _, ...state } of fresh) await tx.notifications.putState({ ...state, toldAt: at });
    for (const { key } of over) await tx.notifications.deleteState(key);
    await tx.settings.set(CURSOR, renewals.cursor);
    for (const message of messages) await enqueue(tx, message);
  });
}

/** With nobody to tell, nothing is told: the first channel hears of all that is wrong. */
async function anybodyListens({ notifications }: Stores): Promise<boolean> {
  return (await notifications.channels()).some(({ enabled }) => enabled);
}

async function forget(stores: Stores): Promise<void> {
  const [states, last, cursor] = await Promise.all([
    stores.notifications.states(),
    stores.events.lastId(),
    stores.settings.get(CURSOR),
  ]);
  if (states.length === 0 && cursor === last) return;
  await stores.transaction(async (tx) => {
    for (const { key } of states) await tx.notifications.deleteState(key);
    await tx.settings.set(CURSOR, last);
  });
}

/** New, or worse than when it was told of. */
function isNews({ severity }: Condition, told: ToldState | undefined): boolean {
  return told === undefined || (severity === 'critical' && told.severity === 'warning');
}

type Telling = Pick<Condition, 'kind' | 'item'>;

/** Where the certificate or project is gone, its troubles are not well again; they are no more. */
async function ended(stores: Stores, over: readonly ToldState[]): Promise<readonly Telling[]> {
  const tellings = await Promise.all(
    over.map(async ({ key, kind, projectId }): Promise<Telling | null> => {
      if (key.startsWith(HELD_BACK)) return null;
      if (projectId === null) return { kind, item: async () => NOTHING };
      const certificate = await stores.certificates.active(projectId);
      // A revocation that was acknowledged is not well again either.
      if (certificate === null || certificate.revokedAt !== null) return null;
      const { domain, expiresAt } = certificate;
      return { kind, item: async () => ({ projectId, domain, cause: 'Resolved.', expiresAt }) };
    }),
  );
  return tellings.filter((telling) => telling !== null);
}

const NOTHING: MessageItem = { projectId: null, domain: null, cause: 'Resolved.', expiresAt: null };

interface Renewals {
  readonly found: readonly Telling[];
  readonly before: unknown;
  readonly cursor: number;
}

/** Events since the last look; at the very first one, none. */
async function findRenewals(stores: Stores): Promise<Renewals> {
  const before = await stores.settings.get(CURSOR);
  if (typeof before !== 'number') return { found: [], before, cursor: await stores.events.lastId() };
  const projects = new Set<string>();
  let cursor = before;
  for (;;) {
    const events = await stores.events.list({ after: cursor, limit: PAGE });
    for (const { kind, projectId, data, id } of events) {
      cursor = id;
      if (kind === 'job.succeeded' && projectId !== null && isRenewal(data)) projects.add(projectId);
    }
    if (events.length < PAGE) break;
  }
  const found = [...projects].map((projectId) => ({
    kind: 'renewed' as const,
    item: () => renewedItem(stores, projectId),
  }));
  return { found, before, cursor };
}

function isRenewal(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Reflect.get(data, 'kind') === 'renew';
}

async function renewedItem(stores: Stores, projectId: string): Promise<MessageItem> {
  const certificate = await stores.certificates.active(projectId);
  const { domain = null, expiresAt = null } = certificate ?? {};
  return { projectId, domain, cause: 'Renewed.', expiresAt };
}

/** One message a kind, however many it is about: a CA that is down must not be a thousand mails. */
async function group(
  tellings: readonly Telling[],
  state: Message['state'],
  at: string,
): Promise<readonly Message[]> {
  const kinds = Map.groupBy(tellings, ({ kind }) => kind);
  return Promise.all(
    [...kinds].map(async ([kind, all]) => {
      const items = await Promise.all(all.slice(0, MAX_ITEMS).map(({ item }) => item()));
      return compose({ kind, state, at, host: hostname(), items, total: all.length });
    }),
  );
}

export interface Report {
  readonly kind: NotificationKind;
  readonly key: string;
  /** What is wrong; null: nothing any longer. */
  readonly problem: string | null;
}

/** For what no look can see: who did the work says how it ended. Told once, like the rest. */
export async function report(stores: Stores, { kind, key, problem }: Report, now: Date): Promise<void> {
  if (!(await anybodyListens(stores))) return;
  const told = (await stores.notifications.states()).some((state) => state.key === key);
  if (told === (problem !== null)) return;
  const at = toTimestamp(now);
  const item = { projectId: null, domain: null, cause: problem ?? 'Resolved.', expiresAt: null };
  const state = problem === null ? 'again' : 'problem';
  const message = compose({ kind, state, at, host: hostname(), items: [item], total: 1 });
  await stores.transaction(async (tx) => {
    if (problem === null) await tx.notifications.deleteState(key);
    else await tx.notifications.putState({ key, kind, severity: 'warning', projectId: null, toldAt: at });
    await enqueue(tx, message);
  });
}
