// Reads that are limited to projects accept more of them than SQLite accepts parameters (32,766): a tag may be on any
// number of projects.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { JOB, PROJECT } from '../support/engine/records.ts';

const AT = { now: '2026-02-01T00:00:00Z', soon: '2026-03-03T00:00:00Z' };
const IDS = [...Array.from({ length: 33_000 }, (_, n) => `other-${n}`), PROJECT.id];
let database: TestDatabase;

beforeEach(async () => {
  database = openTestDatabase();
  await database.stores.projects.create(PROJECT);
  await database.stores.jobs.create(JOB);
});
afterEach(() => database?.close());

it('lists, counts and the overview', async () => {
  const { projects, jobs, events, overview, deployments, deploymentRuns, endpoints } = database.stores;
  const filter = { ids: IDS, ...AT };
  expect((await projects.list({ ...filter, limit: 9 })).items).toHaveLength(1);
  expect((await projects.count(filter)).matching).toBe(1);
  expect((await projects.facets(IDS)).tags).toEqual([]);
  expect(await jobs.list({ projectIds: IDS, limit: 9 })).toHaveLength(1);
  expect(await events.latest({ without: ['x'], projectIds: IDS, limit: 9 })).toEqual([]);
  expect(await overview.candidates(IDS, AT)).toEqual([]);
  expect(await overview.failedObtains(IDS)).toEqual([]);
  expect(await overview.lastFailed(IDS)).toEqual([]);
  expect(await overview.acknowledged(IDS)).toBe(0);
  expect(await overview.renewing(IDS)).toBe(0);
  expect(await overview.metered(IDS)).toEqual([]);
  const window = { ids: IDS, from: AT.now, to: AT.soon };
  expect(await overview.upcoming({ ...window, limit: 9 })).toEqual([]);
  expect(await overview.upcomingDays({ ...window, timeZone: 'UTC' })).toEqual([]);
  expect(await deployments.states(IDS)).toEqual([]);
  expect((await deploymentRuns.countByState(IDS)).size).toBe(0);
  expect(await endpoints.alarmed(IDS)).toEqual([]);
  expect(await endpoints.served(IDS)).toEqual([]);
});
