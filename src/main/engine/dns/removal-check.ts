// Looks whether a TXT value is really gone, for providers that cannot tell.
import { nameServersOf } from './name-servers.ts';
import { authorityTargets, createPoll } from './propagation-poll.ts';
import type { DnsResolver } from './resolver.ts';
import type { LookupContext } from './zone.ts';

export interface RemovedRecord {
  readonly name: string;
  readonly value: string;
  readonly delegatedZone: string | null;
}

/**
 * Asks each name server once and reports those that still show the value. It never fails: name servers may lag
 * behind, so this is a hint for a person and no proof.
 */
export async function reportRemoval(
  resolver: DnsResolver,
  record: RemovedRecord,
  context: LookupContext,
): Promise<void> {
  const { name, value, delegatedZone } = record;
  if (delegatedZone === null) return;
  const servers = await nameServersOf(resolver, delegatedZone, context.signal).catch(() => []);
  context.signal.throwIfAborted();
  const targets = authorityTargets(resolver, servers);
  const answers = await createPoll(resolver, { name, type: 'TXT' }, [value])(targets, context.signal);
  const still = answers.filter(({ state }) => state === 'right').map(({ server }) => server);
  if (still.length === 0) return;
  context.report(
    'clean-up',
    `The TXT record ${name} still shows on ${still.join(', ')}: look whether it stays`,
    {
      name,
      value,
      servers: still,
    },
  );
}
