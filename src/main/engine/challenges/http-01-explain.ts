// Asks for an HTTP-01 challenge as the CA does, for a CA that gives no reason why it could not verify it.
import type { DnsResolver } from '../dns/resolver.ts';
import { isOwnAddress } from '../outgoing/own-addresses.ts';
import { isPublicAddress } from '../outgoing/special-networks.ts';
import { addressesOf } from './reachability.ts';
import { fetchAsCa, type WebPorts } from './reachability-fetch.ts';
import { describeAddress } from './reachability-words.ts';
import type { ChallengeSolver, ChallengeTask } from './solver.ts';

export interface ExplainDeps {
  readonly resolver: Pick<DnsResolver, 'resolve'>;
  readonly webPorts: WebPorts;
}

/** In all: the person waits for it. */
const WITHIN_MS = 10_000;

/** The solver, which can also say what Certdesk itself gets in the CA's place. */
export function explaining(solver: ChallengeSolver, deps: ExplainDeps): ChallengeSolver {
  return { ...solver, explain: (task, signal) => explain(deps, task, signal) };
}

async function explain(
  { resolver, webPorts }: ExplainDeps,
  { identifier, token, keyAuthorization }: ChallengeTask,
  signal: AbortSignal,
): Promise<string> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  try {
    const [address] = await addressesOf(identifier, resolver, end);
    if (address === undefined) return `${identifier} has neither an A nor an AAAA record.`;
    const url = new URL(`http://${identifier}/.well-known/acme-challenge/${token}`);
    const lookup = async (name: string) => (await addressesOf(name, resolver, end))[0] ?? null;
    const fetched = await fetchAsCa({ url, address }, { ports: webPorts, timeoutMs: WITHIN_MS, lookup }, end);
    const place = { address, isPublic: isPublicAddress(address), isOwn: isOwnAddress(address) };
    return describeAddress(place, fetched, keyAuthorization).message;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error && !end.aborted ? error.message : `${identifier} did not answer in time.`;
  }
}
