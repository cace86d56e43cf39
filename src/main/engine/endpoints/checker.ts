// Checks one endpoint and stores the result, with an event if something changed.
import { clientUseOfEndpoint } from '../../../shared/client-auth.ts';
import { formatEndpoint } from '../../../shared/endpoint-names.ts';
import type { Journal } from '../audit/journal.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { EndpointRecord } from '../core/model-endpoint.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { trustedRoots } from '../outgoing/trusted-roots.ts';
import type { CrlDeps } from '../revocation/look-up-crls.ts';
import { type CheckResult, checkEndpoint, failedCheck } from './check.ts';
import { findWanted, type Wanted } from './expected.ts';
import { createNetworkWatch, isSilent } from './network-watch.ts';
import { type Conclusion, concludeCheck } from './outcome.ts';
import { describePasses, type Pass } from './reports.ts';
import type { KeyType, Probe } from './sighting.ts';
import { createTrust, createTrustCache, type Trust } from './trust.ts';

export interface CheckerDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1; spreads the next checks. */
  random(): number;
  readonly probe: Probe;
  readonly policy: Pick<AddressPolicy, 'lookup'>;
  readonly crls: CrlDeps;
  /** PEM; default: the machine's. */
  readonly roots?: () => readonly string[];
  /** Whether a deployment of one of these projects has not ended. */
  isRollingOut(projectIds: readonly string[]): Promise<boolean>;
  /** The name of the service behind the endpoint, if a deployment knows it: `Postfix`. */
  serviceOf(endpoint: EndpointRecord): Promise<string | null>;
}

export interface EndpointChecker {
  /**
   * Checks an endpoint now; concurrent calls for one endpoint share a check. After an unexpected error the endpoint is
   * `unknown`, with the error as its finding.
   * @throws only the reason of `signal`, STORAGE_FAILED
   */
  check(endpoint: EndpointRecord, signal: AbortSignal): Promise<void>;
}

export function createEndpointChecker(deps: CheckerDeps): EndpointChecker {
  const { stores, journal, clock, log } = deps;
  const running = new Map<string, Promise<void>>();
  const network = createNetworkWatch();
  const trustOfPem = createTrustCache();
  let system: Trust | null = null;
  const trustOf = ({ trust }: EndpointRecord): Trust => {
    if (trust !== null) return trustOfPem(trust);
    system ??= createTrust((deps.roots ?? trustedRoots)()); // reading the machine's roots takes a while
    return system;
  };

  /** Those that are acknowledged in every project of the endpoint. */
  async function findAcknowledgedUses({ projectIds, ...where }: EndpointRecord): Promise<readonly string[]> {
    const use = clientUseOfEndpoint(where);
    if (use === null || projectIds.length === 0) return [];
    const acknowledged = await stores.clientUses.acknowledged(projectIds);
    const isComplete = acknowledged.filter(({ uses }) => uses.includes(use)).length === projectIds.length;
    return isComplete ? [use] : [];
  }

  async function pass(
    endpoint: EndpointRecord,
    wanted: Wanted,
    keyType: KeyType | null,
    signal: AbortSignal,
  ): Promise<CheckResult> {
    const { host, port, protocol, serverName, addresses } = endpoint;
    const acknowledgedUses = await findAcknowledgedUses(endpoint);
    const probe: Probe = (target, options) =>
      deps.probe(keyType === null ? target : { ...target, keyType }, options);
    return checkEndpoint(
      { ...deps, probe },
      {
        host,
        port,
        protocol,
        serverName,
        ...(addresses === null ? {} : { addresses }),
        expected: wanted.expected,
        acknowledgedUses,
      },
      {
        signal,
        origin: originOf(endpoint.savedBy),
        trust: trustOf(endpoint),
        knownIssuers: wanted.knownIssuers,
      },
    );
  }

  async function passes(
    endpoint: EndpointRecord,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<readonly Pass[]> {
    const keyTypes = wanted.keyTypes.length === 0 ? [null] : wanted.keyTypes;
    return Promise.all(
      keyTypes.map(async (keyType) => ({
        offered: keyType ?? ('any' as const),
        result: await pass(endpoint, wanted, keyType, signal),
      })),
    );
  }

  /** Whether any endpoint that was fine at its last check still answers. */
  async function isConnected(signal: AbortSignal): Promise<boolean> {
    const { items } = await stores.endpoints.list({ ids: null, state: 'ok', limit: CONTROLS });
    const results = await Promise.all(
      items.map(async (each) => pass(each, await findWanted(stores.endpoints, each), null, signal)),
    );
    return results.some((result) => !isSilent(result));
  }

  /** What the check means. */
  async function conclude(
    endpoint: EndpointRecord,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<Conclusion> {
    const seen = await passes(endpoint, wanted, signal);
    const silent = seen.every(({ result }) => isSilent(result as CheckResult));
    const isOffline = await network.note(endpoint.host, silent, () => isConnected(signal));
    const [isRollingOut, service] = await Promise.all([
      deps.isRollingOut(endpoint.projectIds),
      deps.serviceOf(endpoint),
    ]);
    return concludeCheck(endpoint, describePasses(seen, wanted.expected, endpoint.check.reports), {
      now: clock.now(),
      random: deps.random,
      activeSince: wanted.activeSince,
      isRollingOut,
      isOffline,
      service,
    });
  }

  /** The endpoint must not keep the state of an earlier check, which may no longer be true. */
  function concludeFailure(endpoint: EndpointRecord, wanted: Wanted, error: unknown): Conclusion {
    const { code } = toCertdeskError(error);
    log.error({ err: error, code, endpointId: endpoint.id }, 'The check of an endpoint failed');
    const seen = { reports: [], general: failedCheck(error).findings };
    return concludeCheck(endpoint, seen, {
      now: clock.now(),
      random: deps.random,
      activeSince: wanted.activeSince,
      isRollingOut: false,
      isOffline: false,
      service: null,
    });
  }

  async function run(endpoint: EndpointRecord, signal: AbortSignal): Promise<void> {
    const wanted = await findWanted(stores.endpoints, endpoint);
    const { check, nextCheckAt } = await conclude(endpoint, wanted, signal).catch((error: unknown) => {
      if (signal.aborted || toCertdeskError(error).code === 'STORAGE_FAILED') throw error;
      return concludeFailure(endpoint, wanted, error);
    });
    await journal.write(async (tx, emit) => {
      const current = await tx.endpoints.get(endpoint.id);
      if (current === null || current.updatedAt !== endpoint.updatedAt) return; // changed meanwhile: due again
      // A certificate became active or a rollout ended meanwhile: this must not stand for hours, so it stays due.
      const isDueAgain = current.dueCount !== endpoint.dueCount;
      const served = check.served === null ? null : 'unknown';
      await tx.endpoints.update(
        endpoint.id,
        isDueAgain ? { check: { ...check, served } } : { check, nextCheckAt },
      );
      const event = describeChange(endpoint, check);
      if (event !== null) await emit(event);
    });
  }

  return {
    check(endpoint, signal) {
      const known = running.get(endpoint.id);
      if (known !== undefined) return known;
      const started = run(endpoint, signal).finally(() => running.delete(endpoint.id));
      running.set(endpoint.id, started);
      return started;
    },
  };
}

/** Endpoints that are asked whether the network works. */
const CONTROLS = 2;

/** Null if nothing changed that a page shows. */
function describeChange(
  { id, projectIds, host, port, check: before }: EndpointRecord,
  after: EndpointRecord['check'],
) {
  const event = { projectId: projectIds[0] ?? null, data: { endpointId: id, state: after.state } };
  const name = formatEndpoint({ host, port });
  if (before.alarms.length === 0 && after.alarms.length > 0)
    return { ...event, kind: 'endpoint.problem', message: after.sentence ?? `${name} has a problem` };
  if (before.alarms.length > 0 && after.alarms.length === 0)
    return { ...event, kind: 'endpoint.recovered', message: `${name} is served correctly again` };
  if (before.state === after.state && before.codes.join() === after.codes.join()) return null;
  return {
    ...event,
    kind: 'endpoint.changed',
    message: after.sentence ?? `${name} presents the right certificate`,
  };
}
