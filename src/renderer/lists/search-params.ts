// A list's search, filters and order in the URL, so that a view can be linked and restored with Back.

/** Parses one parameter; undefined for what it does not know, because people edit and share URLs. */
type Read<T> = (value: unknown) => T | undefined;

/** One reader per field of a search. */
export type SearchFields<S> = { readonly [K in keyof S]-?: Read<NonNullable<S[K]>> };

/** A search with fields to set; undefined removes a field. */
export type SearchChange<S> = { readonly [K in keyof S]?: S[K] | undefined };

/** A search term: the router parses `1` as a number. */
export const textParam: Read<string> = (value) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

export const flagParam: Read<boolean> = (value) =>
  value === 'true' || value === 'false' ? value === 'true' : typeof value === 'boolean' ? value : undefined;

export const oneOfParam =
  <T extends string>(words: readonly T[]): Read<T> =>
  (value) =>
    words.find((word) => word === value);

/** Returns a parser for a route's `validateSearch`. */
export function searchReader<S extends object>(fields: SearchFields<S>) {
  return (search: Record<string, unknown>): S =>
    compact(Object.entries<Read<unknown>>(fields).map(([name, read]) => [name, read(search[name])] as const));
}

/** Returns the search with changed fields. */
export function changeSearch<S extends object>(search: S, change: SearchChange<S>): S {
  return compact(Object.entries({ ...search, ...change }));
}

const compact = <S extends object>(entries: readonly (readonly [string, unknown])[]): S =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as S;
