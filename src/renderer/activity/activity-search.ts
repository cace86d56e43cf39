// The audit log's filters in the URL, so that a filtered view can be linked and restored with Back.

export interface ActivityFilter {
  readonly actor?: string;
  readonly operation?: string;
  readonly result?: 'ok' | 'failed';
  readonly from?: string;
  readonly to?: string;
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
const time = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? value : undefined;

const FIELDS: { readonly [K in keyof ActivityFilter]-?: (value: unknown) => ActivityFilter[K] | undefined } =
  {
    actor: word,
    operation: word,
    result: (value) => (['ok', 'failed'] as const).find((known) => known === value),
    from: time,
    to: time,
  };

/** Parses the URL's search parameters; unknown values are ignored. */
export function readActivitySearch(search: Record<string, unknown>): ActivityFilter {
  const read = Object.entries(FIELDS).map(([name, field]) => [name, field(search[name])]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}
