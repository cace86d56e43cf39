// Checks once whether a TXT value is visible, for providers that do not report success.
import { nameServersOf } from './name-servers.ts';
import { authorityTargets, createPoll } from './propagation-poll.ts';
import type { DnsResolver } from './resolver.ts';

export interface WrittenRecord {
  readonly name: string;
  readonly value: string;
  /** The zone in DNS; null if DNS does not show it. */
  readonly delegatedZone: string | null;
}

/**
 * Queries each name server once. Name servers may lag behind, so a missing value proves nothing.
 * @returns the servers (HOST:PORT) that return the value; null if none could be queried
 */
export async function serversShowing(
  resolver: DnsResolver,
  record: WrittenRecord,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const { name, value, delegatedZone } = record;
  if (delegatedZone === null) return null;
  const servers = await nameServersOf(resolver, delegatedZone, signal).catch(() => []);
  signal.throwIfAborted();
  const targets = authorityTargets(resolver, servers);
  const answers = await createPoll(resolver, { name, type: 'TXT' }, [value])(targets, signal);
  if (answers.every(({ state }) => state === 'silent' || state === 'failed')) return null;
  return answers.filter(({ state }) => state === 'right').map(({ server }) => server);
}
