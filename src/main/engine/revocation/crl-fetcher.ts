// Fetches CRLs. Any user may have uploaded the certificate that contains the URL, so the server allows only public
// addresses. Time and size are limited, and redirects are not followed.
import { CertdeskError } from '../core/errors.ts';
import { lazy } from '../core/lazy.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import { createAgent } from '../outgoing/connect.ts';

export interface CrlFetcher {
  /**
   * Fetches a CRL.
   * @throws ACME_UNAVAILABLE (unreachable, not 200, too large, address not allowed), the reason of `signal`
   */
  fetch(url: string, signal: AbortSignal): Promise<Buffer>;
  close(): Promise<void>;
}

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 20_000;

export function createCrlFetcher(policy: AddressPolicy, origin: AddressOrigin = 'open'): CrlFetcher {
  const client = lazy(async () => ({
    request: (await import('undici')).request,
    agent: await createAgent({
      policy,
      origin,
      connectTimeoutMs: TIMEOUT_MS,
      maxResponseSize: MAX_BYTES,
    }),
  }));
  return {
    async fetch(url, signal) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        const { agent, request } = await client.get();
        const answer = await request(url, { dispatcher: agent, signal: until });
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
        return bytes;
      } catch (error) {
        signal.throwIfAborted();
        throw unavailable(url, error instanceof Error ? error.message : 'it failed', error);
      }
    },
    close: async () => (await client.made())?.agent.destroy(),
  };
}

function unavailable(url: string, why: string, cause?: unknown): CertdeskError {
  const message = `The CA's revocation list at ${url} could not be fetched: ${why}.`;
  return new CertdeskError('ACME_UNAVAILABLE', message, { url }, { cause });
}
