import { expect, test } from 'vitest';
import { changeSearch } from '../../src/renderer/lists/search-params.ts';
import {
  isFiltered,
  type ListSearch,
  readListSearch,
  withoutState,
} from '../../src/renderer/projects/list-search.ts';

test('reads the address, and ignores unknown values', () => {
  expect(
    readListSearch({ q: 'shop', status: 'expired', failing: true, sort: 'expiry', order: 'desc', page: 3 }),
  ).toEqual({ q: 'shop', status: 'expired', failing: true, sort: 'expiry', order: 'desc' });
  expect(readListSearch({ q: '', status: 'lost', sort: 'colour', order: 1, type: null, ca: {} })).toEqual({});
});

test('keeps words that look like something else, and accepts both words for yes and no', () => {
  expect(readListSearch({ q: 42 })).toEqual({ q: '42' });
  expect(readListSearch({ failing: 'true' })).toEqual({ failing: true });
  expect(readListSearch({ failing: 'false' })).toEqual({ failing: false });
  expect(readListSearch({ failing: 'perhaps' })).toEqual({});
});

test('reads one tag or several, and ignores what is none', () => {
  expect(readListSearch({ tag: 'EU' })).toEqual({ tag: ['eu'] });
  expect(readListSearch({ tag: ['eu', 2027, 'two words', null] })).toEqual({ tag: ['eu', '2027'] });
  expect(readListSearch({ tag: ['ä'] })).toEqual({});
  expect(isFiltered({ tag: ['eu'] })).toBe(true);
});

test('removes fields on a change, and does not count the sort order as a filter', () => {
  const search = changeSearch<ListSearch>(
    { q: 'a', status: 'valid', sort: 'name' },
    { q: undefined, type: 'custom' },
  );
  expect(search).toEqual({ status: 'valid', sort: 'name', type: 'custom' });
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered({ sort: 'name', order: 'asc' })).toBe(false);
  expect(withoutState(search)).toEqual({ type: 'custom' });
});
