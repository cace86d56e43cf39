// Finds the record of a challenge that a person has written under a wrong name.
import { createPoll, type PollTarget } from './propagation-poll.ts';
import type { AwaitedRecord } from './propagation-rounds.ts';
import type { DnsResolver } from './resolver.ts';

const MAX_NAME = 253;

/**
 * Providers' pages append the zone to what is entered as a name, so a whole name ends up as `NAME.ZONE`.
 * @returns that name where one of the values stands there; null where none does, or no name server answers.
 */
export async function findDoubledName(
  resolver: DnsResolver,
  { name, zone, values }: AwaitedRecord,
  targets: readonly PollTarget[],
  signal: AbortSignal,
): Promise<string | null> {
  const doubled = `${name}.${zone}`;
  if (zone === null || doubled.length > MAX_NAME) return null;
  const one = targets.slice(0, 1).map((target) => ({ ...target, addresses: target.addresses.slice(0, 1) }));
  const answers = await createPoll(resolver, { name: doubled, type: 'TXT' }, values)(one, signal);
  return answers.some((answer) => values.some((value) => answer.values.includes(value))) ? doubled : null;
}
