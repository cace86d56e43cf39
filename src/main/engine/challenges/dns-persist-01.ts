// Solves dns-persist-01 (draft-ietf-acme-dns-persist): a TXT record that stays authorizes the account for every order. If
// the name servers show no valid record, the DNS provider or the user creates it once. Nothing is removed afterwards.
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { askEveryAuthority, nameServersOf } from '../dns/lookup/name-servers.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { type LookupContext, locateRecord } from '../dns/lookup/zone.ts';
import { awaitRecord, type Dns01Deps, planRecord } from './dns-01.ts';
import { addRecord } from './dns-01-record.ts';
import { readRef } from './dns-01-ref.ts';
import {
  formatPersistRecord,
  judgePersistRecords,
  type PersistDemand,
  type PersistVerdict,
  persistName,
} from './persist-record.ts';
import type { ChallengeSolver, ChallengeTask, SolverContext } from './solver.ts';

export interface DnsPersist01Deps extends Dns01Deps {
  readonly clock: Clock;
  /** The names of the certificate. A name and its wildcard share one record. */
  readonly names: readonly string[];
}

/** Creates a solver for one job. */
export function createDnsPersist01Solver(deps: DnsPersist01Deps): ChallengeSolver {
  const plan = planRecord(deps);
  return {
    type: 'dns-persist-01',
    async present(task, context) {
      const stored = readRef(task);
      if (stored?.written === true) return;
      const demand = demandOf(task, deps.names);
      const verdict = await lookUpPersistRecord(deps, task.identifier, demand, context);
      if (verdict.state === 'valid') return reportValid(task, verdict, context);
      const name = persistName(task.identifier);
      const ref = stored ?? (await plan({ name, value: formatPersistRecord(demand) }, context));
      if (stored === null) await context.save(ref);
      const record = await addRecord(deps, ref, context);
      await context.save({ ...ref, written: true, record });
    },
    async awaitVisible(tasks, context) {
      const ended = new AbortController();
      const signal = AbortSignal.any([context.signal, ended.signal]);
      const report = context.report.bind(context);
      // Without a reference, the record was valid already.
      const refs = tasks.flatMap((task) => readRef(task) ?? []);
      const waits = refs.map(({ name, challenge, delegatedZone, value }) =>
        awaitRecord(deps, { name, challenge, zone: delegatedZone, values: [value] }, { signal, report }),
      );
      await Promise.all(waits).finally(() => ended.abort());
    },
    async cleanUp() {}, // the record is meant to stay
  };
}

/** @throws ACME_PROTOCOL_ERROR if the CA named no issuer */
function demandOf({ identifier, wildcard, persist }: ChallengeTask, names: readonly string[]): PersistDemand {
  if (persist === undefined || persist.issuers.length === 0) {
    const message = `The CA's dns-persist-01 challenge for ${identifier} names no issuer domain`;
    throw new CertdeskError('ACME_PROTOCOL_ERROR', message);
  }
  return { ...persist, wildcard: wildcard || names.includes(`*.${identifier}`) };
}

function reportValid(
  { identifier }: ChallengeTask,
  { persistUntil, tooWide }: Extract<PersistVerdict, { state: 'valid' }>,
  { report }: SolverContext,
): void {
  const until =
    persistUntil === null ? '' : ` It ends at ${new Date(persistUntil * 1000).toISOString().slice(0, 19)}Z.`;
  const wide = tooWide ? ' Its policy also allows wildcards, which this certificate does not need.' : '';
  report(
    'challenge',
    `The TXT record ${persistName(identifier)} authorizes the account already.${until}${wide}`,
    { name: persistName(identifier) },
  );
}

/** A record that some servers show exists and is not created again; that others lack it is reported. */
async function lookUpPersistRecord(
  { resolver, clock }: Pick<DnsPersist01Deps, 'resolver' | 'clock'>,
  identifier: string,
  demand: PersistDemand,
  context: LookupContext,
): Promise<PersistVerdict> {
  const found = await readPersistTexts(resolver, identifier, context);
  const now = clock.now();
  const verdicts = found.map(({ server, texts }) => ({
    server,
    verdict: judgePersistRecords(texts, demand, now),
  }));
  const valid = verdicts.find(({ verdict }) => verdict.state === 'valid');
  if (valid === undefined) return verdicts[0]?.verdict ?? judgePersistRecords([], demand, now);
  const others = verdicts.filter(({ verdict }) => verdict.state !== 'valid').map(({ server }) => server);
  if (others.length > 0) {
    const name = persistName(identifier);
    const message = `The name servers differ: ${others.join(', ')} does not show a valid TXT record ${name}. The validation fails if the CA asks there`;
    context.report('challenge', message, { name, nameServers: others });
  }
  return valid.verdict;
}

/** The TXT values that one address of an authoritative server shows. */
export interface ServerTexts {
  /** `ns1.example.com (192.0.2.1)` */
  readonly server: string;
  readonly texts: readonly string[];
}

/**
 * Reads the TXT records of a name at every address of every authoritative server, because a CA may ask any of them.
 * @returns empty if DNS does not show the zone, or no server of it answers
 * @throws DNS_LOOKUP_FAILED, the reason of the signal
 */
export async function readPersistTexts(
  resolver: DnsResolver,
  identifier: string,
  context: LookupContext,
): Promise<readonly ServerTexts[]> {
  const place = await locateRecord(resolver, persistName(identifier), context);
  if (place.zone === null) return [];
  const servers = await nameServersOf(resolver, place.zone, context.signal);
  const question = { name: place.name, type: 'TXT' } as const;
  const replies = await askEveryAuthority(resolver, servers, question, context.signal);
  return replies.map(({ server, reply }) => ({
    server,
    texts: reply.answers.filter(({ type }) => type === 'TXT').map(({ value }) => value),
  }));
}
