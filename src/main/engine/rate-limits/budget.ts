// Computes how much of each CA's published rate limits is used (usage.ts), so that renewals are deferred before they
// exceed a limit and the GUI can show what remains.
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
  /** Null if the account does not exist yet. */
  readonly accountId: string | null;
  readonly names: readonly string[];
  /**
   * The order names the certificate it replaces (ARI), within the window that the CA suggests. Only the limit on
   * failed authorizations applies to it.
   */
  readonly replaces: boolean;
  /**
   * The order renews exactly these names at the same CA. It does not count as a new order of the account or of the
   * domains.
   */
  readonly sameNames: boolean;
  /** An order that would be deferred beyond this time may also use the reserve. */
  readonly latest: Timestamp;
}

export interface BudgetService {
  /**
   * Finds the time until which the order must be deferred, and the limit as a sentence. Null if the order exceeds no
   * limit.
   */
  findDeferral(order: PlannedOrder): Promise<{ readonly until: Timestamp; readonly why: string } | null>;
  /** Returns the use of each CA's limits, the most used first. */
  get(): Promise<Budget>;
}

const HOUR_MS = 3_600_000;
const MAX_SUBJECTS = 50;

/** Kept free for orders that are under way and not counted yet, and for those that users request. */
const RESERVE: Readonly<Record<CaUsageKind, number>> = {
  order: 60,
  'registered-domain': 10,
  'exact-set': 1,
  'failed-authorization': 1,
};

/** Longer than the longest limit's window, so older entries no longer count. */
export const KEEP_USAGE_DAYS = 8;

export function createBudget(
  { caUsage, accounts }: Stores,
  clock: Clock,
  directories: DirectoryOverrides = {},
): BudgetService {
  const since = ({ hours }: CaLimit): Timestamp =>
    toTimestamp(new Date(clock.now().getTime() - hours * HOUR_MS));

  /** The time from which the limit allows one more; null if it does now. */
  async function findFreeTime(
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
          const until = await findFreeTime(limit, subject, order);
          if (until === null || (found !== null && until <= found.until)) continue;
          const detail = limit.kind === 'order' ? '' : ` (${subject})`;
          const why = `Deferred to stay within a limit of the CA: ${limit.count} ${limit.name} in ${limit.hours} hours${detail}`;
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
        const used = await caUsage.most({ directoryUrl, kind, since: since(limit), limit: MAX_SUBJECTS });
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

/** The subjects that an order counts against. Exemptions: https://letsencrypt.org/docs/rate-limits/ */
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
