// How long the database takes for each query, by the number of projects: a database on disk, filled through the stores.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stores } from '../../src/main/engine/core/stores.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { CERTIFICATE } from '../support/engine/records.ts';
import { databaseQueries, type Query } from './database-queries.ts';

export interface DatabaseRow {
  readonly query: string;
  readonly projects: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

const TURNS = 11;
const COMMITS = 200;

/** About 40 s for 100,000 projects, most of it to create them. */
export async function measureDatabase(counts: readonly number[]): Promise<readonly DatabaseRow[]> {
  const rows: DatabaseRow[] = [];
  for (const projects of counts) {
    await withProjects(projects, async (stores, now) => {
      for (const query of await databaseQueries(stores, now)) {
        rows.push({ query: query[0], projects, ...(await measure(query, TURNS)) });
      }
      const activated = await measure(activation(stores, projects, now), COMMITS);
      rows.push({ query: 'a certificate is activated: one commit', projects, ...activated });
    });
  }
  return rows;
}

/** A database with that many projects, closed and deleted afterwards. */
export async function withProjects(
  count: number,
  work: (stores: Stores, now: Date) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-bench-'));
  const database = openDatabase(join(folder, 'certdesk.db'));
  try {
    const stores = createStores(database.db);
    const now = new Date();
    await makeManyProjects(stores, count, now);
    await work(stores, now);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

/** A few renewed certificates replace others. */
function activation(stores: Stores, count: number, now: Date): Query {
  let n = 0;
  return [
    'activate',
    () => {
      n += 1;
      const projectId = `project-${(n * 7_919) % count}`;
      const expiresAt = new Date(now.getTime() + 90 * 86_400_000 + n * 1_000)
        .toISOString()
        .replace(/\.\d+/, '');
      const chain = 'x'.repeat(3_800);
      return stores.transaction((tx) =>
        tx.certificates.activate({ ...CERTIFICATE, id: `renewed-${n}`, projectId, expiresAt, chain }),
      );
    },
  ];
}

/** Median, minimum and maximum of that many turns, after one warm-up. */
export async function measure(
  [, ask]: Query,
  turns: number,
): Promise<Omit<DatabaseRow, 'query' | 'projects'>> {
  const times: number[] = [];
  for (let turn = -1; turn < turns; turn += 1) {
    const began = performance.now();
    await ask();
    if (turn >= 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return {
    medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
    minMs: times[0] ?? Number.NaN,
    maxMs: times.at(-1) ?? Number.NaN,
  };
}
