// The tab of the hosts page and the search and filter of the list, as in its URL.
import { oneOfParam, searchReader, textParam } from '../lists/search-params.ts';
import { tagsParam } from '../tags/tags-param.ts';

export interface HostSearch {
  readonly tab?: 'credentials';
  readonly q?: string;
  /** Hosts that have all of them. */
  readonly tag?: string[];
}

/** Parses the URL's search parameters. */
export const readHostSearch = searchReader<HostSearch>({
  tab: oneOfParam(['credentials'] as const),
  q: textParam,
  tag: tagsParam,
});
