// What an endpoint should present: the active certificates of its projects.
import { X509Certificate } from 'node:crypto';
import type { EndpointDefinition } from '../core/model-endpoint.ts';
import type { EndpointStore } from '../core/stores/endpoints.ts';
import { ANY_CERTIFICATE, type Expected } from './findings.ts';
import { splitPem } from './pem.ts';
import type { KeyType } from './sighting.ts';

export interface Wanted {
  readonly expected: Expected;
  /** Of the active chains; they tell a missing intermediate from an unknown root. */
  readonly knownIssuers: readonly X509Certificate[];
  /** One handshake each; empty: one handshake that offers everything. */
  readonly keyTypes: readonly KeyType[];
  /** When the newest of the active certificates was stored; null if there is none. */
  readonly activeSince: string | null;
}

export async function findWanted(
  store: Pick<EndpointStore, 'expected'>,
  endpoint: Pick<EndpointDefinition, 'projectIds' | 'expected' | 'serverName' | 'host'>,
): Promise<Wanted> {
  const { projectIds, serverName, host } = endpoint;
  const versions = await store.expected(projectIds);
  const active = versions.filter(({ isActive }) => isActive);
  const chains = active.map(({ chain }) => parseChain(chain));
  const own = endpoint.expected === 'projects' && active.length > 0;
  const names = serverName !== null ? [serverName] : own ? [] : [host];
  const current = active.map(({ fingerprint }) => fingerprint);
  const previous = versions.map(({ fingerprint }) => fingerprint).filter((each) => !current.includes(each));
  const keyTypes = own ? [...new Set(chains.flatMap(([leaf]) => keyTypeOf(leaf)))] : [];
  return {
    expected: own
      ? { names, fingerprints: current, previousFingerprints: previous }
      : { names, ...ANY_CERTIFICATE },
    knownIssuers: chains.flatMap((chain) => chain.slice(1)),
    keyTypes: keyTypes.length > 1 ? keyTypes : [],
    activeSince:
      active
        .map(({ storedAt }) => storedAt)
        .toSorted()
        .at(-1) ?? null,
  };
}

function keyTypeOf(leaf: X509Certificate | undefined): readonly KeyType[] {
  const type = leaf?.publicKey.asymmetricKeyType;
  return type === 'rsa' || type === 'ec' ? [type] : [];
}

function parseChain(pem: string | null): readonly X509Certificate[] {
  return pem === null ? [] : splitPem(pem).map((each) => new X509Certificate(each));
}
