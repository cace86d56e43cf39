// What the list's address holds: search, filters and order, so that a view can be linked to and gone back to.
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

/** What was typed into the address or put there by a link; the router reads `1` and `true` as what they look like. */
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

/** Whatever stands in the address; what is not understood is left out. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const read = Object.entries(FIELDS).map(([name, field]) => [name, field(search[name])]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

/** The search with some fields set, and those that are undefined taken out. */
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

/** What the numbers at the filters are counted under. */
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
