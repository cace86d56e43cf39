// The rows of npm run bench about deployments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presentDeployments } from '../../src/main/engine/deploy/present.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { makeManyDeployments } from '../support/engine/many-deployments.ts';
import { measure } from './database-rows.ts';
import type { Bench } from './rows.ts';
import { ms } from './table.ts';

const DEPLOYMENTS = 10_000;
const TURNS = 21;

/** A page of 50 with the last run on each host, and the counts by state, as GET /deployments answers. */
export const deployments: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-'));
  const database = openDatabase(join(folder, 'certdesk.db'));
  try {
    const stores = createStores(database.db, database.reads);
    await makeManyDeployments(stores, DEPLOYMENTS);
    const ask = async () => {
      const page = await stores.deployments.list({ projectIds: null, limit: 50 });
      await presentDeployments(stores, page.items);
      await stores.deployments.count({ projectIds: null });
    };
    const result = await measure(['deployments', ask], TURNS);
    const row = {
      work: '10,000 deployments listed and counted by state',
      measured: `${ms(result.medianMs)} ms`,
      beside: `${ms(result.minMs)} to ${ms(result.maxMs)} ms`,
      target: 'under 20 ms',
      met: result.medianMs < 20,
    };
    return { rows: [row], result };
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
};
