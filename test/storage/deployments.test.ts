// The stores of hosts and deployments.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/engine/database.ts';
import { DEPLOYMENT, HOST, makeManyDeployments, RUN } from '../support/engine/many-deployments.ts';
import { PROJECT } from '../support/engine/records.ts';

let database: TestDatabase;
beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

describe('the store of deployments', () => {
  it('lists page by page in the order of names, and counts by state', async () => {
    const { deployments } = database.stores;
    await makeManyDeployments(database.stores, 300);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await deployments.list({ projectIds: null, limit: 70, cursor });
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(300);
    expect(seen).toEqual(seen.toSorted((a, b) => (a < b ? -1 : 1)));
    const counts = await deployments.count({ projectIds: null });
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(300);
    const failed = await deployments.list({ projectIds: null, state: 'failed', limit: 500 });
    expect(failed.items).toHaveLength(counts.failed);
  });

  it('filters by project, host and text, and shows nothing of other projects', async () => {
    const { deployments } = database.stores;
    await makeManyDeployments(database.stores, 300);
    const ids = async (filter: object) =>
      (await deployments.list({ projectIds: null, limit: 500, ...filter })).items.map(({ id }) => id);
    expect(await ids({ projectId: 'dp7' })).toEqual(['d7']);
    expect((await ids({ hostId: 'h7' })).toSorted()).toEqual(['d107', 'd207', 'd7']);
    expect(await ids({ q: 'site-299.ex' })).toEqual(['d299']);
    expect(await ids({ q: '%' })).toEqual([]);
    expect(await ids({ projectIds: ['dp3'] })).toEqual(['d3']);
    expect(await ids({ projectIds: [] })).toEqual([]);
  });

  it('deletes runs, targets and claims with a deployment', async () => {
    const { projects, hosts, deployments, deploymentRuns } = database.stores;
    await projects.create(PROJECT);
    await hosts.create(HOST);
    await deployments.create(DEPLOYMENT);
    await deploymentRuns.create(RUN);
    await deployments.addTarget({ deploymentId: 'd1', hostId: 'h1', runId: 'r1' });
    expect(await deployments.claim({ hostId: 'h1', path: '/x', deploymentId: 'd1' })).toBeNull();
    await deployments.delete('d1');
    expect(await deploymentRuns.get('r1')).toBeNull();
    expect(await deployments.claimsOn('h1')).toEqual([]);
    expect(await deployments.targetsOnHost('h1')).toEqual([]);
  });

  it('forgets outputs and unchanged runs, but not the last run of a host', async () => {
    const { projects, hosts, deployments, deploymentRuns } = database.stores;
    await projects.create(PROJECT);
    await hosts.create(HOST);
    await deployments.create(DEPLOYMENT);
    const step = { step: 'swap', state: 'done', at: RUN.createdAt, message: 'x', output: 'long' } as const;
    await deploymentRuns.create({ ...RUN, id: 'old', state: 'unchanged' });
    await deploymentRuns.create({ ...RUN, steps: [step] });
    await deploymentRuns.create({ ...RUN, id: 'last', state: 'unchanged' });
    await deployments.addTarget({ deploymentId: 'd1', hostId: 'h1', runId: 'last' });
    expect(await deploymentRuns.forgetOutputs('2026-07-01T00:00:00Z')).toBe(1);
    expect((await deploymentRuns.get('r1'))?.steps).toEqual([{ ...step, output: null }]);
    expect(await deploymentRuns.purgeUnchanged('2026-07-01T00:00:00Z')).toBe(1);
    const left = await deploymentRuns.list({ deploymentId: 'd1', limit: 10 });
    expect(left.map(({ id }) => id)).toEqual(['last', 'r1']);
  });
});
