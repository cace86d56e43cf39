// Makes the handshake of a tls-alpn-01 challenge as the CA does, to explain a failed validation if the CA gives no reason.
import { isOwnAddress } from '../../outgoing/own-addresses.ts';
import { isPublicAddress } from '../../outgoing/special-networks.ts';
import type { ChallengeSolver } from '../solver.ts';
import { type AlpnChallenges, toServerName } from '../tls-alpn-01.ts';
import type { ExplainDeps } from './explain-http-01.ts';
import { describeHandshake, shakeHands } from './handshake.ts';
import { addressesOf, mayProbe } from './reachability.ts';

/** For the whole explanation, because the user waits for it. */
const TIMEOUT_MS = 10_000;

/** Adds the explanation to the solver. */
export function withAlpnExplanation(
  { solver, answer }: Pick<AlpnChallenges, 'solver' | 'answer'>,
  { resolver, webPorts, addressPolicy }: ExplainDeps,
): ChallengeSolver {
  return {
    ...solver,
    async explain({ identifier }, signal) {
      const end = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const serverName = toServerName(identifier);
      try {
        const [address] = await addressesOf(identifier, resolver, end);
        if (address === undefined) return `${identifier} has neither an A nor an AAAA record.`;
        const place = { address, isPublic: isPublicAddress(address), isOwn: isOwnAddress(address) };
        const isServed = (der: Uint8Array): boolean => answer(serverName)?.der.equals(der) ?? false;
        if (!mayProbe(addressPolicy, address, webPorts.https))
          return describeHandshake(place, { kind: 'not_asked' }, isServed).message;
        const target = { address, port: webPorts.https, serverName, timeoutMs: TIMEOUT_MS };
        return describeHandshake(place, await shakeHands(target, end), isServed).message;
      } catch (error) {
        signal.throwIfAborted();
        return error instanceof Error && !end.aborted
          ? error.message
          : `${identifier} did not answer in time.`;
      }
    },
  };
}
