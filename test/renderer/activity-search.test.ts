import { expect, test } from 'vitest';
import { readActivitySearch } from '../../src/renderer/activity/activity-search.ts';

test('filters of the audit trail are read from the address', () => {
  const filter = {
    actor: 'token',
    operation: 'certificates',
    result: 'failed',
    from: '2026-01-01T00:00:00Z',
  } as const;
  expect(readActivitySearch({ ...filter, page: 3 })).toEqual(filter);
});

test('what is not understood in the address is left out', () => {
  expect(readActivitySearch({ result: 'perhaps', from: 'yesterday', actor: '', operation: 7 })).toEqual({});
});
