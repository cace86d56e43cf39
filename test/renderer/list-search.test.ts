import { expect, test } from 'vitest';
import {
  changed,
  isFiltered,
  readListSearch,
  withoutState,
} from '../../src/renderer/projects/list-search.ts';

test('what the address holds is read, and what is not understood is left out', () => {
  expect(
    readListSearch({ q: 'shop', status: 'expired', failing: true, sort: 'expiry', order: 'desc', page: 3 }),
  ).toEqual({ q: 'shop', status: 'expired', failing: true, sort: 'expiry', order: 'desc' });
  expect(readListSearch({ q: '', status: 'lost', sort: 'colour', order: 1, type: null, ca: {} })).toEqual({});
});

test('words that look like something else stay words, and words for yes and no are both', () => {
  expect(readListSearch({ q: 42 })).toEqual({ q: '42' });
  expect(readListSearch({ failing: 'true' })).toEqual({ failing: true });
  expect(readListSearch({ failing: 'false' })).toEqual({ failing: false });
  expect(readListSearch({ failing: 'perhaps' })).toEqual({});
});

test('a change takes fields out, too; an order is no filter', () => {
  const search = changed({ q: 'a', status: 'valid', sort: 'name' }, { q: undefined, type: 'custom' });
  expect(search).toEqual({ status: 'valid', sort: 'name', type: 'custom' });
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered({ sort: 'name', order: 'asc' })).toBe(false);
  expect(withoutState(search)).toEqual({ type: 'custom' });
});
