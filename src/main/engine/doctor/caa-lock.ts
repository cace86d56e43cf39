// Derives the CAA records that bind names to one CA, account and method, and compares them with what DNS has. Pure.
import { CAA_LOCK_SENTENCES, type CaaLockState } from '../../../shared/caa-lock.ts';
import { type CaaRecord, type CaaRequest, evaluateCaa, formatCaa, readIssueValue } from './caa.ts';
import { type CaaFacts, type Fact, known } from './facts.ts';
import { bind } from './findings-caa.ts';
import { explainDifference } from './watching.ts';

/** Who may issue. */
export interface LockTarget {
  /** The CA's domains in CAA records; the first is written. */
  readonly domains: readonly string[];
  readonly accountUrl: string;
  readonly method: string;
}

export interface LockedName {
  readonly name: string;
  readonly caa: Fact<CaaFacts>;
}

/** What each name server shows for a name. */
export interface LockedAtServers {
  readonly name: string;
  readonly servers: Fact<readonly ServerCaa[]>;
}

export interface ServerCaa {
  /** `ns1.example.com (192.0.2.1)` */
  readonly server: string;
  readonly caa: CaaFacts;
}

export interface LockReport {
  readonly state: CaaLockState;
  readonly message: string;
  /** In zone-file notation. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The records for the names. A name of its own, not the whole zone, so that other names keep their CAs. Without a
 * wildcard, `issuewild ";"` forbids wildcards (RFC 8659 section 4.3).
 */
export function lockRecords(names: readonly string[], target: LockTarget): readonly CaaRecord[] {
  const value = bind(target.domains[0] ?? '', target.accountUrl, [target.method]);
  const bases = Map.groupBy(names, (name) => name.replace(/^\*\./, ''));
  return [...bases].flatMap(([owner, own]) => {
    const record = (tag: string, text: string): CaaRecord => ({ owner, flags: 0, tag, value: text });
    const isPlain = own.includes(owner);
    const isWild = own.some((name) => name !== owner);
    return [
      ...(isPlain ? [record('issue', value)] : []),
      isWild ? record('issuewild', value) : record('issuewild', ';'),
    ];
  });
}

const WORST: readonly CaaLockState[] = ['forbidden', 'unknown', 'open', 'loose', 'locked'];

/** Compares what DNS has with what the lock needs; the state is that of the worst name. */
export function evaluateLock(names: readonly LockedName[], target: LockTarget): LockReport {
  const wanted = lockRecords(
    names.map(({ name }) => name),
    target,
  );
  const found = names.flatMap(({ caa }) => (caa.known ? caa.value.records : []));
  const states = names.map((name) => ({ name: name.name, ...stateOf(name, target) }));
  const state = WORST.find((each) => states.some((own) => own.state === each)) ?? 'open';
  const worst = states.filter((own) => own.state === state);
  const listed = worst.map(({ name }) => name).join(', ');
  const reason = worst.map(({ reason: why }) => why).find((why) => why !== '') ?? '';
  const owners = new Set(wanted.map(({ owner }) => owner));
  const isSame = (a: CaaRecord, b: CaaRecord) =>
    a.owner === b.owner && a.tag === b.tag && normalize(a.value) === normalize(b.value);
  const extra = found.filter(
    (record) =>
      owners.has(record.owner) &&
      ['issue', 'issuewild'].includes(record.tag) &&
      !wanted.some((own) => isSame(own, record)),
  );
  return {
    state,
    message: `${CAA_LOCK_SENTENCES[state]} (${listed})${reason === '' ? '' : `: ${reason}`}`.replace(
      /\.?$/,
      '.',
    ),
    add: wanted.filter((record) => !found.some((own) => isSame(own, record))).map((each) => formatCaa(each)),
    remove: [...new Set(extra.map((record) => formatCaa(record, null)))],
  };
}

/** As evaluateLock: the most serious answer of each name's servers counts, because the CA may ask any of them. */
export function evaluateLockAtServers(names: readonly LockedAtServers[], target: LockTarget): LockReport {
  const judged = names.map(({ name, servers }) => {
    if (!servers.known) return { name, caa: servers, state: null, differ: [] };
    const seen = servers.value.map(({ server, caa }) => ({
      server,
      caa: known(caa),
      state: stateOf({ name, caa: known(caa) }, target).state,
    }));
    const state = WORST.find((each) => seen.some((one) => one.state === each)) ?? null;
    const same = seen.filter((one) => one.state === state);
    const caa = same[0]?.caa ?? known({ owner: null, records: [], failed: null });
    return { name, caa, state, differ: same.length === seen.length ? [] : same.map(({ server }) => server) };
  });
  const report = evaluateLock(judged, target);
  const differ = judged.flatMap((one) => (one.state === report.state ? one.differ : []));
  if (differ.length === 0) return report;
  return { ...report, message: `${report.message} ${explainDifference([...new Set(differ)])}` };
}

function stateOf(
  { name, caa }: LockedName,
  { domains, accountUrl, method }: LockTarget,
): { readonly state: CaaLockState; readonly reason: string } {
  if (!caa.known) return { state: 'unknown', reason: caa.reason };
  const { records, failed } = caa.value;
  if (failed !== null) return { state: 'unknown', reason: failed.answer };
  const isWildcard = name.startsWith('*.');
  const request: CaaRequest = { isWildcard, domains, accountUrl, method };
  const verdict = evaluateCaa(records, request);
  if (verdict.verdict === 'open') return { state: 'open', reason: '' };
  if (verdict.verdict !== 'permitted') {
    const values = [verdict.by].flat().map(({ owner, tag, value }) => `${owner} has ${tag} "${value}"`);
    return { state: 'forbidden', reason: values.join(', ') };
  }
  const tags = isWildcard && records.some(({ tag }) => tag === 'issuewild') ? ['issuewild'] : ['issue'];
  const isTight = records
    .filter(({ tag }) => tags.includes(tag))
    .every((record) => permitsOnly(record, request));
  return { state: isTight ? 'locked' : 'loose', reason: '' };
}

function permitsOnly({ value }: CaaRecord, { domains, accountUrl, method }: CaaRequest): boolean {
  const read = readIssueValue(value);
  if (read === null || read.domain === '') return true; // it permits nobody
  const isBound = read.accounts.length > 0 && read.accounts.every((account) => account === accountUrl);
  return domains.includes(read.domain) && isBound && read.methods.some((list) => list.join() === method);
}

const normalize = (value: string): string => value.replaceAll(/\s+/g, '').toLowerCase();
