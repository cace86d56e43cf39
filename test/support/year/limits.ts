// The limits that Let's Encrypt publishes (https://letsencrypt.org/docs/rate-limits/, 2026-08-05), with its algorithm:
// token buckets, each with its own refill.
const HOUR = 3_600_000;

export interface Limit {
  readonly name: string;
  readonly count: number;
  /** The time in which the whole bucket is refilled; ms. */
  readonly per: number;
}

export const LIMITS = {
  orders: { name: 'new orders of an account', count: 300, per: 3 * HOUR },
  domain: { name: 'certificates of a registered domain', count: 50, per: 168 * HOUR },
  exactSet: { name: 'certificates of the same names', count: 5, per: 168 * HOUR },
  failures: { name: 'failed validations of a name', count: 5, per: HOUR },
  accounts: { name: 'new accounts of an address', count: 10, per: 3 * HOUR },
} as const satisfies Record<string, Limit>;

export interface Buckets {
  /** Milliseconds until there is a token; 0 if there is one now. */
  wait(limit: Limit, subject: string): number;
  spend(limit: Limit, subject: string): void;
}

export function createBuckets(now: () => number): Buckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const bucketOf = (limit: Limit, subject: string) => {
    const key = `${limit.name} ${subject}`;
    const bucket = buckets.get(key) ?? { tokens: limit.count, at: now() };
    buckets.set(key, bucket);
    bucket.tokens = Math.min(limit.count, bucket.tokens + ((now() - bucket.at) / limit.per) * limit.count);
    bucket.at = now();
    return bucket;
  };
  return {
    wait(limit, subject) {
      const { tokens } = bucketOf(limit, subject);
      return tokens >= 1 ? 0 : ((1 - tokens) * limit.per) / limit.count;
    },
    spend(limit, subject) {
      bucketOf(limit, subject).tokens -= 1;
    },
  };
}
