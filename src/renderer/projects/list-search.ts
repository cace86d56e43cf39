// The project list's search, filters and order in the URL, so that a view can be linked and restored with Back.
import {
  CERTIFICATE_TYPES,
  ORDERS,
  PROJECT_NEEDS,
  PROJECT_SORTS,
  PROJECT_STATES,
} from '../../shared/project-filters.ts';

export type ListSort = (typeof PROJECT_SORTS)[number];

export interface ListSearch {
  readonly q?: string;
  readonly status?: (typeof PROJECT_STATES)[number];
  readonly failing?: boolean;
  readonly need?: (typeof PROJECT_NEEDS)[number];
  readonly provider?: string;
  readonly ca?: string;
  readonly type?: (typeof CERTIFICATE_TYPES)[number];
  readonly sort?: ListSort;
  readonly order?: (typeof ORDERS)[number];
}

/** A search term from the URL: the router parses `1` and `true` as a number and a boolean. */
const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
const flag = (value: unknown): boolean | undefined =>
  value === 'true' || value === 'false' ? value === 'true' : typeof value === 'boolean' ? value : undefined;
const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: unknown): T | undefined =>
    words.find((word) => word === value);

const FIELDS: { readonly [K in keyof ListSearch]-?: (value: unknown) => ListSearch[K] | undefined } = {
  q: text,
  status: oneOf(PROJECT_STATES),
  failing: flag,
  need: oneOf(PROJECT_NEEDS),
  provider: text,
  ca: text,
  type: oneOf(CERTIFICATE_TYPES),
  sort: oneOf(PROJECT_SORTS),
  order: oneOf(ORDERS),
};

/** Parses the URL's search parameters; unknown values are ignored. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const read = Object.entries(FIELDS).map(([name, field]) => [name, field(search[name])]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

/** Returns the search with changed fields; undefined removes a field. */
export function changed(
  search: ListSearch,
  change: { readonly [K in keyof ListSearch]: ListSearch[K] | undefined },
): ListSearch {
  return Object.fromEntries(
    Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined),
  );
}

export function isFiltered({ sort: _, order: __, ...filters }: ListSearch): boolean {
  return Object.keys(filters).length > 0;
}

/** The search under which the counts at the filters are computed. */
export function withoutState({
  status: _,
  failing: __,
  need: ___,
  sort: ____,
  order: _____,
  ...others
}: ListSearch): ListSearch {
  return others;
}
