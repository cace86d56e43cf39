// The project list's search, filters and order in the URL, so that a view can be linked and restored with Back.
import {
  CERTIFICATE_TYPES,
  ORDERS,
  PROJECT_NEEDS,
  PROJECT_SORTS,
  PROJECT_STATES,
} from '../../shared/project-filters.ts';
import { flagParam, oneOfParam, type SearchFields, searchReader, textParam } from '../lists/search-params.ts';
import { tagsParam } from '../tags/tags-param.ts';

export type ListSort = (typeof PROJECT_SORTS)[number];

export interface ListSearch {
  readonly q?: string;
  readonly status?: (typeof PROJECT_STATES)[number];
  readonly failing?: boolean;
  readonly need?: (typeof PROJECT_NEEDS)[number];
  readonly provider?: string;
  readonly ca?: string;
  readonly type?: (typeof CERTIFICATE_TYPES)[number];
  /** Projects that have all of them. */
  readonly tag?: string[];
  readonly sort?: ListSort;
  readonly order?: (typeof ORDERS)[number];
}

const FIELDS: SearchFields<ListSearch> = {
  q: textParam,
  status: oneOfParam(PROJECT_STATES),
  failing: flagParam,
  need: oneOfParam(PROJECT_NEEDS),
  provider: textParam,
  ca: textParam,
  type: oneOfParam(CERTIFICATE_TYPES),
  tag: tagsParam,
  sort: oneOfParam(PROJECT_SORTS),
  order: oneOfParam(ORDERS),
};

/** Parses the URL's search parameters. */
export const readListSearch = searchReader<ListSearch>(FIELDS);

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
