// Creates the solver for a job: that of http-01 or tls-alpn-01, or a dns-01 solver with the provider and credentials of
// the issuance spec.

import type { Settings } from '../../../shared/settings.ts';
import type { KeyedMutex } from '../core/keyed-mutex.ts';
import type { IssuanceSpec } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import { limitProvider } from '../dns/credentials/limit-zones.ts';
import type { PropagationSettings } from '../dns/lookup/propagation-rounds.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { createDnsProvider, getDnsProvider } from '../dns/providers/registry.ts';
import type { GivenSecrets } from '../jobs/job-secrets.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { readSettings } from '../settings/settings.ts';
import { createDns01Solver } from './dns-01.ts';
import { createDnsPersist01Solver } from './dns-persist-01.ts';
import type { Confirmations } from './manual-confirmations.ts';
import { withHttpExplanation } from './reachability/explain-http-01.ts';
import { withAlpnExplanation } from './reachability/explain-tls-alpn-01.ts';
import type { WebPorts } from './reachability/fetch.ts';
import type { DnsChooser } from './select-dns-credential.ts';
import type { ChallengeSolver } from './solver.ts';
import type { AlpnChallenges } from './tls-alpn-01.ts';

export interface SolverRequest {
  readonly jobId: string;
  readonly projectId: string;
  readonly spec: IssuanceSpec;
  readonly given: GivenSecrets;
}

export interface Solver {
  readonly solver: ChallengeSolver;
  /** How long challenges may take to become visible, in milliseconds. The issuance's deadline is extended by it. */
  readonly patienceMs: number;
}

export interface SolverRegistry {
  /**
   * Returns the solver for a job.
   * @throws UNSUPPORTED_DNS_PROVIDER, DNS_CREDENTIALS_REQUIRED, INVALID_REQUEST
   */
  solverFor(request: SolverRequest): Promise<Solver>;
}

export interface SolverRegistryDeps {
  readonly http: ChallengeSolver;
  readonly alpn: AlpnChallenges;
  readonly chooser: DnsChooser;
  readonly confirmations: Confirmations;
  readonly resolver: DnsResolver;
  readonly locks: KeyedMutex;
  /** DNS provider id -> URL used instead of the provider's API. */
  readonly dnsEndpoints: Readonly<Record<string, string>>;
  /** acme.sh's folder; null if its scripts are disabled. */
  readonly acmeShFolder: string | null;
  /** The ports where CAs request HTTP-01 and TLS-ALPN-01 challenges. */
  readonly webPorts: WebPorts;
  readonly settings: SettingStore;
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  readonly log: Log;
}

export function createSolverRegistry(deps: SolverRegistryDeps): SolverRegistry {
  const { clock, log, resolver, locks, confirmations, acmeShFolder } = deps;
  const http = withHttpExplanation(deps.http, deps);
  const alpn = withAlpnExplanation(deps.alpn, deps);
  return {
    async solverFor({ jobId, projectId, spec, given }) {
      if (spec.challengeType === 'http-01') return { solver: http, patienceMs: 0 };
      if (spec.challengeType === 'tls-alpn-01') return { solver: alpn, patienceMs: 0 };
      const isPersist = spec.challengeType === 'dns-persist-01';
      // Without a provider, the user creates the record of dns-persist-01, once.
      const providerId = spec.dnsProvider ?? (isPersist ? 'manual' : '');
      const definition = await getDnsProvider(providerId);
      const { credentials, savedBy } = await deps.chooser.values(
        projectId,
        { ...spec, dnsProvider: providerId },
        given,
      );
      const endpoint = deps.dnsEndpoints[providerId] ?? null;
      const account = await createDnsProvider(providerId, credentials, {
        endpoint,
        acmeShFolder,
        clock,
        log,
        addressPolicy: deps.addressPolicy,
        origin: originOf(savedBy),
      });
      const provider = limitProvider(account, await deps.chooser.limits(projectId, spec));
      const propagation = propagationOf(definition.propagation, await readSettings(deps.settings, 'dns'));
      const dns = {
        providerId,
        provider,
        resolver,
        locks,
        log,
        propagation,
        clock,
        names: spec.names,
        confirmed: (_: string, signal: AbortSignal) => confirmations.wait(jobId, signal),
      };
      const solver = isPersist ? createDnsPersist01Solver(dns) : createDns01Solver(dns);
      return { solver, patienceMs: propagation.timeout * 1000 };
    },
  };
}

/**
 * How dns-01 waits for its record. The settings take precedence over the provider's suggestion.
 * @param suggested The provider's timeout and interval, in seconds.
 */
export function propagationOf(
  suggested: { readonly timeout: number; readonly interval: number },
  dns: Settings['dns'],
): PropagationSettings {
  return {
    timeout: dns.propagationTimeout ?? suggested.timeout,
    interval: dns.propagationInterval ?? suggested.interval,
    ask: dns.propagationCheck,
    publicResolvers: dns.publicResolvers,
  };
}
