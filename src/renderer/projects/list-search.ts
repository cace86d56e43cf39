// What the list's address holds: search, filters and order, so that a view can be linked to and gone back to.
import { ListProjectsSchema } from '../../shared/project.ts';

const { status, failing, provider, ca, type, q } = ListProjectsSchema.shape;
const sort = ListProjectsSchema.shape.sort.unwrap();
const order = ListProjectsSchema.shape.order.unwrap();

const FIELDS = { q, status, failing, provider, ca, type, sort: sort.optional(), order: order.optional() };

export type ListSort = (typeof sort.options)[number];

export interface ListSearch {
  readonly q?: string;
  readonly status?: 'valid' | 'expiring_soon' | 'expired' | 'revoked' | 'none';
  readonly failing?: boolean;
  readonly provider?: string;
  readonly ca?: string;
  readonly type?: 'letsencrypt' | 'acme' | 'custom';
  readonly sort?: ListSort;
  readonly order?: 'asc' | 'desc';
}

/** Whatever stands in the address; what is not understood is left out. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const read: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(FIELDS)) {
    const parsed = schema.safeParse(search[name]);
    if (parsed.success && parsed.data !== undefined && parsed.data !== '') read[name] = parsed.data;
  }
  return read;
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
  sort: ___,
  order: ____,
  ...others
}: ListSearch): ListSearch {
  return others;
}
