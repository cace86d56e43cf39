// Compares the records of a year's CAs with the requirements: nothing expired, each certificate was renewed once and in
// its window, no limit was exceeded, no issued certificate was lost, nothing was left behind.
import type { Entry, ModelCa } from './model-ca.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When an outage prevented renewals, and how long recovery may take. */
export interface Obstacle {
  readonly from: number;
  readonly to: number;
  /** After its end: the wait of the retry table, and the queue of waiting renewals. */
  readonly tail: number;
  /** The affected names; default: all. */
  readonly names?: (name: string) => boolean;
}

export interface Verdict {
  readonly issued: number;
  readonly renewals: number;
  readonly early: readonly string[];
  readonly late: readonly string[];
  readonly doubles: readonly string[];
  readonly expired: readonly string[];
  /** While the machine was off, which is not a failure. */
  readonly expiredAway: number;
  readonly forgotten: readonly string[];
  readonly broken: readonly string[];
  readonly leftovers: readonly string[];
  /** When in its window each renewal came, 0 to 1, in tenths. */
  readonly spread: readonly number[];
}

export interface Case {
  readonly world: World;
  readonly cas: readonly ModelCa[];
  readonly obstacles: readonly Obstacle[];
  /** How far ahead the machine's clock ever was. */
  readonly ahead: number;
}

/** The window known before the renewal; if the CA gave none, by the share of the lifetime. */
function windowOf(entry: Entry, renewedAt: number): { start: number; end: number } {
  if (entry.revoked !== null && entry.revoked.at <= renewedAt)
    return { start: entry.revoked.at, end: entry.revoked.at + 25 * HOUR };
  // A renewal check starts what is due before it asks the CA, and what it learns to be due then starts in the same
  // minute: the renewal may belong to the window known before, or to the latest one.
  const heard = entry.windows.filter(({ at }) => at <= renewedAt);
  const before = heard.filter(({ at }) => at <= renewedAt - MINUTE);
  const lifetime = entry.to - entry.from;
  const [latest, known = latest] = [heard.at(-1), before.at(-1)];
  const last = latest !== undefined && latest.start <= renewedAt ? latest : known;
  // A window that has moved is known within a day.
  if (last !== undefined) return { start: last.start, end: Math.max(last.end, last.at) };
  const at = entry.to - lifetime / (lifetime < 10 * DAY ? 2 : 3);
  return { start: at - lifetime / 40, end: at + HOUR };
}

const day = (ms: number, begin: number) => ((ms - begin) / DAY).toFixed(2);

export async function checkInvariants(
  { world, cas, obstacles, ahead }: Case,
  begin: number,
): Promise<Verdict> {
  const early: string[] = [];
  const late: string[] = [];
  const doubles: string[] = [];
  const expired: string[] = [];
  const spread = Array.from({ length: 10 }, () => 0);
  let expiredAway = 0;
  let renewals = 0;
  // A dry run's certificate is not stored.
  const real = cas
    .filter(({ directoryUrl }) => !directoryUrl.includes('staging'))
    .flatMap(({ entries }) => entries);
  const chains = new Map<string, Entry[]>();
  for (const entry of real.toSorted((a, b) => a.issuedAt - b.issuedAt)) {
    const chain = chains.get(entry.set) ?? [];
    chain.push(entry);
    chains.set(entry.set, chain);
  }
  const freeTime = (from: number, to: number, name: string): number => {
    let free = Math.max(0, to - from);
    let covered = from;
    const away: readonly Obstacle[] = world.away.map((each) => ({ ...each, tail: 10 * MINUTE }));
    const all = [...obstacles, ...away].toSorted((x, y) => x.from - y.from);
    for (const { from: a, to: b, tail, names } of all) {
      if (names?.(name) === false) continue;
      const [start, end] = [Math.max(a, covered), Math.min(b + tail, to)];
      if (end <= start) continue;
      free -= end - start;
      covered = end;
    }
    return free;
  };
  for (const [set, chain] of chains) {
    const [name = ''] = set.split(' ');
    for (const [index, entry] of chain.entries()) {
      const next = chain[index + 1];
      const said = `${name} #${index} of day ${day(entry.issuedAt, begin)} to ${day(entry.to, begin)}`;
      const until = next?.issuedAt ?? world.now;
      if (entry.to < until) {
        const away = world.away.some(({ from, to }) => entry.to >= from && entry.to <= to + 10 * MINUTE);
        if (away) expiredAway += 1;
        else expired.push(`${said}, next on day ${day(until, begin)}`);
      }
      const { start, end } = windowOf(entry, until);
      if (next === undefined) {
        if (freeTime(end, until, name) > 2 * HOUR) late.push(`${said}: never renewed`);
        continue;
      }
      renewals += 1;
      const at = (next.issuedAt - start) / (end - start);
      if (at >= 0 && at < 1) spread[Math.floor(at * 10)] = (spread[Math.floor(at * 10)] ?? 0) + 1;
      const words = `${said}: window ${day(start, begin)} to ${day(end, begin)}, renewed ${day(next.issuedAt, begin)}`;
      if (next.issuedAt < start - ahead - MINUTE) {
        if (next.issuedAt - entry.issuedAt < (entry.to - entry.from) / 10) doubles.push(words);
        else early.push(words);
      }
      if (freeTime(end, next.issuedAt, name) > HOUR) late.push(words);
    }
  }
  const stored = await world.database.db.selectFrom('certificates').select('serial').execute();
  const serials = new Set(stored.map(({ serial }) => serial));
  const forgotten = real
    .filter(({ serial, downloads }) => downloads === 0 || !serials.has(serial.toString('hex').toUpperCase()))
    .map(
      ({ set, issuedAt, downloads }) => `${set} of day ${day(issuedAt, begin)}, fetched ${downloads} times`,
    );
  return {
    issued: real.length,
    renewals,
    early,
    late,
    doubles,
    expired,
    expiredAway,
    forgotten,
    broken: cas.flatMap(({ broken }) =>
      broken.map(({ at, limit, subject }) => `day ${day(at, begin)}: ${limit} (${subject})`),
    ),
    leftovers: await leftovers(world, cas),
    spread,
  };
}

async function leftovers(world: World, cas: readonly ModelCa[]): Promise<string[]> {
  const { db } = world.database;
  const found: string[] = [];
  for (const { job_id } of await db.selectFrom('orders').select('job_id').execute())
    found.push(`order of ${job_id}`);
  const open = await db.selectFrom('jobs').select('id').where('finished_at', 'is', null).execute();
  for (const { id } of open) found.push(`job ${id}`);
  for (const ca of cas) {
    for (const token of ca.tokens) if (world.served(token) !== null) found.push(`token ${token}`);
    const open = ca.counts.unfinished();
    if (open > 0) found.push(`${open} open orders at ${ca.directoryUrl}`);
  }
  return found;
}
