// Tags of projects: their form, adding and removing them, filters, and what the audit trail says.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import { createProjects, type Projects } from '../../../src/main/engine/projects/projects.ts';
import { CreateHostSchema } from '../../../src/shared/host.ts';
import { ChangeTagsSchema, CreateProjectSchema, ListProjectsSchema } from '../../../src/shared/project.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';

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
    findNeedingAttention: async () => [],
    servedOf: async () => new Map(),
    deployedOf: async () => new Map(),
  });
});
afterEach(() => database?.close());

const create = (name: string, tags: readonly string[] = []) =>
  projects.create(CreateProjectSchema.parse({ name, tags }));
const change = (id: string, body: object) => projects.changeTags(id, ChangeTagsSchema.parse(body));
const names = async (query: object, visible: readonly string[] | null = null) =>
  (await projects.list(ListProjectsSchema.parse(query), visible)).projects.map(({ name }) => name);
const lastEvent = async () => {
  const [event] = await database.stores.events.latest({ without: [], projectIds: null, limit: 1 });
  return event?.message;
};

describe('the form of a tag', () => {
  it('is lower case, sorted and unique, and the same for projects and hosts', async () => {
    const tags = [' Prod', 'eu-west', 'prod', 'a.b_c'];
    const expected = ['a.b_c', 'eu-west', 'prod'];
    expect((await create('Shop', tags)).tags).toEqual(expected);
    expect(CreateHostSchema.parse({ name: 'web', transport: 'local', tags }).tags).toEqual(expected);
  });

  it.each(['two words', '-first', 'ä', '', 'a,b', 'x'.repeat(64), "o'tag"])('is refused for %j', (tag) => {
    expect(CreateProjectSchema.safeParse({ name: 'x', tags: [tag] }).success).toBe(false);
  });

  it('allows 50 tags, and no more after a change either', async () => {
    const tags = Array.from({ length: 50 }, (_, n) => `t${n}`);
    expect(CreateProjectSchema.safeParse({ name: 'x', tags: [...tags, 'more'] }).success).toBe(false);
    const { id } = await create('Shop', tags);
    await expect(change(id, { add: ['more'] })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect((await change(id, { add: ['more'], remove: ['t0'] })).tags).toHaveLength(50);
  });
});

describe('a change of tags', () => {
  it('keeps the other tags and says what changed', async () => {
    const { id } = await create('Shop', ['eu', 'old']);
    expect((await change(id, { add: ['prod', 'eu'], remove: ['old', 'never'] })).tags).toEqual([
      'eu',
      'prod',
    ]);
    expect(await lastEvent()).toBe('Project Shop changed: tags added: prod; tags removed: old');
    expect((await projects.get(id)).tags).toEqual(['eu', 'prod']);
    expect((await projects.update(id, { tags: ['prod'] })).tags).toEqual(['prod']);
    expect(await lastEvent()).toBe('Project Shop changed: tags removed: eu');
    expect((await projects.update(id, { name: 'Store' })).tags).toEqual(['prod']);
  });

  it('reports nothing if nothing changes', async () => {
    const { id } = await create('Shop', ['eu']);
    const before = await database.stores.events.lastId();
    await change(id, { add: ['eu'], remove: ['never'] });
    expect(await database.stores.events.lastId()).toBe(before);
  });

  it.each([[{}], [{ add: [], remove: [] }], [{ add: ['a'], remove: ['A'] }]])('is refused for %j', (body) => {
    expect(ChangeTagsSchema.safeParse(body).success).toBe(false);
  });
});

describe('the filter by tag', () => {
  it('finds projects with the tag, or with all of several', async () => {
    await create('One', ['eu', 'prod']);
    await create('Two', ['prod']);
    const { id } = await create('Three');
    expect(await names({ tag: 'prod' })).toEqual(['One', 'Two']);
    expect(await names({ tag: 'PROD' })).toEqual(['One', 'Two']);
    expect(await names({ tag: ['prod', 'eu'] })).toEqual(['One']);
    expect(await names({ tag: 'nothing' })).toEqual([]);
    expect(await names({ tag: 'prod', q: 'tw' })).toEqual(['Two']);
    expect(await names({ tag: 'prod' }, [id])).toEqual([]);
    expect(await names({})).toEqual(['One', 'Two', 'Three']);
  });

  it('offers the tags of the visible projects with their numbers', async () => {
    const { id } = await create('One', ['eu', 'prod']);
    const other = await create('Two', ['prod', 'internal']);
    expect((await projects.facets(null)).tags).toEqual([
      { id: 'eu', count: 1 },
      { id: 'internal', count: 1 },
      { id: 'prod', count: 2 },
    ]);
    expect((await projects.facets([id])).tags).toEqual([
      { id: 'eu', count: 1 },
      { id: 'prod', count: 1 },
    ]);
    await projects.remove(other.id);
    expect((await projects.facets(null)).tags).toEqual([
      { id: 'eu', count: 1 },
      { id: 'prod', count: 1 },
    ]);
    expect(await database.stores.projects.idsWithTags(['internal', 'eu'])).toEqual([id]);
  });
});
