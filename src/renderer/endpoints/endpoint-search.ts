// The endpoint list's search and filters in the URL, so that a view can be linked and restored with Back.

import { FINDING_CODES, type FindingCode } from '../../shared/endpoint.ts';
import { ENDPOINT_STATES } from '../../shared/endpoint-names.ts';

export interface EndpointSearch {
  readonly q?: string;
  readonly project?: string;
  readonly state?: (typeof ENDPOINT_STATES)[number];
  readonly finding?: FindingCode;
}

/** The router parses `1` as a number. */
const text = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

/** Parses the URL's search parameters; unknown values are ignored. */
export function readEndpointSearch(search: Record<string, unknown>): EndpointSearch {
  return compact({
    q: text(search.q),
    project: text(search.project),
    state: ENDPOINT_STATES.find((state) => state === search.state),
    finding: FINDING_CODES.find((code) => code === search.finding),
  });
}

type Change = { readonly [K in keyof EndpointSearch]?: EndpointSearch[K] | undefined };

/** Returns the search with changed fields; undefined removes a field. */
export function changeSearch(search: EndpointSearch, change: Change): EndpointSearch {
  return compact({ ...search, ...change });
}

export function isFiltered(search: EndpointSearch): boolean {
  return Object.keys(search).length > 0;
}

function compact(search: Change): EndpointSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
