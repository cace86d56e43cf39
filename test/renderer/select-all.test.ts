import { expect, test } from 'vitest';
import type { Api } from '../../src/renderer/api.ts';
import { isConfirmed } from '../../src/renderer/projects/bulk/bulk-actions.ts';
import { collectMatching } from '../../src/renderer/projects/select-all.ts';

const ids = Array.from({ length: 1_234 }, (_, n) => `p${n}`);

/** Pages as the server returns them. */
function pagedApi(asked: object[]): Api {
  const query = async (input: { limit: number; cursor?: string }) => {
    asked.push(input);
    const from = Number(input.cursor ?? 0);
    const projects = ids.slice(from, from + input.limit).map((id) => ({ id }));
    const next = from + input.limit;
    return { projects, nextCursor: next < ids.length ? String(next) : null };
  };
  return { projects: { list: { query } } } as unknown as Api;
}

test('selects all matches of the filter, however few of them are loaded', async () => {
  const asked: object[] = [];
  const found = await collectMatching(pagedApi(asked), { status: 'valid' }, new AbortController().signal);
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(asked).toHaveLength(3);
  expect(asked.every((input) => 'status' in input && input.status === 'valid')).toBe(true);
});

test('selects nothing after the selection was left', async () => {
  await expect(collectMatching(pagedApi([]), {}, AbortSignal.abort())).rejects.toThrow();
});

test('asks for the number to remove many, and not for other actions', () => {
  expect(isConfirmed('remove', 1_234, '')).toBe(false);
  expect(isConfirmed('remove', 1_234, '123')).toBe(false);
  expect(isConfirmed('remove', 1_234, ' 1234 ')).toBe(true);
  expect(isConfirmed('remove', 1_234, '1,234')).toBe(true);
  expect(isConfirmed('renew', 1_234, '')).toBe(true);
});
