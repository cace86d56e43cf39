// Checks one endpoint: resolves its host, probes every address, asks revocation lists, and judges what it saw.
import { clientUseOfEndpoint } from '../../../shared/client-auth.ts';
import type { Finding, Protocol } from '../../../shared/endpoint.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { Clock } from '../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import type { CrlDeps } from '../revocation/look-up-crls.ts';
import { type Assessment, assessEndpoint, stateOf } from './assess.ts';
import { createFinding } from './finding-text.ts';
import {
  type Expected,
  type FindingContext,
  fingerprintOf,
  type Revocation,
  readCertificates,
} from './findings.ts';
import { type Resolution, resolveHost } from './resolve.ts';
import { findRevoked } from './revocation.ts';
import type { Probe, Sighting } from './sighting.ts';

export interface CheckDeps {
  readonly probe: Probe;
  readonly policy: Pick<AddressPolicy, 'lookup'>;
  readonly clock: Clock;
  readonly crls: CrlDeps;
}

export interface CheckRequest {
  /** A name (A-labels) or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** SNI; null sends none. */
  readonly serverName: string | null;
  /** Only these; default: every address of the host. */
  readonly addresses?: readonly string[];
  readonly expected: Expected;
  /** Uses as a client (shared/client-auth.ts) that a user acknowledged. Default: none. */
  readonly acknowledgedUses?: readonly string[];
}

export interface CheckOptions extends Pick<FindingContext, 'trust' | 'knownIssuers'> {
  readonly signal: AbortSignal;
  readonly origin: AddressOrigin;
  /** For DNS, and again for each address. Default: 10,000. */
  readonly timeoutMs?: number;
}

export interface CheckResult extends Assessment {
  /** One per address, IPv4 first; empty if the host has none. */
  readonly sightings: readonly Sighting[];
}

/** Probes at most this many addresses at a time. */
const CONCURRENCY = 8;

/** @throws only the reason of `signal` */
export async function checkEndpoint(
  deps: CheckDeps,
  request: CheckRequest,
  options: CheckOptions,
): Promise<CheckResult> {
  const resolution = await resolve(deps, request, options);
  if (resolution.state !== 'resolved') {
    const findings = [explain(resolution)];
    return { sightings: [], findings, state: stateOf(findings, []) };
  }
  const { port, protocol, serverName } = request;
  const limits = { limit: CONCURRENCY, signal: options.signal };
  const sightings = await mapConcurrent(resolution.addresses, limits, (address, signal) =>
    deps.probe({ address, port, protocol, serverName }, { ...options, signal }),
  );
  const revocations = await askRevocationLists(deps, sightings, options);
  const now = deps.clock.now();
  const use = clientUseOfEndpoint(request);
  const assessment = assessEndpoint(sightings, request.expected, (sighting) => ({
    now,
    trust: options.trust,
    clientUse: use,
    isUseAcknowledged: use !== null && (request.acknowledgedUses?.includes(use) ?? false),
    ...(options.knownIssuers === undefined ? {} : { knownIssuers: options.knownIssuers }),
    ...revocationOf(revocations.get(keyOf(sighting))),
  }));
  return { sightings, ...assessment };
}

/** The result of a check that failed with an unexpected error: what clients get is unknown. */
export function failedCheck(error: unknown): CheckResult {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const reason = `${name}: ${message}`.split('\n')[0]?.slice(0, LONGEST_REASON);
  return {
    sightings: [],
    findings: [createFinding('check-failed', null, `The check failed (${reason}).`)],
    state: 'unknown',
  };
}

const LONGEST_REASON = 300;

function resolve(deps: CheckDeps, request: CheckRequest, options: CheckOptions): Promise<Resolution> {
  const { host, addresses } = request;
  if (addresses !== undefined) return Promise.resolve({ state: 'resolved', addresses });
  return resolveHost(deps.policy, host, options);
}

/** Without DNS, this machine knows nothing about the endpoint. */
function explain(resolution: Exclude<Resolution, { state: 'resolved' }>): Finding {
  const code = resolution.state === 'unresolved' ? 'unresolved' : 'unknown';
  return createFinding(code, null, resolution.message);
}

/** One question for each distinct chain: usually all addresses present the same. */
async function askRevocationLists(
  { crls, clock }: CheckDeps,
  sightings: readonly Sighting[],
  options: CheckOptions,
): Promise<ReadonlyMap<string, Revocation>> {
  const chains = new Map(sightings.map((sighting) => [keyOf(sighting), sighting]));
  const context = { ...options, now: clock.now() };
  const answers = [...chains].map(async ([key, sighting]): Promise<readonly [string, Revocation]> => {
    const sent = sighting.state === 'presented' ? readCertificates(sighting) : [];
    return [key, await findRevoked(crls, sent, context, options.signal)];
  });
  return new Map(await Promise.all(answers));
}

function keyOf(sighting: Sighting): string {
  if (sighting.state === 'failed') return '';
  return readCertificates(sighting).map(fingerprintOf).join(' ');
}

function revocationOf(revocation: Revocation | undefined): { readonly revocation?: Revocation } {
  return revocation === undefined ? {} : { revocation };
}
