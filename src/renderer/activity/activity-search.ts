// The audit log's filters in the URL.
import { oneOfParam, searchReader } from '../lists/search-params.ts';

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

/** Parses the URL's search parameters. */
export const readActivitySearch = searchReader<ActivityFilter>({
  actor: word,
  operation: word,
  result: oneOfParam(['ok', 'failed'] as const),
  from: time,
  to: time,
});
