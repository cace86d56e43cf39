import { expect, test } from 'vitest';
import { readActivitySearch } from '../../src/renderer/activity/activity-search.ts';

test('reads the filters of the audit trail from the address', () => {
  const filter = {
    actor: 'token',
    operation: 'certificates',
    result: 'failed',
    from: '2026-01-01T00:00:00Z',
  } as const;
  expect(readActivitySearch({ ...filter, page: 3 })).toEqual(filter);
});

test('ignores unknown values in the address', () => {
  expect(readActivitySearch({ result: 'perhaps', from: 'yesterday', actor: '', operation: 7 })).toEqual({});
});
