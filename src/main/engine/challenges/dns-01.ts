// Solves dns-01 (RFC 8555 section 8.4) with any DNS provider: writes the TXT record, waits until it shows, removes it.
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
  /** The provider's own, or what the settings say. */
  readonly propagation: PropagationSettings;
  readonly log: Log;
  /** By which the wait for records is timed; real time by default. */
  readonly pace?: Timing;
  /**
   * Resolves when a person says that the record is there, with providers that need one; absent where nobody can.
   * @param challenge The name that the CA asks for.
   */
  confirmed?(challenge: string, signal: AbortSignal): Promise<void>;
}

/** RFC 8555 section 8.4: base64url of the SHA-256 of the key authorization; 43 characters. */
export function dns01Value(keyAuthorization: string): string {
  return createHash('sha256').update(keyAuthorization).digest('base64url');
}

/** Each solver keeps the account's list of zones for its own life: make one for each job. */
export function createDns01Solver(deps: Dns01Deps): ChallengeSolver {
  const zones = createAccountZones(deps.provider);

  const plan = async (task: ChallengeTask, context: SolverContext): Promise<Dns01Ref> => {
    const challenge = `_acme-challenge.${task.identifier}`;
    zones.prepare(context.signal);
    const place = await locateRecord(deps.resolver, challenge, context);
    const list = await zones.around(place.name, context.signal);
    const { id, name } = zoneFor(deps.provider, place, () => matchZone(place, list, context));
    return {
      provider: deps.providerId,
      challenge,
      name: place.name,
      value: dns01Value(task.keyAuthorization),
      zone: { id, name },
      delegatedZone: place.zone,
      written: false,
      record: null,
    };
  };

  return {
    type: 'dns-01',
    async present(task, context) {
      const known = readRef(task);
      const ref = known ?? (await plan(task, context));
      if (known === null) await context.save(ref);
      const record = await addRecord(deps, ref, context);
      await context.save({ ...ref, written: true, record });
    },
    async awaitVisible(tasks, context) {
      const ended = new AbortController();
      const signal = AbortSignal.any([context.signal, ended.signal]);
      const report = context.report.bind(context);
      // The first one that fails ends the others.
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

/** All values of one name are waited for together: a wildcard and its apex have two at once. */
function recordsOf(tasks: readonly ChallengeTask[]): readonly AwaitedRecord[] {
  const refs = tasks.map((task) => {
    const ref = readRef(task);
    if (ref !== null) return ref;
    throw new CertdeskError('INTERNAL', `The challenge of ${task.identifier} was not presented before.`);
  });
  return [...Map.groupBy(refs, ({ challenge }) => challenge).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const values = [...new Set(group.map(({ value }) => value))];
    return [{ name: first.name, challenge: first.challenge, zone: first.delegatedZone, values }];
  });
}

async function awaitRecord(deps: Dns01Deps, record: AwaitedRecord, context: LookupContext): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const { report } = context;
  const shown = waitForPropagation(record, {
    resolver: deps.resolver,
    settings: deps.propagation,
    pace: deps.pace ?? REAL_TIMING,
    signal,
    report,
  });
  const said = deps.provider.byHand ? deps.confirmed?.(record.challenge, signal) : undefined;
  const ways = said === undefined ? [shown] : [shown, said];
  await Promise.race(ways).finally(() => ended.abort());
}
