// Looks whether a TXT value is there, for providers that cannot tell.
import { nameServersOf } from './name-servers.ts';
import { authorityTargets, createPoll } from './propagation-poll.ts';
import type { DnsResolver } from './resolver.ts';

export interface WrittenRecord {
  readonly name: string;
  readonly value: string;
  /** The zone in DNS; null where DNS does not say. */
  readonly delegatedZone: string | null;
}

/**
 * The name servers (HOST:PORT) that show the value, each asked once; null where none could be asked. Name servers
 * may lag behind: this is no proof.
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
