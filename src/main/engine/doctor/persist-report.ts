// Says for each base name of a certificate which dns-persist-01 record it needs, and what is wrong with the one in DNS. Pure.
import { isIP } from 'node:net';
import { coversName } from '../../../shared/names.ts';
import {
  PERSIST_ALARMS,
  PERSIST_STATES,
  type PersistRecord,
  type PersistState,
} from '../../../shared/persist-record.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { ServerTexts } from '../challenges/dns-persist-01.ts';
import { formatPersistRecord, judgePersistRecords, persistName } from '../challenges/persist-record.ts';
import type { AccountTarget } from './account-target.ts';
import { type Fact, known } from './facts.ts';
import { explainDifference } from './watching.ts';

/** The names that one record validates. */
export interface PersistBase {
  readonly base: string;
  readonly names: readonly string[];
}

/** A record that ends sooner is reported. */
const ENDING_MS = 14 * 86_400_000;
const LISTED = 5;

/** Groups names by the name of their record. Names that a wildcard covers, and IP addresses, have none. */
export function basesOf(names: readonly string[]): readonly PersistBase[] {
  const wildcards = names.filter((name) => name.startsWith('*.'));
  const own = names.filter(
    (name) => isIP(name) === 0 && !wildcards.some((pattern) => pattern !== name && coversName(pattern, name)),
  );
  const groups = Map.groupBy(own, (name) => name.replace(/^\*\./, '').toLowerCase());
  return [...groups].map(([base, of]) => ({ base, names: of }));
}

/** Whether the CA does not accept the record, or not much longer. */
export const isPersistAlarm = (state: PersistState): boolean => PERSIST_ALARMS.includes(state);

/**
 * Judges what each name server shows: the most serious answer counts, because the CA may ask any of them.
 * @param found At least one server, if it is known.
 */
export function judgePersistServers(
  base: PersistBase,
  found: Fact<readonly ServerTexts[]>,
  target: AccountTarget,
  now: Date,
): PersistRecord {
  if (!found.known) return judgePersistName(base, found, target, now);
  const seen = found.value.map(({ server, texts }) => ({
    server,
    record: judgePersistName(base, known(texts), target, now),
  }));
  const worst = PERSIST_STATES.find((state) => seen.some(({ record }) => record.state === state));
  const same = seen.filter(({ record }) => record.state === worst);
  const record = same[0]?.record ?? judgePersistName(base, known([]), target, now);
  if (same.length === seen.length) return record;
  const servers = same.map(({ server }) => server);
  return { ...record, message: `${record.message} ${explainDifference(servers)}` };
}

/** @param found The TXT values at the record's name. */
export function judgePersistName(
  { base, names }: PersistBase,
  found: Fact<readonly string[]>,
  { domains, accountUrl }: AccountTarget,
  now: Date,
): PersistRecord {
  const wildcard = names.some((name) => name !== base);
  const demand = { issuers: domains, accountUri: accountUrl ?? '', wildcard };
  const value = accountUrl === null ? null : formatPersistRecord(demand);
  const name = persistName(base);
  const own = {
    name,
    for: [...names],
    value,
    record: value === null ? null : `${name}. 300 IN TXT ${quoteTxt(value)}`,
  };
  const problem = (state: PersistState, message: string, endsAt: string | null = null): PersistRecord => ({
    ...own,
    state,
    message,
    endsAt,
    tooWide: false,
  });
  if (!found.known) return problem('unknown', `DNS could not be read: ${found.reason}.`);
  const verdict = judgePersistRecords(found.value, demand, now);
  if (verdict.state !== 'valid') return problem(verdict.state, MESSAGES[verdict.state]);
  const { persistUntil, tooWide } = verdict;
  const isEnding = persistUntil !== null && persistUntil * 1000 - now.getTime() < ENDING_MS;
  // The largest time of Date; a record that ends later does not end.
  const endsAt =
    persistUntil === null || persistUntil > 8.64e12 ? null : toTimestamp(new Date(persistUntil * 1000));
  const sentences = [
    isEnding ? MESSAGES.ending : 'The CA accepts the record.',
    ...(endsAt === null ? [] : [`It ends at ${endsAt}.`]),
    ...(tooWide ? ['Its policy also permits wildcards, which the certificate does not need.'] : []),
  ];
  return { ...own, state: isEnding ? 'ending' : 'valid', message: sentences.join(' '), endsAt, tooWide };
}

const MESSAGES: Readonly<Record<Exclude<PersistState, 'valid' | 'unknown'>, string>> = {
  missing: 'There is no record of this CA.',
  'other-account': 'The record names another account of the CA.',
  'no-wildcard': 'The record lacks policy=wildcard, which a wildcard needs.',
  expired: 'The time in persistUntil is over.',
  ending: 'The record ends soon. Replace it by one that ends later, or not at all.',
};

/** What follows from a record that the CA does not accept. */
export type PersistEffect = 'none-yet' | 'renewal-fails' | 'renewal-creates';

const EFFECTS: Readonly<Record<PersistEffect, string>> = {
  'none-yet': '',
  'renewal-fails': ' The next renewal will fail.',
  'renewal-creates': ' The next renewal creates it at the DNS provider.',
};

/** The most serious state of all records, with a sentence. */
export function summarizePersist(
  records: readonly Pick<PersistRecord, 'name' | 'state' | 'message'>[],
  effect: PersistEffect,
): Pick<PersistRecord, 'state' | 'message'> {
  const state = PERSIST_STATES.find((each) => records.some((record) => record.state === each)) ?? 'valid';
  const [first, ...others] = records.filter((record) => record.state === state);
  if (state === 'valid' || first === undefined)
    return { state, message: 'The CA accepts the dns-persist-01 records.' };
  const listed = others.slice(0, LISTED - 1).map(({ name }) => name);
  const more = others.length > listed.length ? `, and ${others.length - listed.length} more` : '';
  const names = [first.name, ...listed].join(', ');
  const isRejected = state !== 'ending' && state !== 'unknown';
  return { state, message: `${names}${more}: ${first.message}${isRejected ? EFFECTS[effect] : ''}` };
}

/** A string in a TXT record has at most 255 bytes (RFC 1035 section 3.3). */
function quoteTxt(value: string): string {
  const parts = value.match(/.{1,255}/g) ?? [''];
  return parts.map((part) => `"${part.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
}
