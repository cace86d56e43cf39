// The endpoint list's search and filters in the URL.

import { FINDING_CODES, type FindingCode } from '../../shared/endpoint.ts';
import { ENDPOINT_STATES } from '../../shared/endpoint-names.ts';
import { oneOfParam, searchReader, textParam } from '../lists/search-params.ts';

export interface EndpointSearch {
  readonly q?: string;
  readonly project?: string;
  readonly state?: (typeof ENDPOINT_STATES)[number];
  readonly finding?: FindingCode;
}

/** Parses the URL's search parameters. */
export const readEndpointSearch = searchReader<EndpointSearch>({
  q: textParam,
  project: textParam,
  state: oneOfParam(ENDPOINT_STATES),
  finding: oneOfParam(FINDING_CODES),
});

export function isFiltered(search: EndpointSearch): boolean {
  return Object.keys(search).length > 0;
}
