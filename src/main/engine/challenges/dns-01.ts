// Solves dns-01 (RFC 8555 section 8.4) with any DNS provider: creates the TXT record, waits until it is visible,
// removes it.
import { createHash } from 'node:crypto';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { REAL_TIMING, type Timing } from '../core/timing.ts';
import { createAccountZones } from '../dns/credentials/account-zones.ts';
import { matchZone } from '../dns/credentials/zone-match.ts';
import { waitForPropagation } from '../dns/lookup/propagation.ts';
import type { AwaitedRecord, PropagationSettings } from '../dns/lookup/propagation-rounds.ts';
import { type LookupContext, locateRecord, type RecordPlace } from '../dns/lookup/zone.ts';
import type { DnsProvider, DnsZone } from '../dns/providers/provider.ts';
import { addRecord, type RecordDeps, removeRecord } from './dns-01-record.ts';
import { type Dns01Ref, describeRef, readRef } from './dns-01-ref.ts';
import type { ChallengeSolver, ChallengeTask, SolverContext } from './solver.ts';

export interface Dns01Deps extends RecordDeps {
  /** From the settings, or the provider's defaults. */
  readonly propagation: PropagationSettings;
  readonly log: Log;
  /** Times the wait for records. Default: real time. */
  readonly timing?: Timing;
  /**
   * Resolves when the user confirms that the record exists, for manual providers. Absent if confirmation is not
   * possible.
   * @param challenge The name that the CA queries.
   */
  confirmed?(challenge: string, signal: AbortSignal): Promise<void>;
}

/**
 * Returns the record's value (RFC 8555 section 8.4): base64url of the SHA-256 of the key authorization; 43
 * characters.
 */
export function dns01Value(keyAuthorization: string): string {
  return createHash('sha256').update(keyAuthorization).digest('base64url');
}

/**
 * @returns a function that finds out where a TXT record must be created, and what to store for it. It caches the account's
 * list of zones.
 */
export function planRecord(deps: Dns01Deps) {
  const zones = createAccountZones(deps.provider);
  return async (
    record: { readonly name: string; readonly value: string },
    context: SolverContext,
  ): Promise<Dns01Ref> => {
    zones.prepare(context.signal);
    const place = await locateRecord(deps.resolver, record.name, context);
    const list = await zones.around(place.name, context.signal);
    const { id, name } = zoneFor(deps.provider, place, () => matchZone(place, list, context));
    return {
      provider: deps.providerId,
      challenge: record.name,
      name: place.name,
      value: record.value,
      zone: { id, name },
      delegatedZone: place.zone,
      written: false,
      record: null,
    };
  };
}

/** Creates a solver. It caches the account's list of zones, so create one for each job. */
export function createDns01Solver(deps: Dns01Deps): ChallengeSolver {
  const planAt = planRecord(deps);
  const plan = ({ identifier, keyAuthorization }: ChallengeTask, context: SolverContext) =>
    planAt({ name: `_acme-challenge.${identifier}`, value: dns01Value(keyAuthorization) }, context);

  return {
    type: 'dns-01',
    async present(task, context) {
      const stored = readRef(task);
      const ref = stored ?? (await plan(task, context));
      if (stored === null) await context.save(ref);
      const record = await addRecord(deps, ref, context);
      await context.save({ ...ref, written: true, record });
    },
    async awaitVisible(tasks, context) {
      const ended = new AbortController();
      const signal = AbortSignal.any([context.signal, ended.signal]);
      const report = context.report.bind(context);
      // The first failure ends the other waits.
      const waits = recordsOf(tasks).map((record) => awaitRecord(deps, record, { signal, report }));
      await Promise.all(waits).finally(() => ended.abort());
    },
    async cleanUp(task, context) {
      const ref = readRef(task);
      if (ref === null) return;
      try {
        await removeRecord(deps, ref, context);
      } catch (error) {
        context.signal.throwIfAborted();
        const { code, message } = toCertdeskError(error);
        const text = `The TXT record ${ref.name} could not be removed: ${message}`;
        deps.log.warn({ ...describeRef(ref), code }, text);
        context.report('clean-up', text, { ...describeRef(ref), code });
        throw error;
      }
    },
  };
}

function zoneFor(provider: DnsProvider, place: RecordPlace, match: () => DnsZone): DnsZone {
  try {
    return match();
  } catch (error) {
    if (provider.zoneOptional !== true) throw error;
    const parent = place.name.slice(place.name.indexOf('.') + 1);
    return { id: parent, name: parent };
  }
}

/** Groups the values of one name, because a wildcard and its apex have two values at once. */
function recordsOf(tasks: readonly ChallengeTask[]): readonly AwaitedRecord[] {
  const refs = tasks.map((task) => {
    const ref = readRef(task);
    if (ref !== null) return ref;
    throw new CertdeskError('INTERNAL', `The challenge for ${task.identifier} was not presented before.`);
  });
  return [...Map.groupBy(refs, ({ challenge }) => challenge).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const values = [...new Set(group.map(({ value }) => value))];
    return [{ name: first.name, challenge: first.challenge, zone: first.delegatedZone, values }];
  });
}

/** Waits until the name servers show the record, or the user confirms it. */
export async function awaitRecord(
  deps: Dns01Deps,
  record: AwaitedRecord,
  context: LookupContext,
): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const { report } = context;
  const propagated = waitForPropagation(record, {
    resolver: deps.resolver,
    settings: deps.propagation,
    timing: deps.timing ?? REAL_TIMING,
    signal,
    report,
  });
  const confirmed = deps.provider.manual ? deps.confirmed?.(record.challenge, signal) : undefined;
  const signs = confirmed === undefined ? [propagated] : [propagated, confirmed];
  await Promise.race(signs).finally(() => ended.abort());
}
