// The budget of each CA's published limits, counted from what was used (usage.ts): work is put off before a limit
// is broken, and what is left can be shown.
import type { Budget } from '../../../shared/renewal.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { listAuthorities } from '../acme/authorities.ts';
import { type CaLimit, CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from '../acme/directories.ts';
import type { CaUsageKind } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { exactSet, registeredDomains, withoutWildcard } from './usage.ts';

export interface PlannedOrder {
  readonly directoryUrl: string;
  /** Null for an account that is still to be made. */
  readonly accountId: string | null;
  readonly names: readonly string[];
  /** It says what it replaces, in the window that the CA suggests: no limit but that on failures holds for it. */
  readonly replaces: boolean;
  /** It renews exactly these names at the same CA: it is no new order of the account, nor new to their domains. */
  readonly sameNames: boolean;
  /** What would be put off until after this takes of the reserve as well. */
  readonly latest: Timestamp;
}

export interface BudgetService {
  /** Null where the renewal breaks no limit; else when it breaks none any more, and which one it is, as a sentence. */
  findDeferral(order: PlannedOrder): Promise<{ readonly until: Timestamp; readonly why: string } | null>;
  /** What is used of the limits of each CA, the most used first. */
  get(): Promise<Budget>;
}

const HOUR_MS = 3_600_000;
const SHOWN = 50;

/** What stays for the orders that are under way and not counted yet, and for a person's own. */
const RESERVE: Readonly<Record<CaUsageKind, number>> = {
  order: 60,
  'registered-domain': 10,
  'exact-set': 1,
  'failed-authorization': 1,
};

/** After the longest of them nothing counts any more. */
export const KEEP_USAGE_DAYS = 8;

export function createBudget(
  { caUsage, accounts }: Stores,
  clock: Clock,
  directories: DirectoryOverrides = {},
): BudgetService {
  const since = ({ hours }: CaLimit): Timestamp =>
    toTimestamp(new Date(clock.now().getTime() - hours * HOUR_MS));

  /** When the limit has room for one more; null where it has it now. */
  async function freeAt(
    limit: CaLimit,
    subject: string,
    { directoryUrl, latest }: PlannedOrder,
  ): Promise<Timestamp | null> {
    const { kind, count, hours } = limit;
    const times = await caUsage.times({ directoryUrl, kind, subject, since: since(limit) });
    const roomFor = (most: number): Timestamp | null => {
      const last = times[times.length - most];
      return last === undefined ? null : toTimestamp(new Date(Date.parse(last) + hours * HOUR_MS));
    };
    const until = roomFor(count - RESERVE[kind]);
    return until === null || until <= latest ? until : roomFor(count);
  }

  return {
    async findDeferral(order) {
      let found: { until: Timestamp; why: string } | null = null;
      for (const limit of limitsOf(order.directoryUrl)) {
        for (const subject of subjectsOf(limit.kind, order)) {
          const until = await freeAt(limit, subject, order);
          if (until === null || (found !== null && until <= found.until)) continue;
          const of = limit.kind === 'order' ? '' : ` (${subject})`;
          const why = `Deferred to stay within a limit of the CA: ${limit.count} ${limit.name} in ${limit.hours} hours${of}`;
          found = { until, why };
        }
      }
      return found;
    },

    async get() {
      const limits = listAuthorities(directories).flatMap(({ id, directoryUrl, limits }) =>
        limits.map((limit) => ({ ca: id, directoryUrl, limit })),
      );
      const shown = limits.map(async ({ ca, directoryUrl, limit }) => {
        const { kind, name, count, hours } = limit;
        const used = await caUsage.most({ directoryUrl, kind, since: since(limit), limit: SHOWN });
        const uses = used.map(async ({ subject, used, oldest }) => ({
          subject: kind === 'order' ? ((await accounts.get(subject))?.url ?? subject) : subject,
          used,
          left: Math.max(0, count - used),
          nextFreedAt: toTimestamp(new Date(Date.parse(oldest) + hours * HOUR_MS)),
        }));
        return { ca, kind, name, count, hours, uses: await Promise.all(uses) };
      });
      return { limits: await Promise.all(shown) };
    },
  };
}

function limitsOf(directoryUrl: string): readonly CaLimit[] {
  return CERTIFICATE_AUTHORITIES.find((ca) => ca.directoryUrl === directoryUrl)?.limits ?? [];
}

/** What an order counts for (the exemptions are those of Let's Encrypt's page on rate limits). */
function subjectsOf(
  kind: CaUsageKind,
  { accountId, names, replaces, sameNames }: PlannedOrder,
): Iterable<string> {
  if (kind === 'failed-authorization') return new Set(names.map(withoutWildcard));
  if (replaces) return [];
  if (kind === 'order') return accountId === null || sameNames ? [] : [accountId];
  if (kind === 'exact-set') return [exactSet(names)];
  return sameNames ? [] : registeredDomains(names);
}
