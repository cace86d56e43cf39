// Requests an HTTP-01 challenge as the CA does, to explain a failed validation if the CA gives no reason.
import { toUrlHost } from '../../../../shared/ip-address.ts';
import type { DnsResolver } from '../../dns/lookup/resolver.ts';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import { isOwnAddress } from '../../outgoing/own-addresses.ts';
import { isPublicAddress } from '../../outgoing/special-networks.ts';
import type { ChallengeSolver, ChallengeTask } from '../solver.ts';
import { type FetchDeps, fetchAsCa, type WebPorts } from './fetch.ts';
import { describeAddress } from './message-text.ts';
import { addressesOf, mayProbe, redirectRefusal } from './reachability.ts';

export interface ExplainDeps {
  readonly resolver: Pick<DnsResolver, 'resolve'>;
  readonly webPorts: WebPorts;
  readonly addressPolicy: AddressPolicy;
}

/** For the whole explanation, because the user waits for it. */
const TIMEOUT_MS = 10_000;

/** Adds the explanation to a solver. */
export function withHttpExplanation(solver: ChallengeSolver, deps: ExplainDeps): ChallengeSolver {
  return { ...solver, explain: (task, signal) => explain(deps, task, signal) };
}

async function explain(
  { resolver, webPorts, addressPolicy }: ExplainDeps,
  { identifier, token, keyAuthorization }: ChallengeTask,
  signal: AbortSignal,
): Promise<string> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const [address] = await addressesOf(identifier, resolver, end);
    if (address === undefined) return `${identifier} has neither an A nor an AAAA record.`;
    const place = { address, isPublic: isPublicAddress(address), isOwn: isOwnAddress(address) };
    if (!mayProbe(addressPolicy, address, webPorts.http))
      return describeAddress(place, { kind: 'not_asked', redirects: [] }, { expected: '', name: identifier })
        .message;
    const url = new URL(`http://${toUrlHost(identifier)}/.well-known/acme-challenge/${token}`);
    const fetching: FetchDeps = {
      ports: webPorts,
      timeoutMs: TIMEOUT_MS,
      redirectRefusal: (from, to) => redirectRefusal(addressPolicy, from, to),
      lookup: async (name) => (await addressesOf(name, resolver, end))[0] ?? null,
    };
    return describeAddress(place, await fetchAsCa({ url, address }, fetching, end), {
      expected: keyAuthorization,
      name: identifier,
    }).message;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error && !end.aborted ? error.message : `${identifier} did not answer in time.`;
  }
}
