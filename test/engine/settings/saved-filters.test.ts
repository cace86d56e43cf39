// Saved filters: one per list and name, for every browser, and with an event so that open windows follow.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { createSavedFilters, type SavedFilters } from '../../../src/main/engine/settings/saved-filters.ts';
import { SaveFilterSchema } from '../../../src/shared/saved-filter.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';

let database: TestDatabase;
let filters: SavedFilters;

beforeEach(() => {
  database = openTestDatabase();
  const clock = { now: () => new Date('2026-02-01T00:00:00Z') };
  filters = createSavedFilters(database.stores, createJournal(database.stores, clock, QUIET), clock);
});
afterEach(() => database?.close());

const save = (name: string, search: object, list = 'projects') =>
  filters.save(SaveFilterSchema.parse({ list, name, search }));
const saved = async () => (await filters.list()).map(({ list, name, search }) => [list, name, search]);

it('are listed by name, and replaced by one of the same list and name', async () => {
  await save('Shop', { tag: ['shop'], status: 'expired' });
  await save('eu', { tag: ['eu'], failing: true });
  await save('Shop', { q: 'shop' }, 'endpoints');
  await save('Shop', { tag: ['shop'] });
  expect(await saved()).toEqual([
    ['projects', 'eu', { tag: ['eu'], failing: true }],
    ['endpoints', 'Shop', { q: 'shop' }],
    ['projects', 'Shop', { tag: ['shop'] }],
  ]);
});

it('are removed by id, once', async () => {
  const { id } = await save('Shop', {});
  await filters.remove(id);
  expect(await saved()).toEqual([]);
  await expect(filters.remove(id)).rejects.toMatchObject({ code: 'SAVED_FILTER_NOT_FOUND' });
});

it('are at most 200, and saving one more loses none', async () => {
  for (let n = 0; n < 200; n += 1) await save(`f${n}`, {});
  await expect(save('one more', {})).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await save('f7', { q: 'changed' });
  expect(await saved()).toHaveLength(200);
});

it.each([
  [{ list: 'tokens' }],
  [{ name: ' ' }],
  [{ name: 'x'.repeat(61) }],
  [{ search: { q: 'x'.repeat(2001) } }],
  [{ search: { q: { deep: 1 } } }],
  [{ search: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`p${n}`, 'x'])) }],
])('refuse %j', (wrong) => {
  const body = { list: 'projects', name: 'Shop', search: {}, ...wrong };
  expect(SaveFilterSchema.safeParse(body).success).toBe(false);
});
