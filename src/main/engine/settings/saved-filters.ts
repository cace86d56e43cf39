// Saves filters of lists for the GUI.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type SavedFilter, SavedFilterSchema, type SaveFilter } from '../../../shared/saved-filter.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface SavedFilters {
  /** By name. */
  list(): Promise<readonly SavedFilter[]>;
  /**
   * Saves a filter. It replaces the one of the same list and name.
   * @throws INVALID_REQUEST if there are too many
   */
  save(body: SaveFilter): Promise<SavedFilter>;
  /** @throws SAVED_FILTER_NOT_FOUND */
  remove(id: string): Promise<void>;
}

const KEY = 'saved-filters';
const MAX_FILTERS = 200;

async function read({ settings }: Stores): Promise<readonly SavedFilter[]> {
  return z
    .array(SavedFilterSchema)
    .catch([])
    .parse(await settings.get(KEY));
}

export function createSavedFilters(stores: Stores, journal: Journal, clock: Clock): SavedFilters {
  return {
    list: async () => (await read(stores)).toSorted((a, b) => a.name.localeCompare(b.name, 'en')),

    async save({ list, name, search }) {
      return journal.write(async (tx, emit) => {
        const others = (await read(tx)).filter((each) => each.list !== list || each.name !== name);
        if (others.length >= MAX_FILTERS)
          throw invalid('name', `there are ${MAX_FILTERS} saved filters: delete one first`);
        const filter = { id: randomUUID(), list, name, search, createdAt: toTimestamp(clock.now()) };
        await tx.settings.set(KEY, [...others, filter]);
        await emit({ kind: 'saved-filter.saved', message: `Filter ${name} of the list ${list} saved` });
        return filter;
      });
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const all = await read(tx);
        const filter = all.find((each) => each.id === id);
        if (filter === undefined)
          throw new CertdeskError('SAVED_FILTER_NOT_FOUND', `Saved filter ${id} not found`);
        await tx.settings.set(
          KEY,
          all.filter((each) => each.id !== id),
        );
        await emit({ kind: 'saved-filter.removed', message: `Saved filter ${filter.name} removed` });
      });
    },
  };
}
