import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import type { DeploymentRecord } from '../../../src/main/engine/core/model-deploy.ts';
import { findDeployed } from '../../../src/main/engine/deploy/deployed-projects.ts';
import { findNeeds } from '../../../src/main/engine/overview/overview.ts';
import { createProjects, type Projects } from '../../../src/main/engine/projects/projects.ts';
import { ListProjectsSchema } from '../../../src/shared/project.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { DEPLOYMENT } from '../../support/engine/many-deployments.ts';
import { CERTIFICATE, JOB, PROJECT } from '../../support/engine/records.ts';

let database: TestDatabase;
let projects: Projects;

beforeEach(() => {
  database = openTestDatabase();
  const clock = { now: () => new Date('2026-02-01T00:00:00Z') };
  projects = createProjects({
    stores: database.stores,
    journal: createJournal(database.stores, clock, QUIET),
    clock,
    isUsedByHttps: () => false,
    forgetCredentials: async () => {},
    findNeedingAttention: async (visible, now) =>
      (await findNeeds(database.stores, visible, now)).map(({ projectId }) => projectId),
    servedOf: async () => new Map(),
    deployedOf: (ids) => findDeployed(database.stores, ids),
  });
});
afterEach(() => database?.close());

const add = (id: string) =>
  database.stores.projects.create({ ...PROJECT, id, name: id, domain: `${id}.example.com` });

describe('a name that the certificate does not cover', () => {
  const uncovered = async (id: string) => (await projects.get(id)).uncovered;

  it('is shown in the project and in the list after the domain was changed', async () => {
    await database.stores.projects.create({ ...PROJECT, altNames: [] });
    expect(await uncovered(PROJECT.id)).toBeNull(); // no certificate
    await database.stores.certificates.activate({
      ...CERTIFICATE,
      names: ['shop.example.com', '*.shop.example.com'],
    });
    expect(await uncovered(PROJECT.id)).toBeNull();
    await projects.update(PROJECT.id, { altNames: ['www.shop.example.com'] });
    expect(await uncovered(PROJECT.id)).toBeNull();
    await projects.update(PROJECT.id, { domain: 'second.example.com' });
    expect(await uncovered(PROJECT.id)).toBe('second.example.com');
    const { projects: listed } = await projects.list(ListProjectsSchema.parse({}), null);
    expect(listed.map((each) => each.uncovered)).toEqual(['second.example.com']);
  });
});

describe('a second project of the same domain', () => {
  const body = { domain: 'shop.example.com', altNames: [] };
  const refusal = (other: string) => ({
    code: 'DUPLICATE_DOMAIN',
    details: { projectId: other, name: 'shop.example.com' },
  });

  it('is refused and names the first, until it is confirmed explicitly', async () => {
    const first = await projects.create(body);
    await expect(projects.create({ ...body, name: 'Shop' })).rejects.toMatchObject(refusal(first.id));
    const second = await projects.create({ ...body, name: 'Shop', allowDuplicateDomain: true });
    expect(second.domain).toBe('shop.example.com');
    expect((await projects.list(ListProjectsSchema.parse({}), null)).total).toBe(2);
  });

  it('is refused for a change of the domain too; other changes of such a project are not', async () => {
    const first = await projects.create(body);
    const other = await projects.create({ domain: 'other.example.com', altNames: [] });
    const change = { domain: 'shop.example.com' };
    await expect(projects.update(other.id, change)).rejects.toMatchObject(refusal(first.id));
    await projects.update(other.id, { ...change, allowDuplicateDomain: true });
    expect((await projects.update(other.id, { ...change, name: 'Second' })).name).toBe('Second');
  });

  it('is allowed if neither has a domain', async () => {
    for (const name of ['One', 'Two']) await projects.create({ name, domain: null, altNames: [] });
    expect((await projects.list(ListProjectsSchema.parse({}), null)).total).toBe(2);
  });
});

describe('the filters by state', () => {
  const ids = async (need: string, visible: readonly string[] | null = null) => {
    const page = await projects.list(ListProjectsSchema.parse({ need }), visible);
    expect(page.total).toBe(page.projects.length);
    return page.projects.map(({ id }) => id);
  };

  it('find what the overview lists, what has a job, and what was not issued', async () => {
    for (const id of ['well', 'expired', 'failed', 'busy']) await add(id);
    const held = (id: string, expiresAt: string) =>
      database.stores.certificates.activate({
        ...CERTIFICATE,
        id: `c-${id}`,
        projectId: id,
        expiresAt,
        names: [`${id}.example.com`, ...PROJECT.altNames],
      });
    await held('well', '2026-06-01T00:00:00Z');
    await held('expired', '2026-01-20T00:00:00Z');
    const error = { success: false, error: 'No.', code: 'CHALLENGE_FAILED' } as const;
    await database.stores.jobs.create({ ...JOB, id: 'f', projectId: 'failed', state: 'failed', error });
    await database.stores.jobs.create({ ...JOB, id: 'b', projectId: 'busy', state: 'running' });
    expect(await ids('attention')).toEqual(['expired', 'failed']);
    expect(await ids('in_progress')).toEqual(['busy']);
    expect(await ids('not_issued')).toEqual(['failed']);
    expect(await ids('attention', ['failed', 'well'])).toEqual(['failed']);
    expect(await ids('in_progress', ['failed'])).toEqual([]);
  });
});

describe('the reason for a missing certificate', () => {
  const error = { success: false, error: 'What went wrong.', code: 'CHALLENGE_FAILED' } as const;
  const fail = (projectId: string, more: Partial<typeof JOB> = {}) =>
    database.stores.jobs.create({
      ...JOB,
      id: `failed-${projectId}`,
      projectId,
      state: 'failed',
      error,
      finishedAt: '2026-01-31T00:00:00Z',
      ...more,
    });
  const failure = {
    jobId: 'failed-broken',
    error: error.error,
    code: error.code,
    at: '2026-01-31T00:00:00Z',
  };

  it('is shown in the list and in the project if the last attempt failed', async () => {
    for (const id of ['broken', 'new', 'held', 'again']) await add(id);
    for (const id of ['broken', 'held', 'again']) await fail(id);
    await database.stores.certificates.activate({ ...CERTIFICATE, projectId: 'held' });
    await database.stores.jobs.create({ ...JOB, id: 'now', projectId: 'again', state: 'running' });
    const page = await projects.list(ListProjectsSchema.parse({}), null);
    expect(page.projects.map(({ id, obtainFailure }) => [id, obtainFailure])).toEqual([
      ['broken', failure],
      ['new', null],
      ['held', null],
      ['again', null],
    ]);
    expect((await projects.get('broken')).obtainFailure).toEqual(failure);
    expect((await projects.get('new')).obtainFailure).toBeNull();
  });

  it('is not shown for a dry run', async () => {
    await add('dry');
    await fail('dry', { input: { ...JOB.input, dryRun: true } as typeof JOB.input });
    expect((await projects.get('dry')).obtainFailure).toBeNull();
  });
});

describe('whether the certificate is deployed', () => {
  const at = '2026-01-19T12:00:00Z';
  const deployment = (id: string, projectId: string, state: DeploymentRecord['state']): DeploymentRecord => ({
    ...DEPLOYMENT,
    id,
    projectId,
    name: id,
    kind: 'command',
    recipe: null,
    hosts: { tag: 'web' },
    enabled: true,
    pausedBy: null,
    files: [],
    command: { argv: ['true'] },
    scriptSealed: null,
    savedSealed: null,
    options: {},
    steps: { validateCommand: null, reloadCommand: null, timeoutSeconds: 60, environment: [] },
    verify: null,
    state,
    stateAt: at,
    createdAt: at,
    updatedAt: at,
  });

  it('is the most urgent state of the deployments, in the project and in the list', async () => {
    for (const id of ['none', 'good', 'mixed']) await add(id);
    const { deployments } = database.stores;
    await deployments.create(deployment('d1', 'good', 'deployed'));
    await deployments.create(deployment('d2', 'mixed', 'deployed'));
    await deployments.create(deployment('d3', 'mixed', 'not-served'));
    expect((await projects.get('mixed')).deployed).toEqual({ state: 'not-served', at, waiting: null });
    const { projects: listed } = await projects.list(ListProjectsSchema.parse({ sort: 'name' }), null);
    expect(listed.map(({ id, deployed }) => [id, deployed?.state ?? null])).toEqual([
      ['good', 'deployed'],
      ['mixed', 'not-served'],
      ['none', null],
    ]);
  });
});
