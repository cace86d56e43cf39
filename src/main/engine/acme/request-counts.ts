// Counts requests to each CA by result since startup, for the metrics.

export interface CaRequests {
  /** The host. */
  readonly ca: string;
  readonly result: '2xx' | '3xx' | '4xx' | '5xx' | 'none';
  readonly count: number;
}

export interface RequestCounts {
  /** @param status Null if there was no response. */
  note(url: string, status: number | null): void;
  list(): readonly CaRequests[];
}

/** A CA's directory may name any number of hosts. Hosts beyond this limit are counted together. */
const MAX_HOSTS = 50;

/** Creates counters that start at zero. */
export function createRequestCounts(): RequestCounts {
  const hosts = new Map<string, Map<CaRequests['result'], number>>();
  return {
    note(url, status) {
      const host = URL.parse(url)?.host ?? 'unknown';
      const ca = hosts.has(host) || hosts.size < MAX_HOSTS ? host : 'other';
      const results = hosts.get(ca) ?? new Map();
      hosts.set(ca, results);
      const result = resultOf(status);
      results.set(result, (results.get(result) ?? 0) + 1);
    },
    list: () =>
      [...hosts].flatMap(([ca, results]) => [...results].map(([result, count]) => ({ ca, result, count }))),
  };
}

function resultOf(status: number | null): CaRequests['result'] {
  if (status === null) return 'none';
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}
