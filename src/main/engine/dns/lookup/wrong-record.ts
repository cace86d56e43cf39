// Finds a challenge's record that the user has created under the wrong name.
import { createPoll, type PollTarget } from './propagation-poll.ts';
import type { AwaitedRecord } from './propagation-rounds.ts';
import type { DnsResolver } from './resolver.ts';

const MAX_NAME = 253;

/**
 * Provider websites append the zone to the entered name, so a full name becomes `NAME.ZONE`.
 * @returns that name if it has one of the values; null if not, or if no name server answers
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
